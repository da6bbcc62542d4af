"""Rows of a run of an arm: what each is about, and what came of it, in a line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from personalization.arms.step import ArmStepOf
from personalization.models import ArmRun, Extraction, Generation, Merging, Pointing, Revision
from personalization.models.arm_work import ArmWork
from personalization.models.revision import RevisionKind
from personalization.pipeline import kinds
from personalization.views.arm_wording import dropped, kind_name

SHORT = 160


class Which(TextChoices):
    """Which rows a list shows."""

    FAILED = "failed", gettext_lazy("Failed")
    DONE = "done", gettext_lazy("Done")
    OPEN = "open", gettext_lazy("Not done yet")


ARE = {
    Which.FAILED: Q(settled_at__isnull=False, failure__isnull=False),
    Which.DONE: Q(settled_at__isnull=False, failure=None),
    Which.OPEN: Q(settled_at=None),
}
# What a line about a row of a kind reads.
WITH: dict[str, tuple[str, ...]] = {
    "extraction": ("conversation__participant",),
    "merging": ("enrollment__participant",),
    "pointing": ("attribute__participant",),
    "revision": ("attribute__participant",),
    "generation": ("enrollment__participant", "query", "response"),
}


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row: what it is about, whose it is, how it stands, and what came of it."""

    kind: str
    row: ArmWork
    title: str
    person: str
    outcome: str

    @property
    def kind_name(self) -> str:
        """Return what rows of this kind are."""
        return kind_name(self.kind)

    @property
    def which(self) -> Which:
        """Return how the row stands."""
        if self.row.settled_at is None:
            return Which.OPEN
        return Which.FAILED if self.row.failure else Which.DONE


def kinds_of(run: ArmRun) -> dict[str, ArmStepOf[Any]]:
    """Return the kinds of rows that a run can have, by their names."""
    return {step.name: step for step in kinds.kinds_of(run)}


def rows(
    run: ArmRun, step: ArmStepOf[Any], *, which: str, after: int, most: int
) -> tuple[list[RowLine], int | None]:
    """Return some rows of a kind in order, and the last one's key where there are more."""
    found = of(run, step).filter(pk__gt=after)
    if which:
        found = found.filter(ARE[Which(which)])
    some = list(found.order_by("pk")[: most + 1])
    return [line(one) for one in some[:most]], some[most - 1].pk if len(some) > most else None


def of(run: ArmRun, step: ArmStepOf[Any]) -> "QuerySet[ArmWork]":
    """Return the rows of a kind with all that a line reads."""
    return step.of_run(run).select_related("arm", *WITH[step.name])


def line(row: ArmWork) -> RowLine:
    """Return a row as a line of the list."""
    kind = str(row._meta.model_name)
    title, person = _about(row)
    said = "" if row.settled_at is None or row.failure else OUTCOMES[kind](row)
    return RowLine(kind, row, title, person, said)


def _about(row: ArmWork) -> tuple[str, str]:
    """Return what a row is about, and whose it is."""
    match row:
        case Extraction(conversation=one):
            return _("Conversation %(n)s") % {"n": one.pk}, one.participant.pseudonym
        case Merging(enrollment=one):
            return _("Everything found about %(who)s") % {"who": one.participant.pseudonym}, ""
        case Generation(query=query, enrollment=one):
            return query.text, one.participant.pseudonym
        case Pointing(attribute=one):
            return one.text, one.participant.pseudonym
        case Revision(attribute=one):
            return row.text, one.participant.pseudonym
    raise TypeError(row)


def _extracted(row: Any) -> str:  # noqa: ANN401 - a row of its kind
    if row.trial:
        return ""
    n = row.found or 0
    said = [ngettext("%(n)s attribute", "%(n)s attributes", n) % {"n": n}]
    return "; ".join(said + not_kept(row.dropped))


def _merged(row: Any) -> str:  # noqa: ANN401 - a row of its kind
    if row.variants is None:
        return ""
    many = ngettext("%(n)s wording", "%(n)s wordings", row.variants) % {"n": row.variants}
    kept = ngettext("%(n)s attribute", "%(n)s attributes", row.attributes or 0)
    return f"{many} → {kept % {'n': row.attributes or 0}}"


def _pointed(row: Any) -> str:  # noqa: ANN401 - a row of its kind
    if not row.found:
        return "; ".join([_("No evidence"), *not_kept(row.dropped)])
    said = ngettext("%(n)s turn", "%(n)s turns", row.found) % {"n": row.found}
    return "; ".join([said, *not_kept(row.dropped)])


def _revised(row: Any) -> str:  # noqa: ANN401 - a row of its kind
    if row.kind == RevisionKind.CHECK:
        if not row.flagged:
            return _("Nothing is doubtful")
        return _("Doubtful: %(why)s") % {"why": row.why} if row.why else _("Doubtful")
    if not row.new_text:
        return _("Withdrawn")
    return _("Written anew: %(text)s") % {"text": row.new_text}


def _written(row: Any) -> str:  # noqa: ANN401 - a row of its kind
    text = row.response.text if row.response is not None else (row.result or {}).get("text", "")
    return str(text)


OUTCOMES: dict[str, Callable[[Any], str]] = {
    "extraction": _extracted,
    "merging": _merged,
    "pointing": _pointed,
    "revision": _revised,
    "generation": _written,
}


def not_kept(counts: dict[str, int]) -> list[str]:
    """Return how many were not kept, by why."""
    return [
        _("%(n)s not kept: %(why)s") % {"n": n, "why": dropped(why)}
        for why, n in counts.items()
        if n
    ]
