"""A worker's beats: once a second it hears what it may do at an endpoint, and tells what it saw."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

from django.db import OperationalError

from personalization.runs import crew
from personalization.runs.crew import News, Share, Wish
from personalization.steps import in_thread

logger = logging.getLogger(__name__)

BEAT = 1.0  # seconds
SOON = 0.1  # between beats, after a call that was refused or brought nothing
MOST_MISSED = 5


class Beating:
    """What a worker may do until its next beat, and what it has seen since the last one.

    `beat` asks the database, `wish` says what the worker has and wants, `heard` is told of the
    share each time.
    """

    def __init__(
        self,
        beat: Callable[[Wish, News], Share],
        wish: Callable[[], Wish],
        heard: Callable[[Share], None],
    ) -> None:
        self._beat, self._wish, self._heard = beat, wish, heard
        self.share = Share(0)
        self.news = News()
        self.stopping = False
        self.soon = asyncio.Event()
        self._missed = 0  # one after another

    def hear(self, news: News) -> None:
        """Take in what a call has told; bad news are passed on at once."""
        self.news += news
        self.stopping = self.stopping or news.paused
        if self.news.is_bad:
            self.soon.set()

    async def go_on(self, is_crowded: crew.IsCrowded) -> None:
        """Beat for ever; stop working after a while where other jobs wait."""
        begun = monotonic()
        while True:
            try:
                await asyncio.wait_for(self.soon.wait(), BEAT)
                await asyncio.sleep(SOON)
            except TimeoutError:
                pass
            self.soon.clear()
            try:
                await self.once()
            except OperationalError:
                # Another worker was in the way, or the database is away: the next beat will tell.
                self._missed += 1
                if self._missed > MOST_MISSED:
                    raise
                logger.warning("a beat was missed", exc_info=True)
                continue
            self._missed = 0
            if monotonic() - begun > crew.TURN and not self.stopping:
                self.stopping = await in_thread(is_crowded)()
                begun = monotonic()

    async def once(self) -> None:
        """Beat now."""
        wish = self._wish()
        news, self.news = self.news, News()
        try:
            share = await in_thread(self._beat)(wish, news)
        except OperationalError:
            self.news += news
            raise
        self.share = share
        self.stopping = self.stopping or share.over
        self._heard(share)
