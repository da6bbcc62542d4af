"""What every step of the machine does with a row: plan, claim, ask, settle; or fail in the open."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar, Generic, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from annotation.work import look
from personalization.asking import Lost, ask_once
from personalization.llm.backend import Answer, Ask, AskError
from personalization.models import Endpoint, ModelCall
from personalization.models.work import Work
from personalization.work import (
    ROUND,
    Row,
    TakenOverError,
    claim,
    is_last,
    next_attempt,
    release,
    renew,
    retry_later,
    settling,
    step_of,
)

logger = logging.getLogger(__name__)

Given = ParamSpec("Given")
Result = TypeVar("Result")
FAILURE_LENGTH = 500
OUTAGES = ("unavailable", "timeout", "rate_limited")
REFUSALS = ("refusal", "content_filter")


class RefusedError(Exception):
    """The model did not want to answer."""


class HopelessError(Exception):
    """There is no point in asking (again); the text says why, and becomes the row's failure."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask, and where; the name of the prompt, where a step has several."""

    endpoint: Endpoint
    ask: Ask
    prompt: str = ""


class Step(ABC, Generic[Row]):
    """One step of the machine: its rows, and what is done with each."""

    model: type[Row]
    # Seconds before each new attempt of a round (work.ROUND says how many attempts there are).
    waits: ClassVar[tuple[float, ...]] = (2, 10, 30, 90)
    # The same where the endpoint itself is in trouble: it may be back in half an hour, and people
    # are told that they need not stay at the page.
    outages: ClassVar[tuple[float, ...]] = (5, 60, 300, 1500)
    # Another time the same model may well answer; a person should not wait for that.
    asks_refusers_again: ClassVar[bool] = True
    # The longest wait that an endpoint may ask for before the row is given up.
    patience: ClassVar[float] = 600

    @property
    def name(self) -> str:
        """Return the name of the step, in jobs and in model calls."""
        return step_of(self.model)

    def waited_for(self) -> QuerySet[Row]:
        """Return the rows that a person waits for, which jobs of this step work on."""
        return self.model._default_manager.all()

    @abstractmethod
    def plan(self, about: int) -> int:
        """Add the rows that should exist and do not yet; return how many were added."""

    @abstractmethod
    def request(self, row: Row) -> Request | None:
        """Return what to ask, or None where a row needs no model; HopelessError where nobody may ask."""

    @abstractmethod
    def settle(self, row: Row, call: ModelCall | None) -> None:
        """Write what a row has come to; the row itself is saved afterwards, in one transaction.

        HopelessError: there is nothing to be had; AskError, RefusedError: another answer may do.
        """

    @abstractmethod
    def settled(self, row: Row) -> None:
        """Do what follows, well or not, within the same transaction; the row is saved by now."""

    def counted(self, row: Row) -> None:
        """Count a settled row where its work is counted: last in the transaction."""
        return

    async def prepare(self, row: Row) -> None:
        """Get what a row that needs no model is settled with, where that takes long; as `ask` may fail.

        In no transaction, so that what was paid for is kept whatever becomes of the row.
        """
        return

    async def ask(self, row: Row, request: Request) -> ModelCall:
        """Ask, and return the saved call; AskError where there is no answer."""
        return await ask_once(self.name, row.pk, row.attempt, request.endpoint, request.ask)


def in_thread(
    function: Callable[Given, Result],
) -> Callable[Given, Awaitable[Result]]:
    """Return a function on the database for use in a job: a worker has one connection for all."""
    return sync_to_async(function, thread_sensitive=True)


async def do(step: Step[Row], about: int | None = None) -> None:
    """Do one job: plan what it is about, then take one row and work on it.

    A job takes one row, so that no more calls are under way than jobs; rows have jobs of their own.
    """
    if about is not None:
        added = await in_thread(step.plan)(about)
        for _row in range(added - 1):
            await in_thread(look)(step.name)
    for row in await in_thread(claim)(step.waited_for()):
        await work(step, row)


