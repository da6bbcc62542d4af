"""Ask a judge: one worker's part in a run, as fast as the endpoint allows.

Four things go on at once. Readings are claimed ahead, a batch at a time; as many calls are under way
as this worker has places (crew.py); what has come is saved a batch at a time; and a beat keeps the
leases and hears what other workers have seen. The database sees few statements for many calls.
"""

import asyncio
import logging
from collections import deque
from time import monotonic

from django.conf import settings
from django.db import InterfaceError, OperationalError

from personalization.endpoints import reach
from personalization.judge.crew import beat
from personalization.judge.leases import let_go
from personalization.judge.pausing import pause
from personalization.judge.receiving import Came, Receiving
from personalization.judge.taking import Due, Kept, Taking
from personalization.llm.backend import AskError, Backend
from personalization.models import Endpoint, JudgeRun
from personalization.runs import crew
from personalization.runs.beating import Beating
from personalization.runs.crew import News, Share, Wish
from personalization.steps import in_thread
from personalization.work import claim_name

logger = logging.getLogger(__name__)

GATHER = 0.1  # how long what has come waits for more to be saved with it
MOST_AT_ONCE = 256  # calls saved, and readings claimed, in one statement
SAVE_AGAIN = (0.5, 1, 2, 4, 8)  # seconds before answers are saved again that could not be saved
DRY = 0.5  # before readings are looked for again, after none was due


