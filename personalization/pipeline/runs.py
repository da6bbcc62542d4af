"""Start, stop and resume runs of arms."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation.models import Study, User
from personalization.arms.making import asked_of, begin
from personalization.models import Arm, ArmRun
from personalization.pipeline.jobs import JOB, look_for_rows
from personalization.pipeline.kinds import EVERY, kinds_of
from personalization.pipeline.planning import ANEW, FAILED, outlook
from personalization.prices import rate_on
from personalization.runs.budgets import BudgetError, no_price, set_budget
from personalization.runs.pausing import ASKED, limits_mended, pause
from personalization.work import free_of_dead


@transaction.atomic
def start(
    arm: Arm,
    by: User | None = None,
    *,
    most_items: int | None = None,
    budget_micros: int | None = None,
    deadline: datetime | None = None,
    trial: bool = False,
) -> ArmRun:
    """Let an arm do all that it has not done yet, for at most `most_items` people or queries.

    Where the same run is under way already, or nothing is left since the last one, that one is
    returned. BudgetError for a budget where no price is known, UnfitError for an arm that asks
    nobody, StaleError where the text of one of its prompts was changed.
    """
    endpoint, _sampling = asked_of(arm)
    rate = rate_on(endpoint, arm.model)
    if budget_micros is not None and rate is None:
        raise BudgetError(no_price())
    # A form that is sent twice, even at the same moment, starts one run.
    Study.objects.select_for_update(no_key=True).get(pk=arm.study_id)
    same = _same(arm, most_items, trial=trial)
    if same is not None:
        return same
    begin(arm)
    run = ArmRun.objects.create(
        study=arm.study, arm=arm, endpoint=endpoint, by=by, trial=trial, most_items=most_items,
        budget_micros=budget_micros, deadline=deadline,
        currency=rate.currency if rate is not None else "",
    )  # fmt: skip
    look_for_rows(run.pk)
    return run


def cancel(run: ArmRun) -> bool:
    """Stop a run: nothing more is asked, what is settled stays, what is under way is saved."""
    return bool(_open(run).update(cancelled_at=Now()))


def pause_by_hand(run: ArmRun, by: User | None = None) -> bool:
    """Let a run rest until somebody lets it go on; what is under way is still saved."""
    return pause(ArmRun, run.pk, f"{ASKED}: {by}" if by else ASKED)


@transaction.atomic
def set_limits(run: ArmRun, budget_micros: int | None, deadline: datetime | None) -> bool:
    """Change what an open run may spend, and until when; one that waited for just that goes on.

    BudgetError for a budget where no price is known.
    """
    if not _open(run).update(deadline=deadline):
        return False
    set_budget(run, budget_micros, run.arm.model)
    if _open(run).filter(limits_mended(), paused_at__isnull=False).exists():
        try_again(run)
    return True


@transaction.atomic
def try_again(run: ArmRun) -> bool:
    """Let a run that paused go on, after somebody has mended what was wrong."""
    if not _open(run).filter(paused_at__isnull=False).update(paused_at=None, trouble=""):
        return False
    look_for_rows(run.pk)
    return True


@transaction.atomic
def retry_failed(run: ArmRun) -> int:
    """Start a new round for the rows of a run that failed, and open it again; return how many."""
    kept = ArmRun.objects.select_for_update(of=["self"], no_key=True).get(pk=run.pk)
    if kept.cancelled_at is not None:
        return 0
    opened = 0
    for step in kinds_of(run):
        failed = step.model._default_manager.filter(FAILED, run=run)
        opened += failed.update(**ANEW)
    if opened:
        ArmRun.objects.filter(pk=run.pk).update(finished_at=None, settled=F("settled") - opened)
        look_for_rows(run.pk)
    return opened


def look_for_abandoned() -> list[int]:
    """Give open runs that nobody carries on a new job: theirs was given up, or lost its worker.

    A job of a killed worker stays in the queue as if it were done; leases tell who is alive.
    """
    for step in EVERY:
        free_of_dead(step.model._default_manager.filter(run__isnull=False))
    jobs = ProcrastinateJob.objects.filter(task_name=JOB, status="todo")
    waiting = set(jobs.values_list("args__run_id", flat=True))
    unfinished = ArmRun.objects.select_related("arm").filter(
        finished_at=None, cancelled_at=None, paused_at=None
    )
    found = [
        one.pk
        for one in unfinished.order_by("pk")
        if one.pk not in waiting and not is_carried_on(one)
    ]
    for pk in found:
        look_for_rows(pk)
    return found


def is_carried_on(run: ArmRun) -> bool:
    """Return whether a worker holds rows of a run."""
    return any(
        step.model._default_manager.filter(run=run, settled_at=None, lease_until__gt=Now()).exists()
        for step in kinds_of(run)
    )


def _open(run: ArmRun) -> QuerySet[ArmRun]:
    return ArmRun.objects.filter(pk=run.pk, cancelled_at=None, finished_at=None)


def _same(arm: Arm, most_items: int | None, *, trial: bool) -> ArmRun | None:
    """Return the run of this kind that is under way, or the last one where nothing is left."""
    asked: dict[str, Any] = {"arm": arm, "trial": trial, "most_items": most_items}
    runs = ArmRun.objects.filter(cancelled_at=None, **asked).order_by("-pk")
    found = runs.filter(finished_at=None).first()
    if found is None and not trial and (done := runs.first()) is not None:
        left, _withheld = outlook(arm, most_items)
        found = None if left else done
    return found
