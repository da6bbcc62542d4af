"""Carry a run on: plan it, work on the rows that are due, close it when none is left."""

from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError
from django.db.models import F, Min
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from personalization.models import ArmRun
from personalization.pipeline.carrying import Carrying
from personalization.pipeline.jobs import look_for_rows
from personalization.pipeline.kinds import kinds_of
from personalization.pipeline.planning import plan
from personalization.runs import crew
from personalization.runs.pausing import pause
from personalization.steps import in_thread

PAUSE = timedelta(seconds=1)


async def carry_on(pk: int) -> None:
    """Do one job for a run; where more is to be done later, the run gets a job for then."""
    try:
        run = await in_thread(_opened)(pk)
        if run is None:
            return
        carrying = await in_thread(Carrying)(run, run.endpoint)
        wait = await carrying.go(crew.is_crowded)
    except (OperationalError, InterfaceError):
        raise  # without a database nothing can be said; the run is found again
    except Exception as error:
        await in_thread(pause)(ArmRun, pk, f"broken: {type(error).__name__}")
        raise
    await in_thread(_close)(pk, wait)


def _opened(pk: int) -> ArmRun | None:
    """Return the run with its plan made, or None where nothing is to be done."""
    run = _still_open(pk)
    if run is None:
        return None
    if run.endpoint.closed_at is not None:
        pause(ArmRun, pk, f"closed: {run.endpoint.name}")
        return None
    plan(run)
    return run


def _close(pk: int, wait: float) -> datetime | None:
    """Finish a run of which nothing is left; else ask for another job, and return when it starts.

    `wait` is for how many seconds the endpoint is left alone.
    """
    run = _still_open(pk)
    if run is None:
        return None
    due = next_due(run)
    if due is None:
        ArmRun.objects.filter(pk=pk, finished_at=None).update(finished_at=Now())
        return None
    # Rows may be due while other runs have all places of the endpoint: a job at once would find
    # none, ask for another one at once, and so on.
    at = max(due, timezone.now() + max(PAUSE, timedelta(seconds=wait)))
    look_for_rows(pk, at)
    return at


def next_due(run: ArmRun) -> datetime | None:
    """Return when the next of a run's rows can be worked on; None where none is left.

    In the order of the kinds: what follows from a row is saved in the moment that settles it.
    """
    free_at = Greatest(F("due_at"), F("lease_until"))
    found: list[datetime] = []
    for step in kinds_of(run):
        left = step.model._default_manager.filter(run=run, settled_at=None)
        due: datetime | None = left.aggregate(due=Min(free_at))["due"]
        found += [] if due is None else [due]
    return min(found, default=None)


def _still_open(pk: int) -> ArmRun | None:
    runs = ArmRun.objects.select_related("arm__endpoint", "endpoint", "study")
    return runs.filter(pk=pk, finished_at=None, cancelled_at=None, paused_at=None).first()
