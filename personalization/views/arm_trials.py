"""What a trial of an arm brought, item by item; two of them side by side."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotation.apart import apart
from personalization.models import Arm, ArmRun, ModelCall, PromptVersion
from personalization.models.arm_work import ArmWork
from personalization.views.arm_rows import kinds_of, line, not_kept, of
from personalization.views.arm_told import Thing, together
from personalization.views.arm_wording import leak
from personalization.views.run_calls import Sent, said, sent

MOST_BESIDE = 20
# What makes two rows of two trials the same item, by the kind of the row.
ABOUT = {
    "extraction": ("conversation_id",),
    "merging": ("enrollment_id",),
    "pointing": ("attribute_id",),
    "revision": ("attribute_id", "kind", "round"),
    "generation": ("enrollment_id", "query_id"),
}
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One item in one trial: what came of it, and the prompt and answer that it came from."""

    row: ArmWork
    verdict: str
    things: list[Thing]
    notes: list[str]
    text: str
    sent: list[Sent]


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial with its cells, and the versions of prompts that its arm uses."""

    run: ArmRun
    prompts: list[PromptVersion]
    cells: dict[Key, Cell]

    @property
    def failed(self) -> int:
        """Return how many items failed."""
        return sum(1 for one in self.cells.values() if one.row.failure)

    @property
    def done(self) -> int:
        """Return how many items are done."""
        return sum(1 for one in self.cells.values() if one.row.settled_at and not one.row.failure)

    @property
    def made(self) -> int:
        """Return how many things came of them."""
        return sum(len(one.things) for one in self.cells.values())


@dataclass(frozen=True, slots=True)
class Item:
    """One item beside its cell of each trial (None: it is not in that one)."""

    title: str
    person: str
    cells: list[Cell | None]


@dataclass(slots=True)
class Side:
    """A prompt whose version differs between two trials, and the two versions."""

    name: str
    versions: list[int] = field(default_factory=list)


def tried(run: ArmRun) -> Tried:
    """Return what a trial has brought so far."""
    cells: dict[Key, Cell] = {}
    for name, step in kinds_of(run).items():
        found = list(of(run, step).select_related("call").order_by("pk"))
        calls = _last_calls(name, found)
        for row in found:
            key = (name, *(getattr(row, one) for one in ABOUT[name]))
            cells[key] = _cell(row, row.call or calls.get(row.pk))
    return Tried(run, prompts_of(run), cells)


def side_by_side(shown: Sequence[Tried]) -> list[Item]:
    """Return all items of these trials, each with its cell of every trial."""
    found: dict[Key, Cell] = {}
    for one in shown:
        found = {**one.cells, **found}
    items = []
    for key in sorted(found):
        told = line(found[key].row)
        items.append(Item(told.title, told.person, [one.cells.get(key) for one in shown]))
    return items


def others(run: ArmRun) -> list[ArmRun]:
    """Return the other trials of the same step in the study, to be put beside."""
    runs = ArmRun.objects.select_related("arm", "endpoint").filter(
        study=run.study_id, arm__step=run.arm.step, trial=True
    )
    return list(runs.exclude(arm=run.arm_id).order_by("-pk")[:MOST_BESIDE])


def prompts_of(run: ArmRun) -> list[PromptVersion]:
    """Return the versions of the prompts that an arm uses."""
    return versions(run.arm.configuration)


def versions(configuration: Mapping[str, Any]) -> list[PromptVersion]:
    """Return the versions of prompts that a configuration names, as far as they are there."""
    named = configuration.get("prompts")
    if not isinstance(named, dict):
        return []
    hashes = [one.get("hash") for one in named.values() if isinstance(one, dict)]
    return list(PromptVersion.objects.filter(name__in=named, hash__in=hashes).order_by("name"))


def arms_of(version: PromptVersion) -> "QuerySet[Arm]":
    """Return the arms that use a version of a prompt, the newest first."""
    named = {"version": version.version, "hash": version.hash}
    arms = Arm.objects.filter(configuration__contains={"prompts": {version.name: named}})
    return arms.select_related("study").order_by("-pk")


def arm_trials_of(version: PromptVersion) -> "QuerySet[ArmRun]":
    """Return the trials of arms that use a version of a prompt, the newest first."""
    runs = ArmRun.objects.filter(arm__in=arms_of(version).order_by(), trial=True)
    return runs.select_related("arm", "study").order_by("-pk")


def differing(shown: Sequence[Tried]) -> list[Side]:
    """Return the prompts that two trials have in different versions."""
    found: dict[str, Side] = {}
    for one in shown:
        for version in one.prompts:
            side = found.setdefault(version.name, Side(version.name))
            side.versions.append(version.version)
    return [one for one in found.values() if len(set(one.versions)) > 1]


def _cell(row: ArmWork, call: ModelCall | None) -> Cell:
    verdict, things, notes = _result(row.result)
    return Cell(
        row,
        verdict,
        things,
        notes,
        said(call) if call is not None else "",
        sent(call.request) if call is not None else [],
    )


def _result(result: Any) -> tuple[str, list[Thing], list[str]]:  # noqa: ANN401 - JSON
    """Return what came of a row: in a word, in pieces, and what is to be noted."""
    match result:
        case None:
            return "", [], []
        case {"attributes": [*found], "dropped": dict(counts)}:
            n = [Thing(str(one.get("text", "")), _beside(one)) for one in found]
            return "" if n else _("Nothing was found"), n, not_kept(counts)
        case {"flagged": bool(flagged), **rest}:
            why = str(rest.get("why", ""))
            return _("Doubtful") if flagged else _("Nothing is doubtful"), [], [why] if why else []
        case {"new_text": str(text), **rest}:
            if not text:
                return _("Withdrawn"), [], []
            return _("Written anew"), [Thing(text, str(rest.get("new_reason", "")))], []
        case {"text": str(text), **rest}:
            return "", [Thing(text)], _of_response(rest)
    return "", [Thing(json.dumps(result, ensure_ascii=False, indent=2))], []


def _beside(one: Mapping[str, Any]) -> str:
    turns = ", ".join(map(str, one.get("evidence") or []))
    sure = one.get("confidence")
    return together(
        [
            apart(one["reason"]) if one.get("reason") else "",
            _("confidence %(n)s") % {"n": f"{sure:g}"} if sure is not None else "",
            _("turns %(n)s") % {"n": turns} if turns else "",
        ]
    )


def _of_response(rest: Mapping[Any, Any]) -> list[str]:
    words, leaks, given = rest.get("words"), rest.get("leaks") or [], rest.get("attributes") or []
    said_of = [_("%(n)s words") % {"n": words}] if words is not None else []
    if given:
        said_of.append(together([_("told"), *(apart(one) for one in given)]))
    if leaks:
        said_of.append(
            _("gives away: %(what)s") % {"what": ", ".join(leak(str(one)) for one in leaks)}
        )
    return said_of


def _last_calls(step: str, rows: Sequence[ArmWork]) -> dict[int, ModelCall]:
    """Return the last call of each row: of one that failed, too."""
    calls = ModelCall.objects.filter(step=step, work_id__in=[one.pk for one in rows])
    last = calls.order_by("work_id", "-attempt").distinct("work_id")
    return {one.work_id: one for one in last}
