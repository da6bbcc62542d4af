"""Wait for a run with a progress bar, or carry it on in this process where no worker does."""

import asyncio
import signal
import time
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from types import FrameType

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper

from personalization.condition import workers_alive
from personalization.management.progress import Bar
from personalization.models import ArmRun, JudgeRun
from personalization.runs.ledger import live
from personalization.views.run_state import MOVING, OPEN, State, state_of

TICK = 0.5
# Rows that failed for a while are due later: so long until the next look for them.
PAUSE = 1.0
AnyRun = JudgeRun | ArmRun
CarryOn = Callable[[int], Awaitable[None]]


def add_waiting(parser: ArgumentParser) -> None:
    """Name the options that say whether and how to wait."""
    how = parser.add_argument_group("waiting")
    how.add_argument("--no-wait", action="store_true", help="start, and return at once")
    how.add_argument(
        "--here", action="store_true",
        help="carry the run on in this process, for machines without a worker",
    )  # fmt: skip
    how.add_argument(
        "--site",
        default=f"http://localhost:{settings.PORT}",
        help="where the app runs, for the run's address",
    )


class Watch:
    """A run and the bar that follows it."""

    def __init__(self, run: AnyRun, out: OutputWrapper) -> None:
        self.run = run
        self.bar = Bar(out)
        self.out = out

    def look(self) -> State:
        """Read how far the run is, and show it."""
        self.run.refresh_from_db()
        state = state_of(self.run)
        rate = live(self.run).per_minute if state == State.RUNNING else 0
        note = f"{rate:.0f} a minute" if rate else ""
        self.bar.show(self.run.settled, self.run.planned, note, last=state not in MOVING)
        return state


def follow(run: AnyRun, carry_on: CarryOn, out: OutputWrapper, *, here: bool, address: str) -> None:
    """Wait until a run is done; CommandError where it stops before.

    Ctrl-C ends the waiting alone: workers go on with the run. Where it was carried on here, its rows
    are free again, and workers, or this command, go on with it later.
    """
    watch = Watch(run, out)
    if here:
        stopped = _carry(watch, carry_on)
    else:
        if not workers_alive():
            out.write(
                "No worker is alive, so nobody carries the run on yet. Start the app, or give this"
                " command --here."
            )
        stopped = _wait(watch)
    watch.bar.leave()
    if stopped:
        going = "It waits for a worker" if here else "The run goes on"
        out.write(f"{going}: {address}")
        return
    _conclude(run, address)


def _wait(watch: Watch) -> bool:
    """Look at a run until it moves no more; return whether somebody has stopped the waiting."""
    try:
        while watch.look() in MOVING:
            time.sleep(TICK)
    except KeyboardInterrupt:
        return True
    return False


def _carry(watch: Watch, carry_on: CarryOn) -> bool:
    """Carry a run on until it moves no more; return whether somebody has stopped that."""
    stopped = asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    def stop(_number: int, _frame: FrameType | None) -> None:
        for loop in loops:
            loop.call_soon_threadsafe(stopped.set)

    async def both() -> None:
        loops.append(asyncio.get_running_loop())
        work = asyncio.create_task(_go_on(watch.run, carry_on))
        ended = asyncio.create_task(stopped.wait())
        while not work.done() and not ended.done():
            await asyncio.wait({work, ended}, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
            await sync_to_async(watch.look)()
        ended.cancel()
        if not work.done():
            work.cancel()
            await asyncio.wait({work})
        elif (error := work.exception()) is not None:
            raise error

    # The loop has a thread of its own; an interrupt of this one alone would leave it behind.
    before = signal.signal(signal.SIGINT, stop)
    try:
        async_to_sync(both)()
    finally:
        signal.signal(signal.SIGINT, before)
    return stopped.is_set()


async def _go_on(run: AnyRun, carry_on: CarryOn) -> None:
    while await sync_to_async(_moves)(run):
        await carry_on(run.pk)
        if await sync_to_async(_moves)(run):
            await asyncio.sleep(PAUSE)


def _moves(run: AnyRun) -> bool:
    # Another object than the watch's, which is read at the same time.
    return state_of(type(run).objects.get(pk=run.pk)) in MOVING


def _conclude(run: AnyRun, address: str) -> None:
    state = state_of(run)
    if state in OPEN:
        raise CommandError(f"The run has paused: {run.trouble or 'see its page'}. {address}")
    if state == State.CANCELLED:
        raise CommandError(f"Somebody has cancelled the run. {address}")
