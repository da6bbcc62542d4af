"""What each call of a run costs: reserved before it, booked after it, with the saved call itself.

`ArmRun.spent_micros` holds what is spent and what calls under way may cost: beginning a call adds
what it may cost at most, if the budget has room for that, in one statement; its end takes back what
it did not cost. So several workers keep one budget together. What a killed worker had under way
stays spent, since it may have to be paid; whoever goes on notes it as lost.
"""

from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Now

from personalization import calls
from personalization.arms.step import ArmStepOf, prompt_hash
from personalization.calls import LOST, Lost
from personalization.llm.backend import Answer, AskError
from personalization.models import ArmRun, Endpoint, ModelCall
from personalization.models.arm_work import ArmWork
from personalization.pipeline.kinds import kinds_of
from personalization.runs import budgets
from personalization.runs.forecasting import seen_of
from personalization.runs.ledger import ANSWERED, Entry, note
from personalization.runs.money import Purse, trouble
from personalization.steps import Request
from personalization.work import held, next_attempt

PRICED = 60.0  # seconds after which a new price is heard of


class NoRoomError(Exception):
    """The budget has no room for another call now; calls under way may still leave some."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that is to be made, or (not `new`) was begun by somebody before."""

    step: ArmStepOf[Any]
    row: ArmWork
    request: Request
    call: ModelCall
    new: bool
    reserved: int | None = None


class Books:
    """One worker's view on the money and the calls of a run."""

    def __init__(self, run: ArmRun, endpoint: Endpoint) -> None:
        """Read the price of today, and what answers so far have taught."""
        self.run, self.endpoint = run, endpoint
        self.purse = Purse(None)
        self._hear()
        if self.purse.rate is not None:
            rows = [step.model._default_manager.filter(run=run) for step in kinds_of(run)]
            self.purse.learn(seen_of(rows), run.arm.configuration.get("sampling", {}))

    def begin(self, step: ArmStepOf[Any], row: ArmWork, request: Request) -> Begun:
        """Save a call before it is made, with what it may cost; NoRoomError where it may not be."""
        if monotonic() - self._priced > PRICED:
            self._hear()
        with transaction.atomic():
            call, new = calls.begin(
                step.name,
                row.pk,
                row.attempt,
                request.endpoint,
                request.ask,
                prompt_hash(self.run.arm, request),
            )
            if not new:
                return Begun(step, row, request, call, new)
            (cost,) = self.purse.reserve([request.ask])
            self._reserve(row, cost)
        row.reserved_micros = cost
        return Begun(step, row, request, call, new, cost)

    @transaction.atomic
    def ended(self, begun: Begun, came: Answer | AskError, seconds: float) -> None:
        """Save what a call has brought, before anybody reads it, and what it cost."""
        took = round(seconds * 1000)
        if isinstance(came, Answer):
            spent = self.purse.answered(begun.request.ask, came)
            calls.answered(begun.call, self.endpoint, came, spent.micros)
            entry = Entry(
                ANSWERED, 1, spent.prompt_tokens, spent.completion_tokens, spent.micros or 0, took
            )
        else:
            micros = self.purse.failed(came.kind, begun.reserved)
            calls.failed(begun.call, self.endpoint, came, micros)
            entry = Entry(came.kind, micros=micros or 0, milliseconds=took)
        self._book(begun, entry)

    def resumed(self, begun: Begun) -> ModelCall:
        """Return the saved call of a row that somebody has left; AskError, or Lost, without answer.

        What was under way is lost, and the row goes on with its next attempt.
        """
        is_news = begun.call.answer is None and begun.call.error is None
        try:
            with transaction.atomic():
                return calls.resume(begun.call)
        except Lost:
            # Noted already where somebody died between this and the next attempt.
            self.lost(begun, is_news=is_news)
            raise

    @transaction.atomic
    def lost(self, begun: Begun, *, is_news: bool = True) -> None:
        """Count a call as lost, with all that it may have cost, and go on with the next attempt."""
        micros = begun.row.reserved_micros or 0
        calls.lose(begun.call, micros)
        if is_news:
            note(ArmRun, self.run.pk, [Entry(LOST, micros=micros)], reserved_micros=micros)
        held(begun.row).update(reserved_micros=None)
        begun.row.reserved_micros = None
        next_attempt(begun.row)

    def trouble(self) -> str | None:
        """Return why a budget without room keeps the run from going on; None: calls are under way."""
        fresh = ArmRun.objects.get(pk=self.run.pk)
        if fresh.budget_micros is None or self._under_way():
            return None
        return trouble(fresh.budget_micros, fresh.spent_micros, self.purse.each, fresh.currency)

    def _hear(self) -> None:
        budgets.refresh(self.purse, self.run, self.run.arm.model)
        self._priced = monotonic()

    def _reserve(self, row: ArmWork, cost: int | None) -> None:
        """Add to what is spent what a call may cost; NoRoomError where that is beyond the budget."""
        run = ArmRun.objects.filter(pk=self.run.pk)
        if cost is None:
            if run.filter(budget_micros__isnull=False).exists():
                raise NoRoomError
            return
        room = Q(budget_micros=None) | Q(budget_micros__gte=F("spent_micros") + cost)
        if not run.filter(room).update(spent_micros=F("spent_micros") + cost):
            raise NoRoomError
        held(row).update(reserved_micros=cost)

    def _book(self, begun: Begun, entry: Entry) -> None:
        note(ArmRun, self.run.pk, [entry], reserved_micros=begun.reserved or 0)
        if begun.reserved is not None:
            held(begun.row).update(reserved_micros=None)
            begun.row.reserved_micros = None

    def _under_way(self) -> int:
        """Return what calls under way, of all workers, may cost."""
        return sum(
            step.model._default_manager.filter(
                run=self.run, settled_at=None, lease_until__gt=Now()
            ).aggregate(sum=Sum("reserved_micros"))["sum"]
            or 0
            for step in kinds_of(self.run)
        )
