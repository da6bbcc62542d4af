"""One connection that listens for all streams of a process, and one that reads for all of them.

A stream holds no database connection of its own: thousands may be open at once.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from personalization.replies.news import CHANNEL, Note, read

logger = logging.getLogger(__name__)

QUEUE_LENGTH = 64  # notes that may wait for one reader
PAUSE = 1.0  # seconds before a lost connection is made anew
PATIENCE = 10.0  # seconds that a stream waits for the database at its start

STATE = """
    SELECT attempt, text, settled_at IS NOT NULL AS settled, failure IS NOT NULL AS failed
    FROM personalization_reply WHERE turn_id = %s
"""


@dataclass(frozen=True, slots=True)
class State:
    """How far a reply has come, as the database has it."""

    attempt: int
    text: str
    settled: bool
    failed: bool


@dataclass(eq=False)
class Listener:
    """One reader of one reply. None in the queue means: look into the database again."""

    turn: int
    queue: "asyncio.Queue[Note | None]" = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    def offer(self, note: Note | None) -> None:
        """Put a note in the queue; who does not keep up reads all at once from the database."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            note = None
        self.queue.put_nowait(note)


class Hub:
    """Hears the notes of all workers, and hands them to the listeners of this process."""

    def __init__(self, parameters: Callable[[], dict[str, Any]]) -> None:
        self._parameters = parameters
        self._listeners: dict[int, set[Listener]] = defaultdict(set)
        self._ear: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()
        self._reader: psycopg.AsyncConnection[Any] | None = None
        self._reading = asyncio.Lock()

    @property
    def listeners(self) -> int:
        """Return how many streams are open."""
        return sum(map(len, self._listeners.values()))

    def join(self, turn: int) -> Listener:
        """Return a new listener for the reply to a turn."""
        if self._ear is None or self._ear.done():
            self._ear = asyncio.create_task(self._listen())
        listener = Listener(turn)
        self._listeners[turn].add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener."""
        together = self._listeners[listener.turn]
        together.discard(listener)
        if not together:
            del self._listeners[listener.turn]

    async def state(self, turn: int) -> State | None:
        """Return the state of a reply, once the ear is open, so that nothing falls in between.

        None: no worker has begun it. TimeoutError or psycopg.OperationalError: no database.
        """
        await asyncio.wait_for(self._listening.wait(), PATIENCE)
        async with self._reading:
            try:
                return await self._read(turn)
            except psycopg.OperationalError:
                # It was lost since the last time: once more, over a new one.
                await self._drop_reader()
                return await self._read(turn)

    async def close(self) -> None:
        """Let both connections go; the next event loop, if there is one, finds a new hub."""
        if self._ear is not None:
            self._ear.cancel()
            with suppress(asyncio.CancelledError):
                await self._ear
        await self._drop_reader()
        # A lock that somebody has waited for belongs to the loop of that time.
        self._listening, self._reading, self._ear = asyncio.Event(), asyncio.Lock(), None

    async def _read(self, turn: int) -> State | None:
        if self._reader is None:
            self._reader = await self._connect()
        async with self._reader.cursor(row_factory=class_row(State)) as cursor:
            await cursor.execute(STATE, [turn])
            return await cursor.fetchone()

    async def _drop_reader(self) -> None:
        if self._reader is not None:
            reader, self._reader = self._reader, None
            await reader.close()

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        # Finding out where the embedded database is may take a while: not in the event loop.
        parameters = await asyncio.to_thread(self._parameters)
        return await psycopg.AsyncConnection.connect(**{**parameters, "autocommit": True})

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except psycopg.Error as error:
                logger.warning("the channel of replies was lost: %s", error)
            self._listening.clear()
            await asyncio.sleep(PAUSE)

    async def _hear(self) -> None:
        async with await self._connect() as connection:
            await connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
            self._listening.set()
            # Notes may have passed while nobody listened.
            for listener in [each for group in self._listeners.values() for each in group]:
                listener.offer(None)
            async for notice in connection.notifies():
                if note := read(notice.payload):
                    for listener in self._listeners.get(note.turn, ()):
                        listener.offer(note)
