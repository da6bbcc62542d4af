"""One item of a run in full: what was sent, what came, attempt by attempt, for each reading."""

import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from annotation.models import Question
from personalization.asking import answer_of
from personalization.judge import parsing
from personalization.judge.choices import Side
from personalization.judge.manner import Manner
from personalization.judge.parsing import Parsed
from personalization.judge.scales import scale_of
from personalization.llm.backend import Answer, AskError
from personalization.llm.fences import FENCED
from personalization.models import JudgeRun, ModelCall
from personalization.models.run import RunSource
from personalization.views.run_rows import STEP, Row, Told, rows_of, said

# Of a request: shown as messages, or said elsewhere on the page.
APART = ("messages", "model")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message: ours, or a text of other people between its fences."""

    text: str
    data: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of a request, as it was sent."""

    role: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call: what came of it, how long it took, what it cost."""

    call: ModelCall
    kind: str  # of the error, "" where an answer came
    why: str
    text: str
    finish: str
    seconds: float | None
    parsed: Parsed | None  # None where nothing came, or nobody knows how it was to be read

    @property
    def number(self) -> int:
        """Return which attempt this is, as people count."""
        return self.call.attempt + 1


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
    request: dict[str, Any] = next((one.request for one in reversed(calls) if one.request), {})
    parameters = {name: value for name, value in request.items() if name not in APART}
    return Full(
        told,
        [_attempt(one, told.verdict.side, reader) for one in calls],
        sent(request),
        json.dumps(parameters, ensure_ascii=False, indent=2) if parameters else "",
    )


def _attempt(call: ModelCall, side: str, reader: Reader) -> Attempt:
    kind, _, why = (call.error or "").partition(":")
    answer = None
    if call.answer is not None:
        with suppress(AskError):
            answer = answer_of(call)
    took = None
    if call.finished_at is not None and not call.reused_id and kind != "lost":
        took = (call.finished_at - call.started_at).total_seconds()
    finish = answer.finish if answer else ""
    parsed = reader.read(answer, side) if answer else None
    return Attempt(call, kind, why.strip(), said(call), finish, took, parsed)


def sent(request: dict[str, Any]) -> list[Sent]:
    """Return the messages of a request; what people wrote stands apart from what we wrote."""
    messages = request.get("messages") or []
    return [Sent(str(one.get("role")), pieces(str(one.get("content")))) for one in messages]


def pieces(text: str) -> list[Piece]:
    r"""Return a message in pieces that, put together, are the message again.

    >>> fence = "=== {} query 0123456789abcdef ==="
    >>> [one.data for one in pieces(f"Say:\n{fence.format('begin')}\nHi\n{fence.format('end')}\n")]
    [False, True, False]
    """
    found, end = [], 0
    for fence in FENCED.finditer(text):
        found += [Piece(text[end : fence.start()]), Piece(fence[0], data=True)]
        end = fence.end()
    return [one for one in [*found, Piece(text[end:])] if one.text]
