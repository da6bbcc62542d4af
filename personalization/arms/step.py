"""A step whose rows are of arms: done for somebody who waits, or by a run for many at once."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from annotation.work import look
from personalization.asking import ask_once
from personalization.models import Arm, ArmRun, ModelCall
from personalization.models.arm_work import ArmWork
from personalization.steps import Request, Step
from personalization.work import claim_name, step_of

ArmRow = TypeVar("ArmRow", bound=ArmWork)


@dataclass(frozen=True, slots=True)
class Missing(Generic[ArmRow]):
    """Rows that should exist and do not, not saved yet; how many may not be, for want of consent."""

    rows: list[ArmRow]
    withheld: int = 0


class ArmStepOf(Step[ArmRow]):
    """One kind of row of one step of the pipeline."""

    # The arms that do it: a value of personalization.models.arm.ArmStep.
    of: ClassVar[str]

    def waited_for(self) -> QuerySet[ArmRow]:
        """Return the rows without a run."""
        return self.model._default_manager.select_related("arm__endpoint").filter(run=None)

    def of_run(self, run: ArmRun) -> QuerySet[ArmRow]:
        """Return the rows of a run."""
        return self.model._default_manager.select_related("arm__endpoint").filter(run=run)

    @abstractmethod
    def missing(self, arm: Arm, most: int | None = None, trial: bool = False) -> Missing[ArmRow]:
        """Return what a run of this arm would add, for at most `most` people, conversations, queries.

        The same `most` are drawn each time. For a trial also what was done already. Nothing is
        saved: `request` must work on the rows as they are, so that a dry run can price them. Kinds
        whose rows follow from others (merging, evidence, rewrites) return none.
        """

    def follow_ups(self, arm: Arm, rows: int) -> float:
        """Return how many calls of other kinds are to be expected after so many rows of this one."""
        return 0.0

    async def ask(self, row: ArmRow, request: Request) -> ModelCall:
        """Ask, and return the saved call, which says by which prompts it was asked."""
        return await ask_once(
            self.name, row.pk, row.attempt, request.endpoint, request.ask,
            prompt_hash(row.arm, request),
        )  # fmt: skip

    def counted(self, row: ArmRow) -> None:
        """Count a settled row of a run; last in the transaction, so that nobody waits for the run."""
        if row.run_id is not None:
            ArmRun.objects.filter(pk=row.run_id).update(settled=F("settled") + 1)

    @transaction.atomic
    def plan_run(self, run: ArmRun) -> int:
        """Add what a run is to do; return how many rows. Done again, it adds what is new since."""
        # One at a time: somebody else may be planning at this moment.
        ArmRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        if run.trial and self.of_run(run).exists():
            return 0
        found = self.missing(run.arm, run.most_items, run.trial)
        added = _add(run, found.rows, trial=run.trial)
        # Kinds whose rows follow from others withhold nothing themselves.
        withheld = Greatest("withheld", found.withheld)
        ArmRun.objects.filter(pk=run.pk).update(withheld=withheld)
        return added


def prompt_hash(arm: Arm, request: Request) -> str:
    """Return the hash of the prompt that a request was made from: of all the arm's if it is not said."""
    prompts = arm.configuration.get("prompts", {})
    named = [prompts[request.prompt]] if request.prompt in prompts else prompts.values()
    return " ".join(str(one["hash"]) for one in named)


@transaction.atomic
def follow(before: ArmWork, rows: Sequence[ArmRow]) -> int:
    """Add the work that follows from a row, for the same arm and run; return how many rows are new.

    Where no run does it, workers look for it.
    """
    for one in rows:
        one.arm, one.run, one.trial = before.arm, before.run, before.trial
    if before.run is not None:
        return _add(before.run, rows, trial=before.trial)
    added = _saved(rows)
    for _row in range(added):
        look(step_of(rows[0]))
    return added


def _add(run: ArmRun, rows: Sequence[ArmRow], *, trial: bool) -> int:
    """Save rows of a run, and count them in its plan."""
    for one in rows:
        one.run, one.trial = run, trial
    added = _saved(rows)
    if added:
        ArmRun.objects.filter(pk=run.pk).update(planned=F("planned") + added)
    return added


def _saved(rows: Sequence[ArmRow]) -> int:
    """Save rows of one kind, arm and run, without those that are there; return how many are new."""
    if not rows:
        return 0
    # The database does not say which rows were new, and others may add some at this moment.
    token = claim_name()
    for one in rows:
        one.worker = token
    manager = type(rows[0])._default_manager
    manager.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    mine = manager.filter(run=rows[0].run, settled_at=None, worker=token)
    return mine.update(worker=None)
