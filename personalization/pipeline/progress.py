"""How far each kind of rows of a run is, and why rows failed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Left, Now

from personalization.models import ArmRun
from personalization.pipeline.kinds import kinds_of

SHOWN_REASONS, REASON_LENGTH = 5, 300
MOST_FAILED = 50
PENDING = Q(settled_at=None)
FAILED = Q(settled_at__isnull=False, failure__isnull=False)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows failed: what was said, how often, when last."""

    text: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class KindProgress:
    """Rows of one kind: pending (some of them for a later time), in work, done, failed."""

    name: str
    pending: int = 0
    later: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    reasons: list[Reason] = field(default_factory=list)

    @property
    def all(self) -> int:
        """Return how many rows there are."""
        return self.pending + self.running + self.done + self.failed


def progress(run: ArmRun) -> list[KindProgress]:
    """Return how far each kind is, in the order in which they follow each other."""
    found = []
    for step in kinds_of(run):
        rows = _rows(run, step.model)
        running = PENDING & Q(lease_until__gt=Now())
        counts = rows.aggregate(
            all=Count("pk"),
            unsettled=Count("pk", filter=PENDING),
            running=Count("pk", filter=running),
            later=Count("pk", filter=PENDING & Q(due_at__gt=Now()) & ~running),
            failed=Count("pk", filter=FAILED),
        )
        found.append(
            KindProgress(
                step.name,
                counts["unsettled"] - counts["running"],
                counts["later"],
                counts["running"],
                counts["all"] - counts["unsettled"] - counts["failed"],
                counts["failed"],
                _reasons(rows) if counts["failed"] else [],
            )
        )
    return found


def failed_rows(run: ArmRun, kind: str, after: int | None = None) -> list[Any]:
    """Return some rows of one kind that failed, the oldest first; after the one with this id."""
    step = next(one for one in kinds_of(run) if one.name == kind)
    rows = _rows(run, step.model).filter(FAILED).select_related("call")
    return list(rows.filter(pk__gt=after or 0).order_by("pk")[:MOST_FAILED])


def _reasons(rows: QuerySet[Any]) -> list[Reason]:
    """Return the commonest reasons of failures."""
    said = rows.filter(FAILED).values(said=Left("failure", REASON_LENGTH))
    grouped = said.annotate(count=Count("pk"), last=Max("settled_at")).order_by("-count", "-last")
    return [Reason(one["said"], one["count"], one["last"]) for one in grouped[:SHOWN_REASONS]]


def _rows(run: ArmRun, model: Any) -> QuerySet[Any]:  # noqa: ANN401 - any kind of rows
    rows: QuerySet[Any] = model._default_manager.filter(run=run)
    return rows