class Asking:
    """One worker's part in a run that calls a model."""

    def __init__(self, run: JudgeRun, endpoint: Endpoint) -> None:
        """Read what stays the same for the whole run."""
        self.run, self.endpoint = run, endpoint
        self.worker = claim_name()
        self.taking = Taking(run, endpoint, self.worker)
        self.receiving = Receiving(self.taking)
        self.beating = Beating(self._beat, self._wish, self._heard)
        self.allowed: int | None = None  # calls that may be begun; None: no limit in a minute
        self.broken: Exception | None = None
        self.dry_until = 0.0
        self.renewed = monotonic()
        self.ready: deque[Due] = deque()
        self.doing: dict[asyncio.Task[None], Due] = {}
        self.came: list[Came] = []
        self.kept: list[Kept] = []
        self.saving = 0  # readings that are being saved
        self.changed = asyncio.Event()
        self.arrived = asyncio.Event()

    async def go(self, is_crowded: crew.IsCrowded) -> float:
        """Make readings until none is due, the run is stopped, or others wait for their turn.

        Return in how many seconds the endpoint may be asked again, 0 where nothing is in the way.
        """
        try:
            backend = reach(self.endpoint, retries=0)
        except AskError as error:
            await in_thread(pause)(self.run.pk, str(error))
            return 0.0
        helpers = [
            asyncio.create_task(one) for one in (self._save(), self.beating.go_on(is_crowded))
        ]
        try:
            await self.beating.once()
            await self._work(backend, helpers)
        finally:
            await self._stop(helpers)
            await backend.close()
        return self.beating.share.wait or 0.0

    async def _work(self, backend: Backend, helpers: list[asyncio.Task[None]]) -> None:
        while True:
            for one in helpers:
                if one.done():
                    one.result()
            if self.broken is not None:
                raise self.broken
            self.changed.clear()
            self._start(backend)
            if self._wants_more():
                await self._claim()
            elif self._is_idle() and self._is_enough():
                return
            else:
                await self._wait()

    def _start(self, backend: Backend) -> None:
        """Make calls for what is ready, as long as there are places."""
        while (
            self.ready and len(self.doing) < self.beating.share.places and not self.beating.stopping
        ):
            if self.allowed is not None:
                if not self.allowed:
                    self.beating.soon.set()
                    return
                self.allowed -= 1
            due = self.ready.popleft()
            self.doing[asyncio.create_task(self._ask(backend, due))] = due

    def _wants_more(self) -> bool:
        """Return whether to claim now: up to a round of the places' work is claimed ahead."""
        if self.beating.stopping or not self.beating.share.places or monotonic() < self.dry_until:
            return False
        return 2 * len(self.ready) < self.beating.share.places

    async def _claim(self) -> None:
        places = self.beating.share.places
        room = 2 * places - len(self.doing) - len(self.ready)
        taken = await in_thread(self.taking.take)(max(min(room, MOST_AT_ONCE), 1))
        self.ready.extend(taken.due)
        self.kept += taken.kept
        if taken.kept:
            self.arrived.set()
        if not taken.claimed:
            self.dry_until = monotonic() + DRY

    def _is_enough(self) -> bool:
        """Return whether nothing is to be done here now: another job goes on later."""
        return (
            self.beating.stopping or not self.beating.share.places or monotonic() < self.dry_until
        )

    def _is_idle(self) -> bool:
        busy = self.doing or self.came or self.kept or self.saving
        return not busy and (self.beating.stopping or not self.ready)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self.changed.wait(), DRY)
        except TimeoutError:
            return

    async def _ask(self, backend: Backend, due: Due) -> None:
        begun = monotonic()
        try:
            came: Came = Came(due, await backend.ask(due.ask), begun, monotonic())
        except AskError as error:
            came = Came(due, error, begun, monotonic())
        except Exception as error:  # noqa: BLE001 - a fault of ours, and the run has to say so
            self.broken = error
            self.changed.set()
            return
        # Whoever cancels this task finds the call in `doing`, and counts it as lost.
        task = asyncio.current_task()
        if task is not None:
            self.doing.pop(task, None)
        self.came.append(came)
        self.arrived.set()
        self.changed.set()

    async def _save(self) -> None:
        """Save what has come, in batches, for ever."""
        while True:
            await self.arrived.wait()
            self.arrived.clear()
            if len(self.came) < MOST_AT_ONCE:
                await asyncio.sleep(GATHER)
            while self.came or self.kept:
                came, self.came = self.came[:MOST_AT_ONCE], self.came[MOST_AT_ONCE:]
                kept, self.kept = self.kept, []
                self.saving = len(came) + len(kept)
                news = await self._received(came, kept)
                self.saving = 0
                self.beating.hear(news)
                self.changed.set()

    async def _received(self, came: list[Came], kept: list[Kept]) -> News:
        """Save what has come; while the database is away it is kept here, and nothing is lost."""
        self.receiving.limited = self.allowed is not None
        for pause_before_next in SAVE_AGAIN:
            try:
                return await in_thread(self.receiving.receive)(came, kept)
            except (OperationalError, InterfaceError):
                logger.warning("no database to save answers in", exc_info=True)
                await asyncio.sleep(pause_before_next)
        return await in_thread(self.receiving.receive)(came, kept)

    def _wish(self) -> Wish:
        held: list[int] = []
        if monotonic() - self.renewed > settings.LEASE_SECONDS / 3:
            held = [one.claimed.pk for one in (*self.doing.values(), *self.ready)]
            self.renewed = monotonic()
        waiting = list(self.ready)[self.allowed or 0 :]
        sizes = [] if self.allowed is None else [one.size for one in waiting]
        return Wish(held, len(self.doing), sizes)

    def _beat(self, wish: Wish, news: News) -> Share:
        return beat(self.run, self.endpoint, self.worker, wish, news)

    def _heard(self, share: Share) -> None:
        self.allowed = None if share.calls is None else (self.allowed or 0) + share.calls
        self.changed.set()

    async def _stop(self, helpers: list[asyncio.Task[None]]) -> None:
        """Let go of what was not asked, count what is under way as lost, and save what has come."""
        for one in helpers:
            one.cancel()
        under_way = list(self.doing.values())
        for task in list(self.doing):
            task.cancel()
        await asyncio.gather(*helpers, *self.doing, return_exceptions=True)
        await asyncio.shield(in_thread(self._leave)(under_way))

    def _leave(self, under_way: list[Due]) -> None:
        came = {one.due.claimed.pk for one in self.came}
        if self.came or self.kept:
            self.receiving.receive(self.came, self.kept)
        self.receiving.lose([one for one in under_way if one.claimed.pk not in came])
        let_go(self.worker, [one.claimed.pk for one in self.ready])
        crew.leave(self.endpoint, self.worker, self.allowed or 0)
