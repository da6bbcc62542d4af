"""A step whose rows are of arms: done for somebody who waits, or by a run for many at once."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from django.db import transaction
from django.db.models import F, QuerySet

from personalization.models import Arm, ArmRun
from personalization.models.arm_work import ArmWork
from personalization.steps import Step

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

    @transaction.atomic
    def plan_run(self, run: ArmRun) -> int:
        """Add what a run is to do; return how many rows. Done again, it adds what is new since."""
        found = self.missing(run.arm, run.most_items, run.trial)
        rows = found.rows
        if run.trial and self.of_run(run).exists():
            return 0
        for one in rows:
            one.run, one.trial = run, run.trial
        # Somebody else may be planning at this moment.
        before = self.of_run(run).count()
        self.model._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
        added = self.of_run(run).count() - before
        ArmRun.objects.filter(pk=run.pk).update(
            planned=F("planned") + added, withheld=found.withheld
        )
        return added
