"""Calls as pages show them: what was sent, what came, attempt by attempt."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from personalization.asking import answer_of
from personalization.judge.parsing import Parsed
from personalization.llm.backend import AskError
from personalization.llm.fences import FENCED
from personalization.models import ModelCall

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
    parsed: Parsed | None  # how a judge's answer was read; None where nobody knows

    @property
    def number(self) -> int:
        """Return which attempt this is, as people count."""
        return self.call.attempt + 1


def attempt(call: ModelCall, parsed: Parsed | None = None) -> Attempt:
    """Return a call as an attempt."""
    kind, _, why = (call.error or "").partition(":")
    answer = None
    if call.answer is not None:
        with suppress(AskError):
            answer = answer_of(call)
    took = None
    if call.finished_at is not None and not call.reused_id and kind != "lost":
        took = (call.finished_at - call.started_at).total_seconds()
    return Attempt(
        call, kind, why.strip(), said(call), answer.finish if answer else "", took, parsed
    )


def request_of(calls: Sequence[ModelCall]) -> dict[str, Any]:
    """Return the last request that these calls kept."""
    return next((one.request for one in reversed(calls) if one.request), {})


def parameters(request: dict[str, Any]) -> str:
    """Return what else a request said, as JSON; "" where that is nothing."""
    found = {name: value for name, value in request.items() if name not in APART}
    return json.dumps(found, ensure_ascii=False, indent=2) if found else ""


def said(call: ModelCall) -> str:
    """Return the text of an answer; where it is not of the protocol, all of it as it came."""
    if call.answer is None:
        return ""
    try:
        return answer_of(call).text
    except AskError:
        return json.dumps(call.answer, ensure_ascii=False)


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
