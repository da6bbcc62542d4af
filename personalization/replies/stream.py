"""The stream of one reply as server-sent events, outside Django's stack: no thread, no connection.

`text` events carry {"at": offset, "text": piece}; at offset 0 the text starts (again). The one
`end` event says that the reply is settled: {"failed": true or false}. The id of an event says how
far the reader has come, so that a browser that connects again gets the rest alone.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import psycopg
from procrastinate.contrib.django.utils import connector_params

from annotation.streams import read_token
from personalization.replies.hub import Hub, Listener, State

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATH = re.compile(r"/stream/(?P<token>[\w:=-]+)/")
STREAMS_MOST = 800  # open at once in one process, which usually may have 1,024 files open
HEARTBEAT = 15.0  # seconds of silence before a comment says that the line is alive
STUCK = 30.0  # seconds after which a reader that takes nothing is let go
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
EVENTS = (b"content-type", b"text/event-stream; charset=utf-8")
PLAIN = (b"content-type", b"text/plain; charset=utf-8")
RECONNECT = b"retry: 1000\n\n"  # milliseconds


class Streams:
    """The ASGI application of the stream path; one per process."""

    def __init__(self) -> None:
        self.hub = Hub(connector_params)

    def takes(self, scope: Scope) -> bool:
        """Return whether a request is for a stream."""
        return scope["type"] == "http" and PATH.fullmatch(scope["path"]) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] != "GET":
            await _refuse(send, 405, "Only GET.", (b"allow", b"GET"))
            return
        found = PATH.fullmatch(scope["path"])
        turn = read_token(found["token"]) if found else None
        if turn is None:
            await _refuse(send, 404, "No such stream, or its page is too old.")
        elif self.hub.listeners >= STREAMS_MOST:
            await _refuse(send, 503, "Too many streams.", (b"retry-after", b"5"))
        else:
            await self._serve(turn, _resumed(scope), receive, send)

    async def close(self) -> None:
        """Let the hub's connections go, as the server stops."""
        await self.hub.close()

    async def _serve(self, turn: int, since: tuple[int, int], receive: Receive, send: Send) -> None:
        listener = self.hub.join(turn)
        try:
            try:
                state = await self.hub.state(turn)
            except (TimeoutError, psycopg.Error):
                await _refuse(send, 503, "No database.", (b"retry-after", b"5"))
                return
            writing = asyncio.create_task(self._write(listener, state, since, send))
            leaving = asyncio.create_task(_left(receive))
            try:
                await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (writing, leaving):
                    task.cancel()
                with suppress(asyncio.CancelledError, TimeoutError, psycopg.Error):
                    await writing
        finally:
            self.hub.leave(listener)

    async def _write(
        self, listener: Listener, state: State | None, since: tuple[int, int], send: Send
    ) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [EVENTS, *HEADERS]})
        await _put(send, RECONNECT)
        async for event in self._events(listener, state, since):
            await _put(send, event)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _events(
        self, listener: Listener, state: State | None, since: tuple[int, int]
    ) -> AsyncIterator[bytes]:
        """Yield events until the reply is settled; what the database holds always goes first."""
        attempt, sent = since
        while True:
            if state is not None:
                if state.attempt != attempt or sent > len(state.text):
                    attempt, sent = state.attempt, 0
                    if not state.text:
                        yield _text(attempt, 0, "")
                if state.text[sent:]:
                    yield _text(attempt, sent, state.text[sent:])
                    sent = len(state.text)
                if state.settled:
                    yield _event("end", f"{attempt}-{sent}", {"failed": state.failed})
                    return
            # Pieces that follow what was sent go out at once; all else is looked up.
            while True:
                try:
                    note = await asyncio.wait_for(listener.queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield b": still here\n\n"
                    break
                if note is None or note.end or note.attempt > attempt or note.at > sent:
                    break
                piece = note.text[sent - note.at :] if note.attempt == attempt else ""
                if piece:
                    yield _text(attempt, sent, piece)
                    sent += len(piece)
            state = await self.hub.state(listener.turn)


def _resumed(scope: Scope) -> tuple[int, int]:
    """Return attempt and offset from which a browser goes on; (-1, 0) for a new reader."""
    for name, value in scope["headers"]:
        if name == b"last-event-id" and re.fullmatch(rb"[0-9]{1,4}-[0-9]{1,9}", value):
            attempt, _, offset = value.partition(b"-")
            return int(attempt), int(offset)
    return -1, 0


def _text(attempt: int, at: int, piece: str) -> bytes:
    return _event("text", f"{attempt}-{at + len(piece)}", {"at": at, "text": piece})


def _event(kind: str, number: str, data: dict[str, Any]) -> bytes:
    # JSON keeps line breaks out of the data.
    said = json.dumps(data, ensure_ascii=False)
    return f"id: {number}\nevent: {kind}\ndata: {said}\n\n".encode()


async def _put(send: Send, body: bytes) -> None:
    message = {"type": "http.response.body", "body": body, "more_body": True}
    await asyncio.wait_for(send(message), STUCK)


async def _left(receive: Receive) -> None:
    """Return when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int, why: str, *more: tuple[bytes, bytes]) -> None:
    headers = [PLAIN, *HEADERS, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": why.encode()})
