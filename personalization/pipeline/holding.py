"""The rows of a run that a worker holds: taken, kept, read anew, let go."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from personalization.arms.step import ArmStepOf
from personalization.models import ArmRun
from personalization.models.arm_work import ArmWork
from personalization.pipeline.kinds import kinds_of
from personalization.work import TakenOverError, claim, held, later, lease_end


@dataclass(slots=True, eq=False)
class Hand:
    """A row that this worker holds; `is_new` until it has had its turn at the gate, or is done."""

    step: ArmStepOf[Any]
    row: ArmWork
    is_new: bool = True


class Rows:
    """One worker's way to the rows of a run."""

    def __init__(self, run: ArmRun, worker: str) -> None:
        self.run, self.worker, self.kinds = run, worker, kinds_of(run)

    def claim(self, most: int, busy: Sequence[Hand]) -> list[Hand]:
        """Lease up to `most` rows of the open run; what follows from others goes first.

        What this worker itself is doing (`busy`) is not free, even where its lease has ended.
        """
        going = ArmRun.objects.filter(
            pk=self.run.pk, finished_at=None, cancelled_at=None, paused_at=None
        )
        if not going.exists():
            return []
        found: list[Hand] = []
        for step in reversed(self.kinds):
            if len(found) < most:
                mine = [one.row.pk for one in busy if one.step is step]
                rows = step.of_run(self.run).exclude(pk__in=mine)
                taken = claim(rows, most - len(found), self.worker)
                found += [Hand(step, self._ours(row)) for row in taken]
        return found

    def renew(self, hands: Sequence[Hand]) -> None:
        """Put off the end of the leases of these rows."""
        by_step: defaultdict[ArmStepOf[Any], list[int]] = defaultdict(list)
        for one in hands:
            by_step[one.step].append(one.row.pk)
        for step, pks in by_step.items():
            mine = step.model._default_manager.filter(pk__in=pks, worker=self.worker)
            mine.filter(settled_at=None).update(lease_until=lease_end())

    def next_attempt(self, hand: Hand) -> None:
        """Go on with another attempt at a row, read anew: the last one may have left its marks."""
        changed = held(hand.row).update(
            attempt=F("attempt") + 1, lease_until=lease_end(), reserved_micros=None
        )
        if not changed:
            raise TakenOverError
        self.read_anew(hand)

    def read_anew(self, hand: Hand) -> None:
        """Read a row as it is saved."""
        hand.row = self._ours(hand.step.of_run(self.run).get(pk=hand.row.pk))

    @transaction.atomic
    def let_go(self, hands: Sequence[Hand]) -> None:
        """Let rows go as they are."""
        for one in hands:
            later(one.row, 0)

    def _ours(self, row: ArmWork) -> ArmWork:
        # One arm and one run for all rows: what is kept with them is read once.
        row.run, row.arm = self.run, self.run.arm
        return row
