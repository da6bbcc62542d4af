"""Carry a run on: plan it, make the readings that are due, close it when none is left."""

from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError
from django.db.models.functions import Now
from django.utils import timezone

from personalization.agreement.report.cache import fresh
from personalization.judge.asking import Asking
from personalization.judge.computing import compute
from personalization.judge.jobs import look_for_readings
from personalization.judge.leases import next_due
from personalization.judge.pausing import pause
from personalization.judge.planning import plan, questions_of
from personalization.models import JudgeRun
from personalization.models.run import RunSource
from personalization.runs import crew
from personalization.steps import in_thread

PAUSE = timedelta(seconds=1)


async def carry_on(pk: int) -> None:
    """Do one job for a run; where more is to be done later, the run gets a job for then."""
    wait = 0.0
    try:
        run = await in_thread(_open)(pk)
        if run is None:
            return
        if run.source == RunSource.COMPUTED:
            # A batch at a time: all jobs of a worker share one connection to the database.
            while await in_thread(compute)(run):
                continue
        elif run.endpoint is not None:
            asking = await in_thread(Asking)(run, run.endpoint)
            wait = await asking.go(crew.is_crowded)
    except (OperationalError, InterfaceError):
        raise  # without a database nothing can be said; the run is found again
    except Exception as error:
        await in_thread(pause)(pk, f"broken: {type(error).__name__}")
        raise
    await in_thread(_close)(pk, wait)


def _open(pk: int) -> JudgeRun | None:
    """Return the run with its plan made, or None where nothing is to be done."""
    run = _still_open(pk)
    if run is None:
        return None
    if run.endpoint is not None and run.endpoint.closed_at is not None:
        pause(pk, f"closed: {run.endpoint.name}")
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
    if due is not None:
        # Readings may be due while other runs have all places of the endpoint: a job at once would
        # find none, ask for another one at once, and so on.
        at = max(due, timezone.now() + max(PAUSE, timedelta(seconds=wait)))
        look_for_readings(pk, at)
        return at
    if JudgeRun.objects.filter(pk=pk, finished_at=None).update(finished_at=Now()):
        # What runs by itself finishes whenever there is something new: nobody waits for its report.
        # A trial comes to no judgments.
        waited_for = (run.by_id is not None or run.endpoint_id is not None) and not run.trial
        for question in questions_of(run) if waited_for else ():
            fresh(question)
    return None


def _still_open(pk: int) -> JudgeRun | None:
    runs = JudgeRun.objects.select_related("rater", "endpoint", "study")
    return runs.filter(pk=pk, finished_at=None, cancelled_at=None, paused_at=None).first()
