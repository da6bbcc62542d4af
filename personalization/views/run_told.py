"""One item of a run in full: what was sent, what came, attempt by attempt, for each reading."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from annotation.models import Question
from personalization.asking import answer_of
from personalization.judge import parsing
from personalization.judge.choices import Side
from personalization.judge.manner import Manner
from personalization.judge.parsing import Parsed
from personalization.judge.scales import scale_of
from personalization.llm.backend import Answer, AskError
from personalization.models import JudgeRun, ModelCall
from personalization.models.run import RunSource
from personalization.views.run_calls import Attempt, Sent, attempt, parameters, request_of, sent
from personalization.views.run_rows import STEP, Row, Told, rows_of


@dataclass(slots=True)
class Full:
    """One reading with all calls that were made for it, the last one's request among them."""

    told: Told
    attempts: list[Attempt]
    sent: list[Sent]
    parameters: str
    as_before: bool = False  # the same was sent as for the reading before: it is not shown again

    def leave_out(self, before: "Full") -> None:
        """Leave out what was sent where it says what was sent for the reading before."""
        if self.sent and (self.sent, self.parameters) == (before.sent, before.parameters):
            self.sent, self.parameters, self.as_before = [], "", True


@dataclass(frozen=True, slots=True)
class Whole:
    """An item with everything that was said about it, order beside order."""

    row: Row
    orders: list[tuple[str, list[Full]]]


def whole(run: JudgeRun, item: int) -> Whole:
    """Return an item of a run with its requests, answers and attempts."""
    (row,) = rows_of(run, [item], samples=None)
    told = [one for order in row.orders for one in order.told]
    calls: dict[int, list[ModelCall]] = defaultdict(list)
    found = ModelCall.objects.filter(step=STEP, work_id__in=[one.verdict.pk for one in told])
    for call in found.select_related("reused").order_by("work_id", "attempt"):
        calls[call.work_id].append(call)
    reader = Reader(run, row.item.question)
    orders = []
    for order in row.orders:
        full = [_full(one, calls[one.verdict.pk], reader) for one in order.told]
        for one, before in zip(full[:0:-1], full[-2::-1], strict=True):
            one.leave_out(before)
        orders.append((order.side, full))
    return Whole(row, orders)


class Reader:
    """Reads answers again as the judge's were read, to say by which way."""

    def __init__(self, run: JudgeRun, question: Question) -> None:
        self.scale = scale_of(question)
        self.manner: Manner | None = None
        if run.source == RunSource.CALLED:
            with suppress(TypeError, ValueError):  # a judge of a version that knew more
                self.manner = Manner.read(run.rater.configuration)

    def read(self, answer: Answer, side: str) -> Parsed | None:
        """Return what an answer says, and how that was found."""
        if self.manner is None:
            return None
        return parsing.read(answer, self.scale, cast("Side", side), self.manner)


def _full(told: Told, calls: list[ModelCall], reader: Reader) -> Full:
    request = request_of(calls)
    attempts = [attempt(one, _parsed(one, told.verdict.side, reader)) for one in calls]
    return Full(told, attempts, sent(request), parameters(request))


def _parsed(call: ModelCall, side: str, reader: Reader) -> Parsed | None:
    """Return how an answer was read; None where there is none of the protocol."""
    with suppress(AskError):
        return reader.read(answer_of(call), side) if call.answer is not None else None
    return None
