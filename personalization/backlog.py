"""The machine's work for one study: what waits, what failed and why, and another try."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Left, Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from annotation.models import Study
from personalization import work
from personalization.models import (
    ArmRun,
    Extraction,
    Generation,
    JudgeRun,
    Merging,
    Pairing,
    Pointing,
    Reply,
    Revision,
)
from personalization.models.arm_work import ArmWork
from personalization.models.work import Work
from personalization.preparing import NO_LONGER_WANTED

SHOWN_REASONS = 5
REASON_LENGTH = 300
MOST_AT_ONCE = 1000  # rows that one press of "Try again" sets free

PENDING = Q(settled_at=None)
# Work for people who have gone is given up, too: nothing of that can be mended.
FAILED = Q(settled_at__isnull=False, failure__isnull=False) & ~Q(failure=NO_LONGER_WANTED)


@dataclass(frozen=True, slots=True)
class Kind:
    """The rows of a step, and how they lead to their study and their person."""

    rows: type[Work]
    study: str
    person: str

    def every(self) -> QuerySet[Any]:
        """Return all rows; `in_run` says whether a run of an arm carries one on."""
        rows: QuerySet[Any] = self.rows._default_manager.order_by()
        held = Q(run__isnull=False) if issubclass(self.rows, ArmWork) else Value(False)
        said: QuerySet[Any] = rows.annotate(
            in_run=ExpressionWrapper(held, output_field=BooleanField())
        )
        return said

    def of(self, study: Study) -> QuerySet[Any]:
        """Return the rows of a study that somebody waits for.

        Those of a run have a page, and another try, there.
        """
        rows: QuerySet[Any] = self.rows._default_manager.filter(**{self.study: study}).order_by()
        return rows.filter(run=None) if issubclass(self.rows, ArmWork) else rows


# In the order in which a person meets them.
KINDS = {
    "reply": Kind(Reply, "turn__conversation__study", "turn__conversation__participant"),
    "extraction": Kind(Extraction, "conversation__study", "conversation__participant"),
    "merging": Kind(Merging, "enrollment__study", "enrollment__participant"),
    "pointing": Kind(Pointing, "attribute__study", "attribute__participant"),
    "revision": Kind(Revision, "attribute__study", "attribute__participant"),
    "pairing": Kind(Pairing, "enrollment__study", "enrollment__participant"),
    "generation": Kind(Generation, "enrollment__study", "enrollment__participant"),
}
# What researchers read.
STEPS: dict[str, Promise] = {
    "reply": gettext_lazy("Replies in the chat"),
    "extraction": gettext_lazy("Attributes from the chat"),
    "merging": gettext_lazy("Attributes put together"),
    "pointing": gettext_lazy("Evidence for attributes"),
    "revision": gettext_lazy("Attributes checked and written anew"),
    "pairing": gettext_lazy("Choice of queries"),
    "generation": gettext_lazy("Responses to queries"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows failed: what was said, how often, when last, and one person whom it met."""

    text: str
    count: int
    last: datetime
    person: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """The rows of one step: waiting (some for a later time), in work, settled, failed."""

    step: str
    waiting: int
    later: int
    in_work: int
    settled: int
    failed: int
    since: datetime | None
    reasons: list[Reason]

    @property
    def name(self) -> Promise:
        """Return what researchers read."""
        return STEPS[self.step]


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of judges, or of arms, that are not at their end."""

    open: int
    planned: int
    settled: int


def backlog(study: Study) -> list[Backlog]:
    """Return the work of each step that ever had any."""
    found = []
    for step, kind in KINDS.items():
        counts = kind.of(study).aggregate(
            all=Count("pk"),
            pending=Count("pk", filter=PENDING),
            later=Count("pk", filter=PENDING & Q(due_at__gt=Now())),
            in_work=Count("pk", filter=PENDING & Q(lease_until__gt=Now())),
            failed=Count("pk", filter=FAILED),
            since=Min("created_at", filter=PENDING),
        )
        if counts["all"]:
            found.append(
                Backlog(
                    step,
                    counts["pending"] - counts["in_work"],
                    counts["later"],
                    counts["in_work"],
                    counts["all"] - counts["pending"] - counts["failed"],
                    counts["failed"],
                    counts["since"],
                    _reasons(kind, study) if counts["failed"] else [],
                )
            )
    return found


def open_runs(study: Study) -> Runs:
    """Return how far the unfinished judge runs of a study are, together."""
    unfinished = JudgeRun.objects.filter(study=study).exclude(source="imported")
    return _open(unfinished)


def open_arm_runs(study: Study) -> Runs:
    """Return how far the unfinished runs of a study's arms are, together."""
    return _open(ArmRun.objects.filter(study=study))


def _open(runs: QuerySet[Any]) -> Runs:
    counts = runs.filter(finished_at=None, cancelled_at=None).aggregate(
        open=Count("pk"),
        all_planned=Coalesce(Sum("planned"), 0),
        all_settled=Coalesce(Sum("settled"), 0),
    )
    return Runs(counts["open"], counts["all_planned"], counts["all_settled"])


def try_again(study: Study, step: str) -> int:
    """Let workers try what failed in a step once more; return how many rows that is."""
    return work.try_again(KINDS[step].of(study).filter(FAILED).order_by("pk")[:MOST_AT_ONCE])


def _reasons(kind: Kind, study: Study) -> list[Reason]:
    """Return the commonest reasons of failures."""
    grouped = (
        kind.of(study)
        .filter(FAILED)
        .values(said=Left("failure", REASON_LENGTH))
        .annotate(
            count=Count("pk"),
            last=Max("settled_at"),
            person=Max(F(f"{kind.person}__pseudonym")),
        )
        .order_by("-count", "-last")[:SHOWN_REASONS]
    )
    return [Reason(row["said"], row["count"], row["last"], row["person"]) for row in grouped]
