"""Ask models so that no answer is lost and none is paid for twice.

A call is a row before it is a request, so that what was in flight when a worker ended is known and
counted. The raw answer is saved before anybody reads it. An attempt is asked for once: after an
answer the same attempt returns the saved one, after a loss the caller goes on to the next attempt.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

from personalization import calls
from personalization.backends import line_to
from personalization.calls import Lost, answer_of, lost_calls
from personalization.endpoints import Asked, model_for
from personalization.llm.backend import Answer, Ask, AskError, Backend
from personalization.models import Endpoint, ModelCall
from personalization.prices import cost, rate_on

__all__ = ["Asked", "Lost", "answer_of", "ask_once", "lost_calls", "model_for", "stream_once"]

P = ParamSpec("P")
T = TypeVar("T")
OnPiece = Callable[[str], Awaitable[None]]


async def ask_once(
    step: str, work_id: int, attempt: int, endpoint: Endpoint, ask: Ask, prompt_hash: str = ""
) -> ModelCall:
    """Return the saved call of an attempt, after asking if nobody has yet.

    Raises AskError once the error is saved, and Lost where the attempt was in flight when a worker
    ended.
    """

    async def plain(backend: Backend) -> Answer:
        return await backend.ask(ask)

    return await _once(step, work_id, attempt, endpoint, ask, plain, prompt_hash)


async def stream_once(
    step: str, work_id: int, attempt: int, endpoint: Endpoint, ask: Ask, on_piece: OnPiece
) -> ModelCall:
    """Do as `ask_once`, and hand on the text as it comes; a saved answer comes without pieces."""

    async def streamed(backend: Backend) -> Answer:
        async for piece in backend.stream(ask):
            if isinstance(piece, Answer):
                return piece
            await on_piece(piece)
        raise AskError("cut", "the stream ended without an answer")

    return await _once(step, work_id, attempt, endpoint, ask, streamed)


async def _once(
    step: str,
    work_id: int,
    attempt: int,
    endpoint: Endpoint,
    ask: Ask,
    question: Callable[[Backend], Awaitable[Answer]],
    prompt_hash: str = "",
) -> ModelCall:
    async with line_to(endpoint) as line, line.place():
        call, new = await _in_database(
            calls.begin, step, work_id, attempt, endpoint, ask, prompt_hash
        )
        if not new:
            return await _in_database(calls.resume, call)
        try:
            answer = await question(line.backend)
        except AskError as error:
            await asyncio.shield(_in_database(calls.failed, call, endpoint, error))
            raise
        # Once it is here it is saved, even if this worker is being stopped.
        return await asyncio.shield(_in_database(_answered, call, endpoint, answer))


def _answered(call: ModelCall, endpoint: Endpoint, answer: Answer) -> ModelCall:
    """Save an answer with what it cost, where a price is known and the endpoint counts tokens."""
    rate, micros = rate_on(endpoint, call.model), None
    if rate is not None and answer.prompt_tokens is not None:
        micros = cost(rate, max(answer.prompt_tokens, 0), max(answer.completion_tokens or 0, 0))
    return calls.answered(call, endpoint, answer, micros)


async def _in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that uses the database; no connection outlives its time."""

    def fresh() -> T:
        if not connection.in_atomic_block:
            close_old_connections()
        return function(*args, **kwargs)

    return await sync_to_async(fresh)()
