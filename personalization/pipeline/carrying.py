"""One worker's part in a run: as many rows at once as it has places, until nothing is due.

Rows are claimed ahead and wait at the gate with their request made; what failed is asked for again
without letting the row go. All work on the database is done in one thread, one piece after another;
only calls go on at the same time.
"""

import asyncio
import logging
from contextlib import suppress
from time import monotonic

from django.conf import settings
from django.db import InterfaceError, OperationalError

from personalization.endpoints import reach
from personalization.llm.backend import AskError
from personalization.models import ArmRun, Endpoint
from personalization.pipeline.asking import Asking
from personalization.pipeline.books import Books
from personalization.pipeline.gate import Gate
from personalization.pipeline.holding import Hand, Rows
from personalization.pipeline.working import Working
from personalization.runs import crew
from personalization.runs.beating import Beating
from personalization.runs.crew import News, Share, Wish
from personalization.runs.pausing import pause
from personalization.steps import in_thread
from personalization.work import claim_name

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 256  # rows claimed in one statement
DRY = 0.5  # seconds before rows are looked for again, after none was due


class Carrying:
    """One worker's part in a run."""

    def __init__(self, run: ArmRun, endpoint: Endpoint) -> None:
        """Read what stays the same for the whole run."""
        self.run, self.endpoint = run, endpoint
        self.worker = claim_name()
        self.rows = Rows(run, self.worker)
        self.books = Books(run, endpoint)
        self.beating = Beating(self._beat, self._wish, self._heard)
        self.gate = Gate(self.beating.soon)
        self.held: dict[asyncio.Task[None], Hand] = {}
        self.changed = asyncio.Event()
        self.stopped = asyncio.Event()
        self.dry_until = 0.0
        self.renewed = monotonic()
        self.renewing: list[Hand] = []

    async def go(self, is_crowded: crew.IsCrowded) -> float:
        """Work on rows until none is due, the run is stopped, or others wait for their turn.

        Return in how many seconds the endpoint may be asked again, 0 where nothing is in the way.
        """
        try:
            backend = reach(self.endpoint, retries=0)
        except AskError as error:
            await in_thread(pause)(ArmRun, self.run.pk, str(error))
            return 0.0
        asking = Asking(self.books, self.gate, self.beating, backend)
        working = Working(self.rows, asking, self.stopped)
        beats = asyncio.create_task(self.beating.go_on(is_crowded))
        try:
            await self.beating.once()
            await self._work(beats, working)
        finally:
            beats.cancel()
            await self._leave(asking)
            await backend.close()
        return self.beating.share.wait or 0.0

    async def _work(self, beats: asyncio.Task[None], working: Working) -> None:
        while True:
            if beats.done():
                beats.result()
            if working.broken is not None:
                raise working.broken
            self.changed.clear()
            if self.beating.stopping or not (self.beating.share.places or self.gate.inside):
                self.gate.close()
                self.stopped.set()
            if self._wants_more():
                await self._claim(working)
            elif not self.held and (self.stopped.is_set() or monotonic() < self.dry_until):
                return
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.changed.wait(), DRY)

    @property
    def _ahead(self) -> int:
        """Return how many rows have not had their turn at the gate yet."""
        return sum(hand.is_new for hand in self.held.values()) + self.gate.waiting

    def _wants_more(self) -> bool:
        """Return whether to claim now: up to a round of the places' work is claimed ahead."""
        if self.stopped.is_set() or monotonic() < self.dry_until:
            return False
        return 2 * self._ahead < self.beating.share.places

    async def _claim(self, working: Working) -> None:
        room = max(self.beating.share.places - self._ahead, 1)
        busy = list(self.held.values())
        found = await in_thread(self.rows.claim)(min(room, MOST_AT_ONCE), busy)
        for hand in found:
            task = asyncio.create_task(working.carry(hand))
            self.held[task] = hand
            task.add_done_callback(self._done)
        if not found:
            self.dry_until = monotonic() + DRY

    def _done(self, task: asyncio.Task[None]) -> None:
        self.held.pop(task)
        self.dry_until = 0.0  # something may follow what was done
        self.changed.set()

    def _wish(self) -> Wish:
        self.renewing = []
        if monotonic() - self.renewed > settings.LEASE_SECONDS / 3:
            self.renewing = list(self.held.values())
            self.renewed = monotonic()
        limited = self.gate.allowed is not None
        return Wish((), self.gate.inside, self.gate.sizes if limited else ())

    def _beat(self, wish: Wish, news: News) -> Share:
        self.rows.renew(self.renewing)
        return crew.share(self.run, self.endpoint, self.worker, wish, news)

    def _heard(self, share: Share) -> None:
        self.gate.hear(share.places, share.calls)
        self.changed.set()

    async def _leave(self, asking: Asking) -> None:
        """Count what is under way as lost, let go of all that is held, and give the places back."""
        hands = list(self.held.values())
        tasks = list(self.held)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await asyncio.shield(in_thread(self._let_go)(asking, hands))
        except (OperationalError, InterfaceError):
            # Leases and shares end by themselves.
            logger.warning("no database to let rows go in", exc_info=True)

    def _let_go(self, asking: Asking, hands: list[Hand]) -> None:
        asking.lose()
        self.rows.let_go(hands)
        crew.leave(self.endpoint, self.worker, self.gate.allowed or 0)
