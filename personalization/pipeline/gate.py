"""A worker's places at an endpoint: who may call now, and who waits for a place; no database."""

import asyncio
from collections import deque


class StoppedError(Exception):
    """Nothing more is asked by this worker: what it holds is for others, after a wait in seconds."""

    def __init__(self, wait: float = 0.0) -> None:
        super().__init__()
        self.wait = wait


class Gate:
    """Lets as many through as there are places, in their order; again-askers go first."""

    def __init__(self, out_of_calls: asyncio.Event) -> None:
        self.places = 0
        self.allowed: int | None = None  # calls that may be begun; None: no limit in a minute
        self.inside = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._out_of_calls = out_of_calls  # set where places are free, and no call is allowed
        self._closed = False

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    @property
    def sizes(self) -> list[int]:
        """Return the sizes of those that no allowed call is left for."""
        return [size for size, _turn in self._waiting][self.allowed or 0 :]

    async def enter(self, size: int, *, first: bool = False) -> None:
        """Wait for a place; StoppedError where there will be none."""
        if self._closed:
            raise StoppedError
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._waiting.appendleft if first else self._waiting.append)((size, turn))
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            self._give_up(turn)
            raise

    def leave(self, *, unused: bool = False) -> None:
        """Give a place back; `unused`: no call was made there."""
        self.inside -= 1
        if unused and self.allowed is not None:
            self.allowed += 1
        self._let_in()

    def hear(self, places: int, more_calls: int | None) -> None:
        """Take in how many places there are now, and how many more calls may be begun."""
        self.places = places
        self.allowed = None if more_calls is None else (self.allowed or 0) + more_calls
        self._let_in()

    def close(self) -> None:
        """Let nobody in any more; who is inside goes on."""
        self._closed = True
        while self._waiting:
            _size, turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(StoppedError())

    def _let_in(self) -> None:
        while self._waiting and self.inside < self.places and not self._closed:
            if self._waiting[0][1].done():  # went away, and has had no time to say so
                self._waiting.popleft()
                continue
            if self.allowed is not None:
                if not self.allowed:
                    self._out_of_calls.set()
                    return
                self.allowed -= 1
            _size, turn = self._waiting.popleft()
            self.inside += 1
            turn.set_result(None)

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        """Forget one who went away: it may have been let in at the same moment."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self.leave(unused=True)
            return
        self._waiting = deque(one for one in self._waiting if one[1] is not turn)
