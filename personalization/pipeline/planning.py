"""Plan a run of an arm: a row for everything that it should do and has not; nothing is asked here."""

from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from personalization.arms.step import ArmStepOf
from personalization.models import Arm, ArmRun
from personalization.pipeline.kinds import KINDS, kinds_of
from personalization.preparing import NO_LONGER_WANTED
from personalization.work import ROUND

FAILED = Q(settled_at__isnull=False, failure__isnull=False) & ~Q(failure=NO_LONGER_WANTED)
# What starts a new round of attempts at a row.
ANEW: dict[str, Any] = {
    "settled_at": None,
    "failure": None,
    "attempt": (F("attempt") / ROUND + 1) * ROUND,
    "due_at": Now(),
    "lease_until": None,
    "worker": None,
    "reserved_micros": None,
}


@transaction.atomic
def plan(run: ArmRun) -> int:
    """Add the rows that the run lacks; return how many. Harmless twice."""
    locked = ArmRun.objects.select_for_update(of=["self"], no_key=True).get(pk=run.pk)
    if locked.planned or locked.finished_at or locked.cancelled_at:
        return 0
    return _take_over(run) + sum(step.plan_run(run) for step in kinds_of(run))


def outlook(arm: Arm, most: int | None = None, *, trial: bool = False) -> tuple[int, int]:
    """Return how many rows a run would begin with, and how much it may not do for want of consent."""
    found = [step.missing(arm, most, trial) for step in KINDS[arm.step]]
    left = 0 if trial or most is not None else left_over(arm)
    return left + sum(len(one.rows) for one in found), sum(one.withheld for one in found)


def left_over(arm: Arm) -> int:
    """Return how many rows a new run would take over from runs that are over."""
    return sum(rows.count() for rows in _left(arm))


def _take_over(run: ArmRun) -> int:
    """Take what cancelled runs of the arm have left, and what failed in runs that are over."""
    if run.trial or run.most_items is not None:
        return 0
    taken = 0
    for rows in _left(run.arm):
        taken += rows.filter(settled_at=None).update(
            run=run, lease_until=None, worker=None, reserved_micros=None, due_at=Now()
        )
        taken += rows.exclude(run=run).update(run=run, **ANEW)
    ArmRun.objects.filter(pk=run.pk).update(planned=F("planned") + taken)
    return taken


def _left(arm: Arm) -> list[QuerySet[Any]]:
    """Return the rows of an arm that nobody will do, kind by kind."""
    free = Q(lease_until=None) | Q(lease_until__lt=Now())
    abandoned = Q(settled_at=None, run__cancelled_at__isnull=False) & free
    ended = Q(run__cancelled_at__isnull=False) | Q(run__finished_at__isnull=False)
    return [_rows(step, arm).filter(abandoned | FAILED & ended) for step in KINDS[arm.step]]


def _rows(step: ArmStepOf[Any], arm: Arm) -> QuerySet[Any]:
    rows: QuerySet[Any] = step.model._default_manager.filter(arm=arm, trial=False)
    return rows
