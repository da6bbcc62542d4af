"""One call of a run: a place, the call saved and paid for beforehand, and what came of it saved."""

import asyncio
import logging
from time import monotonic
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from personalization.arms.step import ArmStepOf
from personalization.calls import Lost
from personalization.llm.backend import Answer, AskError, Backend
from personalization.llm.tokens import of_ask
from personalization.models import ArmRun, ModelCall
from personalization.models.arm_work import ArmWork
from personalization.pipeline.books import Begun, Books, NoRoomError
from personalization.pipeline.gate import Gate, StoppedError
from personalization.runs.beating import Beating
from personalization.runs.crew import News
from personalization.runs.pausing import pause
from personalization.steps import Request, in_thread
from personalization.work import TakenOverError

logger = logging.getLogger(__name__)

ANSWER_TOKENS = 500
SAVE_AGAIN = (0.5, 1, 2, 4, 8)  # seconds before an answer is saved again that could not be saved
NO_ROOM = 1.0  # before money is looked for again


class Asking:
    """How a worker asks for the rows of a run."""

    def __init__(self, books: Books, gate: Gate, beating: Beating, backend: Backend) -> None:
        self.books, self.gate, self.beating, self.backend = books, gate, beating, backend
        self.under_way: dict[int, Begun] = {}  # by the id of the call
        self.works = False

    async def ask(
        self, step: ArmStepOf[Any], row: ArmWork, request: Request, *, again: bool = False
    ) -> ModelCall:
        """Return the saved call of a row's attempt, asked for where nobody has yet.

        AskError once the error is saved; StoppedError where this worker asks no more.
        """
        size = of_ask(request.ask) + ANSWER_TOKENS
        while True:
            await self.gate.enter(size, first=again)
            begun = None
            try:
                begun = await self._begin(step, row, request)
                if begun.new:
                    came, seconds = await self._call(begun)
            except NoRoomError:
                await self._without_money()
                continue
            finally:
                self.gate.leave(unused=begun is None or not begun.new)
            if begun.new:
                return await self._taken_in(begun, came, seconds, size)
            try:
                return await in_thread(self.books.resumed)(begun)
            except Lost:
                again = True

    def lose(self) -> None:
        """Count calls as lost that are under way when this worker stops; others go on at once."""
        for begun in list(self.under_way.values()):
            try:
                self.books.lost(begun)
            except TakenOverError:
                continue
        self.under_way.clear()

    async def _begin(self, step: ArmStepOf[Any], row: ArmWork, request: Request) -> Begun:
        begun = await in_thread(self.books.begin)(step, row, request)
        if begun.new:
            self.under_way[begun.call.pk] = begun
        return begun

    async def _call(self, begun: Begun) -> tuple[Answer | AskError, float]:
        started = monotonic()
        try:
            came: Answer | AskError = await self.backend.ask(begun.request.ask)
        except AskError as error:
            came = error
        return came, monotonic() - started

    async def _taken_in(
        self, begun: Begun, came: Answer | AskError, seconds: float, size: int
    ) -> ModelCall:
        # Once it is here it is saved, even if this worker is being stopped.
        await asyncio.shield(self._save(begun, came, seconds))
        self.beating.hear(News.of(came, size if self.gate.allowed is not None else 0))
        if isinstance(came, AskError):
            raise came
        self.works = True
        return begun.call

    async def _save(self, begun: Begun, came: Answer | AskError, seconds: float) -> None:
        """Save what has come; while the database is away it is kept here, and nothing is lost."""
        for pause_before_next in SAVE_AGAIN:
            try:
                await in_thread(self._ended)(begun, came, seconds)
            except (OperationalError, InterfaceError):
                logger.warning("no database to save an answer in", exc_info=True)
                await asyncio.sleep(pause_before_next)
            else:
                return
        await in_thread(self._ended)(begun, came, seconds)

    def _ended(self, begun: Begun, came: Answer | AskError, seconds: float) -> None:
        if not connection.in_atomic_block:
            close_old_connections()
        self.books.ended(begun, came, seconds)
        self.under_way.pop(begun.call.pk, None)

    async def _without_money(self) -> None:
        """Wait for calls under way to leave some of the budget; pause the run where there are none."""
        said = await in_thread(self.books.trouble)()
        if said is not None:
            await in_thread(pause)(ArmRun, self.books.run.pk, said)
            self.beating.stopping = True
            raise StoppedError
        await asyncio.sleep(NO_ROOM)