async def work(step: Step[Row], row: Row) -> None:
    """Work on a claimed row until it is settled or put off."""
    try:
        async with _kept(row):
            await _work(step, row)
    except TakenOverError:
        logger.warning("%s %s was taken over by another worker", step.name, row.pk)
    except (OperationalError, InterfaceError):
        # Without a database nothing can be said; the row comes back when its lease ends.
        raise
    except asyncio.CancelledError:
        await asyncio.shield(in_thread(release)(row))
        raise
    except Exception as error:
        await in_thread(give_up)(step, row, f"broken: {type(error).__name__}")
        raise


async def _work(step: Step[Row], row: Row) -> None:
    try:
        await attempt(step, row, lambda request: _answered(step, row, request))
    except HopelessError as error:
        await in_thread(give_up)(step, row, str(error))
    except RefusedError:
        await in_thread(refused)(step, row)
    except AskError as error:
        await in_thread(put_off)(step, row, error)


async def attempt(
    step: Step[Row], row: Row, ask: Callable[[Request], Awaitable[ModelCall]]
) -> None:
    """Ask for a row and settle it, once; HopelessError, RefusedError, AskError where that fails."""
    request = await in_thread(step.request)(row)
    if request is None:
        await step.prepare(row)
    call = None if request is None else await ask(request)
    await in_thread(_settle)(step, row, call)


async def _answered(step: Step[Row], row: Row, request: Request) -> ModelCall:
    while True:
        try:
            return await step.ask(row, request)
        except Lost as error:
            if is_last(row):
                raise HopelessError(str(error)) from None
            await in_thread(next_attempt)(row)


@transaction.atomic
def _settle(step: Step[Row], row: Row, call: ModelCall | None) -> None:
    with settling(row):
        step.settle(row, call)
    step.settled(row)
    step.counted(row)


@transaction.atomic
def give_up(step: Step[Row], row: Row, failure: str) -> None:
    """Settle a row with a failure that everybody concerned can see."""
    with settling(row):
        row.failure = failure[:FAILURE_LENGTH]
    step.settled(row)
    step.counted(row)


def put_off(step: Step[Row], row: Row, error: AskError) -> None:
    """Try again later where that may help, and give up where it does not."""
    if is_last(row) or not error.passing:
        give_up(step, row, str(error))
        return
    asked_for = error.retry_after or 0
    if asked_for > step.patience:
        give_up(step, row, str(error))
        return
    waits = step.outages if error.kind in OUTAGES else step.waits
    retry_later(row, max(waits[row.attempt % ROUND], asked_for))


def refused(step: Step[Row], row: Row) -> None:
    """Try once more later, or say openly that the model does not want to."""
    if step.asks_refusers_again and not is_last(row):
        retry_later(row, step.waits[row.attempt % ROUND])
    else:
        give_up(step, row, "refused: the model did not want to answer")


def made(call: ModelCall | None) -> ModelCall:
    """Return the call of a step that always makes one."""
    if call is None:
        raise ValueError("no model was asked")
    return call


def text_of(answer: Answer) -> str:
    """Return what was said; RefusedError for a refusal, AskError for silence."""
    if answer.finish in REFUSALS:
        raise RefusedError
    text = answer.text.replace("\0", "").strip()
    if not text:
        raise AskError("garbage", "the answer was empty")
    return text


@asynccontextmanager
async def _kept(row: Work) -> AsyncIterator[None]:
    """Keep the lease of a row while the block runs."""
    keeper = asyncio.create_task(_keep(row))
    try:
        yield
    finally:
        keeper.cancel()


async def _keep(row: Work) -> None:
    while True:
        await asyncio.sleep(settings.LEASE_SECONDS / 3)
        try:
            await in_thread(renew)(row)
        except TakenOverError:
            return
        except (OperationalError, InterfaceError):
            logger.warning("no database to renew a lease in", exc_info=True)
