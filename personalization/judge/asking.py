"""Ask a judge: some readings at a time, each saved as it comes."""

import asyncio
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.db.models import Q

from personalization.asking import Lost, answer_of, ask_once
from personalization.judge.leases import Claimed, claim, drop, let_go, next_attempt, put_off, renew
from personalization.judge.material import Material, load
from personalization.judge.parsing import read_answer, refuses
from personalization.judge.pausing import pause
from personalization.judge.planning import questions_of, standing
from personalization.judge.prompting import request
from personalization.judge.scales import scale_of
from personalization.judge.settlement import Reading
from personalization.judge.settling import Read, keep
from personalization.llm.backend import Answer, Ask, AskError
from personalization.models import Endpoint, JudgeRun, ModelCall
from personalization.steps import in_thread
from personalization.work import claim_name

STEP = "verdict"
# How often one reading is asked for within a run: after errors that pass, and after answers that
# nobody can read.
MOST_ERRORS = 5
MOST_UNREADABLE = 3
LONGEST_WAIT = 60.0  # seconds, where the endpoint does not ask for more
# A job makes room for other jobs of the queue after so long; the run has another job by then.
SLICE = timedelta(minutes=1)


class Asking:
    """One worker's part in a run that calls a model."""

    def __init__(self, run: JudgeRun, endpoint: Endpoint) -> None:
        """Read what stays the same for the whole run."""
        self.run, self.endpoint = run, endpoint
        self.worker = claim_name()
        self.configuration = run.rater.configuration
        self.questions = {one.pk: one for one in questions_of(run)}
        self.scales = {pk: scale_of(one) for pk, one in self.questions.items()}
        self.doing: dict[asyncio.Task[None], int] = {}

    async def go(self) -> None:
        """Make readings until none is due, the run is stopped, or the time is over."""
        end = monotonic() + SLICE.total_seconds()
        renewed = monotonic()
        try:
            while True:
                # A batch at a time, so that what is read from the database is read for many.
                if monotonic() < end and 2 * len(self.doing) <= self.endpoint.concurrency:
                    most = self.endpoint.concurrency - len(self.doing)
                    for claimed, ask in await in_thread(self._take)(most):
                        self.doing[asyncio.create_task(self._read(claimed, ask))] = claimed.pk
                if not self.doing:
                    return
                await self._some_done()
                if monotonic() - renewed > settings.LEASE_SECONDS / 3:
                    await in_thread(renew)(self.worker, self.doing.values())
                    renewed = monotonic()
        finally:
            await self._stop()

    async def _some_done(self) -> None:
        done, _doing = await asyncio.wait(
            self.doing, timeout=settings.LEASE_SECONDS / 3, return_when=asyncio.FIRST_COMPLETED
        )
        for task in done:
            del self.doing[task]
        for task in done:
            task.result()

    async def _stop(self) -> None:
        """Let go of what is still under way: the worker stops, or something broke."""
        if self.doing:
            held = list(self.doing.values())
            for task in self.doing:
                task.cancel()
            await asyncio.gather(*self.doing, return_exceptions=True)
            await asyncio.shield(in_thread(let_go)(self.worker, held))

    def _take(self, most: int) -> list[tuple[Claimed, Ask]]:
        claimed = claim(self.run, self.worker, most)
        if not claimed:
            return []
        allowed = standing(self.run, [one.item for one in claimed])
        drop(self.run, self.worker, [one for one in claimed if one.item not in allowed])
        material = load(allowed)
        return [(one, self._request(one, material)) for one in claimed if one.item in allowed]

    def _request(self, one: Claimed, material: dict[int, Material]) -> Ask:
        question, scale = self.questions[one.question], self.scales[one.question]
        return request(material[one.item], question, scale, one.side, self.configuration)

    async def _read(self, claimed: Claimed, ask: Ask) -> None:
        while True:
            try:
                call = await ask_once(STEP, claimed.pk, claimed.attempt, self.endpoint, ask)
                answer = answer_of(call)
                break
            except Lost:
                following = await in_thread(next_attempt)(self.worker, claimed)
                if following is None:
                    return
                claimed = following
            except AskError as error:
                await in_thread(self._failed)(claimed, error)
                return
        await in_thread(self._answered)(claimed, call.pk, answer)

    def _answered(self, claimed: Claimed, call: int, answer: Answer) -> None:
        scale = self.scales[claimed.question]
        code = read_answer(answer.text, scale.offered)
        if code is not None:
            self._keep(claimed, Reading(scale.seen_as(code, claimed.side)), call)
        elif answer.finish == "content_filter" or refuses(answer.text):
            self._keep(claimed, Reading(None, "refused"), call)
        else:
            self._unreadable(claimed, call)

    def _unreadable(self, claimed: Claimed, call: int | None) -> None:
        """Ask again, in another attempt, unless that was the last one."""
        nonsense = Q(answer__isnull=False) | Q(error__startswith="garbage")
        if self._calls(claimed, nonsense) < MOST_UNREADABLE:
            put_off(self.worker, claimed, 0)
        else:
            self._keep(claimed, Reading(None, "unparsed"), call)

    def _failed(self, claimed: Claimed, error: AskError) -> None:
        if error.kind == "garbage":
            self._unreadable(claimed, None)
        elif error.passing:
            errors = self._calls(claimed, Q(error__isnull=False))
            if errors < MOST_ERRORS:
                wait = max(min(2.0**errors, LONGEST_WAIT), error.retry_after or 0)
                put_off(self.worker, claimed, wait)
            else:
                self._keep(claimed, Reading(None, "failed"), None)
        elif error.kind == "bad_request" and self._has_answered():
            # The endpoint works; it is this one request that it does not take: too long, perhaps.
            self._keep(claimed, Reading(None, "failed"), None)
        else:
            pause(self.run.pk, str(error))
            put_off(self.worker, claimed, 0)

    def _keep(self, claimed: Claimed, reading: Reading, call: int | None) -> None:
        keep(self.run, self.worker, [Read(claimed.pk, claimed.item, reading, call)], self.scales)

    def _calls(self, claimed: Claimed, which: Q) -> int:
        """Count the calls for one reading in this run; what a killed worker lost is no fault."""
        calls = ModelCall.objects.filter(which, step=STEP, work_id=claimed.pk)
        return (
            calls.filter(started_at__gte=self.run.created_at)
            .exclude(error__startswith="lost")
            .count()
        )

    def _has_answered(self) -> bool:
        return self.run.verdicts.filter(settled_at__isnull=False, call__isnull=False).exists()
