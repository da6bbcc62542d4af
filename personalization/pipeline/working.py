"""Work on one row until it is settled, or let go."""

import asyncio
import logging

from django.db import InterfaceError, OperationalError

from personalization.llm.backend import AskError
from personalization.models import ArmLedger, ArmRun, ModelCall
from personalization.pipeline.asking import Asking
from personalization.pipeline.gate import StoppedError
from personalization.pipeline.handling import Next, Tries
from personalization.pipeline.holding import Hand, Rows
from personalization.runs.crew import News
from personalization.runs.ledger import ANSWERED
from personalization.runs.pausing import pause
from personalization.steps import (
    HopelessError,
    RefusedError,
    Request,
    attempt,
    give_up,
    in_thread,
)
from personalization.work import TakenOverError, later

logger = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds that a row is kept for another attempt
MOST_BROKEN = 3  # faults of ours until the run is paused


class Working:
    """How a worker goes on with the rows that it holds."""

    def __init__(self, rows: Rows, asking: Asking, stopped: asyncio.Event) -> None:
        self.rows, self.run, self.asking, self.stopped = rows, rows.run, asking, stopped
        self.broken: Exception | None = None  # nothing can be done without a database
        self.faults = 0

    async def carry(self, hand: Hand) -> None:
        """Work on a claimed row until it is settled, or this worker lets it go."""
        try:
            await self._until_settled(hand)
        except StoppedError as stop:
            await in_thread(later)(hand.row, stop.wait)
        except TakenOverError:
            logger.warning("%s %s was taken over", hand.step.name, hand.row.pk)
        except (OperationalError, InterfaceError) as error:
            self.broken = error  # the row comes back when its lease ends
        except Exception as error:
            logger.exception("%s %s cannot be worked on", hand.step.name, hand.row.pk)
            await in_thread(self._broken)(hand, f"broken: {type(error).__name__}")
        finally:
            hand.is_new = False

    async def _until_settled(self, hand: Hand) -> None:
        tries, again = Tries(), False
        while True:
            following = await self._attempt(hand, tries, again=again)
            if following is None:
                return
            if following.what == "failed":
                await in_thread(self._give_up)(hand, following.said)
                return
            await in_thread(self.rows.next_attempt)(hand)
            again = True
            if following.what == "trouble":
                await in_thread(pause)(ArmRun, self.run.pk, following.said)
                self.asking.beating.hear(News(paused=True))
                raise StoppedError
            if following.wait > PATIENCE:
                raise StoppedError(following.wait)
            await self._rest(following.wait)

    async def _attempt(self, hand: Hand, tries: Tries, *, again: bool) -> Next | None:
        """Ask for a row and settle it; return what is to be done where that fails."""

        async def ask(request: Request) -> ModelCall:
            hand.is_new = False
            return await self.asking.ask(hand.step, hand.row, request, again=again)

        try:
            await attempt(hand.step, hand.row, ask)
        except HopelessError as error:
            return Next("failed", said=str(error))
        except RefusedError:
            return tries.after_refusal()
        except AskError as error:
            return tries.after(error, works=await in_thread(self._works)())
        return None

    async def _rest(self, wait: float) -> None:
        """Keep a row for its next attempt."""
        if not wait:
            return
        try:
            await asyncio.wait_for(self.stopped.wait(), wait)
        except TimeoutError:
            return
        raise StoppedError(wait)

    def _works(self) -> bool:
        """Return whether the endpoint has answered anything in this run."""
        if not self.asking.works:
            answered = ArmLedger.objects.filter(run=self.run, outcome=ANSWERED)
            self.asking.works = answered.exists()
        return self.asking.works

    def _give_up(self, hand: Hand, failure: str) -> None:
        # A settlement that failed may have left its marks on the row.
        self.rows.read_anew(hand)
        give_up(hand.step, hand.row, failure)

    def _broken(self, hand: Hand, failure: str) -> None:
        """Fail a row for a fault of ours; with several of them the run waits for somebody."""
        self.faults += 1
        try:
            self._give_up(hand, failure)
        except TakenOverError:
            pass
        except Exception:
            logger.exception("%s %s cannot be given up", hand.step.name, hand.row.pk)
            self.faults = MOST_BROKEN
        if self.faults >= MOST_BROKEN:
            pause(ArmRun, self.run.pk, failure)
            self.asking.beating.stopping = True
