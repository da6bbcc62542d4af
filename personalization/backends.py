"""Keep one backend for each endpoint and event loop, and let it go when the row or the loop ends."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from personalization.endpoints import reach
from personalization.llm.backend import Backend
from personalization.models import Endpoint


class Line:
    """The way to one endpoint: its backend, made when it is first needed, and its places."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.state = state_of(endpoint)
        self.users = 0
        self._endpoint = endpoint
        self._places = asyncio.Semaphore(endpoint.concurrency)
        self._backend: Backend | None = None

    @property
    def backend(self) -> Backend:
        """Return the backend; raises AskError where there can be none."""
        if self._backend is None:
            self._backend = reach(self._endpoint)
        return self._backend

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for one of the endpoint's places: never more calls in flight than `concurrency`."""
        async with self._places:
            yield

    async def close(self) -> None:
        """Let the backend go."""
        if self._backend is not None:
            await self._backend.close()
            self._backend = None


@dataclass
class _Lines:
    """All lines of one event loop; the guardian closes them when the loop ends."""

    open: dict[int, Line] = field(default_factory=dict)
    guardian: AsyncGenerator[None] | None = None


_of_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Lines] = WeakKeyDictionary()


def state_of(endpoint: Endpoint) -> tuple[object, ...]:
    """Return what of a row decides how it is asked: another state needs another line."""
    key = bytes(endpoint.sealed_key) if endpoint.sealed_key is not None else None
    return (
        endpoint.kind,
        endpoint.url,
        key,
        endpoint.timeout_s,
        endpoint.concurrency,
        endpoint.fixed,
    )


@asynccontextmanager
async def line_to(endpoint: Endpoint) -> AsyncIterator[Line]:
    """Lend the line to an endpoint, as its row is now."""
    lines = await _lines()
    line = lines.open.get(endpoint.pk)
    if line is None or line.state != state_of(endpoint):
        lines.open[endpoint.pk], old = Line(endpoint), line
        if old is not None and old.users == 0:
            await old.close()
        line = lines.open[endpoint.pk]
    line.users += 1
    try:
        yield line
    finally:
        line.users -= 1
        if line.users == 0 and lines.open.get(endpoint.pk) is not line:
            await line.close()  # the row has changed, and this was the last user


async def _lines() -> _Lines:
    """Return the lines of the running loop."""
    lines = _of_loops.setdefault(asyncio.get_running_loop(), _Lines())
    if lines.guardian is None:
        lines.guardian = _guard(lines)
        await anext(lines.guardian)
    return lines


async def _guard(lines: _Lines) -> AsyncGenerator[None]:
    """Close all lines at the end of the loop, which closes the generators that it has seen begin."""
    try:
        yield
    finally:
        lines.guardian = None
        while lines.open:
            _pk, line = lines.open.popitem()
            await line.close()
