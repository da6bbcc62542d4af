"""Places of one worker: never more inside than there are, in turn, and nobody waits for ever."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from personalization.pipeline.gate import Gate, StoppedError

Story = Callable[[Gate, asyncio.Event], Awaitable[None]]


def play(story: Story) -> None:
    """Play a story with a new gate, and the event by which it asks for calls."""

    async def whole() -> None:
        more = asyncio.Event()
        await story(Gate(more), more)

    asyncio.run(whole())


async def come(gate: Gate, *sizes: int, first: bool = False) -> list[asyncio.Task[None]]:
    """Let somebody come for each size, in this order, and give them time to get in."""
    tasks = [asyncio.create_task(gate.enter(size, first=first)) for size in sizes]
    await asyncio.sleep(0)
    return tasks


async def inside(tasks: list[asyncio.Task[None]]) -> list[bool]:
    await asyncio.sleep(0)
    return [task.done() for task in tasks]


def test_no_more_than_places_and_in_turn() -> None:
    async def story(gate: Gate, _more: asyncio.Event) -> None:
        tasks = await come(gate, 1, 1, 1, 1)
        assert (await inside(tasks), gate.waiting) == ([False] * 4, 4)
        gate.hear(2, None)
        assert await inside(tasks) == [True, True, False, False]
        gate.leave()
        assert await inside(tasks) == [True, True, True, False]
        gate.hear(1, None)
        gate.leave()
        assert (gate.inside, (await inside(tasks))[3]) == (1, False)

    play(story)


def test_who_asks_again_goes_first() -> None:
    async def story(gate: Gate, _more: asyncio.Event) -> None:
        waiting = await come(gate, 1, 1)
        again = await come(gate, 1, first=True)
        gate.hear(1, None)
        assert (await inside(again), await inside(waiting)) == ([True], [False, False])

    play(story)


def test_calls_in_a_minute_are_counted_too() -> None:
    """Out of calls it says so, and says how large those are that wait; what was not made comes back."""

    async def story(gate: Gate, more: asyncio.Event) -> None:
        gate.hear(8, 2)
        tasks = await come(gate, 10, 20, 30, 40)
        assert await inside(tasks) == [True, True, False, False]
        assert (more.is_set(), gate.sizes) == (True, [30, 40])
        gate.leave(unused=True)
        assert await inside(tasks) == [True, True, True, False]
        gate.hear(8, 5)
        assert all(await inside(tasks))
        assert gate.allowed == 4

    play(story)


def test_a_closed_gate_sends_away_who_waits() -> None:
    """Who is inside goes on; nobody else comes in."""

    async def story(gate: Gate, _more: asyncio.Event) -> None:
        gate.hear(1, None)
        tasks = await come(gate, 1, 1)
        gate.close()
        with pytest.raises(StoppedError):
            await tasks[1]
        with pytest.raises(StoppedError):
            await gate.enter(1)
        assert gate.inside == 1

    play(story)


def test_who_goes_away_leaves_no_trace() -> None:
    """Neither in the queue, nor inside where its turn came at the same moment."""

    async def story(gate: Gate, _more: asyncio.Event) -> None:
        gone, late = await come(gate, 1, 1)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        assert gate.waiting == 1
        gate.hear(1, 3)
        late.cancel()  # its turn has come, and it does not know yet
        await asyncio.gather(late, return_exceptions=True)
        assert (gate.inside, gate.allowed, gate.waiting) == (0, 3, 0)

    play(story)


def test_all_go_away_at_once() -> None:
    """A worker that stops cancels whoever is inside and whoever waits, in one go: nothing breaks."""

    async def one(gate: Gate) -> None:
        await gate.enter(1)
        try:
            await asyncio.Event().wait()
        finally:
            gate.leave()

    async def story(gate: Gate, _more: asyncio.Event) -> None:
        gate.hear(1, None)
        tasks = [asyncio.create_task(one(gate)) for _place in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(one) for one in ended] == [asyncio.CancelledError] * 3
        assert (gate.inside, gate.waiting) == (0, 0)

    play(story)
