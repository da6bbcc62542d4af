"""Receive what a judge has said: save it, read it, settle what is whole, put off what failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q

from personalization.judge import saving
from personalization.judge.leases import put_off
from personalization.judge.ledger import Entry, note
from personalization.judge.parsing import read
from personalization.judge.pausing import pause
from personalization.judge.saving import Call
from personalization.judge.settlement import Reading
from personalization.judge.settling import Read, keep, lock
from personalization.judge.taking import Due, Kept, Taking
from personalization.llm.backend import Answer, AskError
from personalization.models import JudgeRun, ModelCall
from personalization.runs.crew import News

# How often one reading is asked for within a run: after errors that pass, after refusals because
# others asked too much, and after answers that nobody can read.
MOST_ERRORS = 5
MOST_LIMITED = 25
MOST_UNREADABLE = 3
LONGEST_WAIT = 60.0  # seconds, where the endpoint does not ask for more


@dataclass(frozen=True, slots=True)
class Came:
    """What a call brought, with its times by the worker's monotonic clock."""

    due: Due
    what: Answer | AskError
    begun: float
    ended: float


@dataclass(slots=True)
class _Batch:
    """What follows from some answers, until it is written."""

    reads: list[Read]
    entries: list[Entry]
    unreadable: list[Due]
    failed: list[tuple[Due, AskError]]
    waits: dict[int, float]


class Receiving:
    """What a worker does with the answers of a run."""

    def __init__(self, taking: Taking) -> None:
        self.taking, self.run = taking, taking.run
        self.worker, self.endpoint = taking.worker, taking.endpoint
        self.has_answered = False
        self.limited = False  # does the endpoint limit tokens or requests in a minute?

    def receive(self, came: Sequence[Came], kept: Sequence[Kept] = ()) -> News:
        """Save raw answers first, in a transaction of their own; then read and settle them."""
        reused = [one for one in kept if one.call is None]
        calls = [self._call(one) for one in came] + [self._reused(one) for one in reused]
        ids = saving.save(self.endpoint.name, calls)
        batch = _Batch([], [], [], [], {})
        for one in came:
            number = ids.get((one.due.claimed.pk, one.due.claimed.attempt))
            if isinstance(one.what, Answer):
                self._read(batch, one.due, one.what, number)
            elif one.what.kind == "garbage":
                batch.unreadable.append(one.due)
            else:
                batch.failed.append((one.due, one.what))
        for old in kept:
            asked = old.due.claimed
            if old.call is not None:
                batch.entries.append(_entry_of(old.call))
            number = old.call.pk if old.call else ids.get((asked.pk, asked.attempt))
            self._read(batch, old.due, old.answer, number)
        batch.entries += [self._entry(call) for call in calls]
        with transaction.atomic():
            trouble = self._after_failures(batch)
            # Of two workers with the two orders of one item, each would wait for the other, if one
            # locked its rows in another order, or after the run's.
            lock([one.verdict for one in batch.reads] + list(batch.waits))
            keep(self.run, self.worker, batch.reads, self.taking.scales)
            put_off(self.worker, batch.waits)
            note(self.run.pk, batch.entries)
            stands = self._stands()
        if trouble is not None:
            pause(self.run.pk, trouble)
        return self._news(came, paused=stands or trouble is not None)

    def _stands(self) -> bool:
        """Return whether somebody has stopped the run meanwhile."""
        going = JudgeRun.objects.filter(pk=self.run.pk, paused_at=None, cancelled_at=None)
        return not going.exists()

    def lose(self, dues: Sequence[Due]) -> None:
        """Count calls as lost that were under way when this worker stopped; others go on at once."""
        if not dues:
            return
        lost = [(one.claimed.pk, one.claimed.attempt) for one in dues]
        micros = sum(self.taking.purse.failed("lost", one.reserved) or 0 for one in dues)
        with transaction.atomic():
            saving.note_lost(self.endpoint.name, dues[0].ask.model, lost)
            put_off(self.worker, {one.claimed.pk: 0.0 for one in dues})
            note(self.run.pk, [Entry("lost", calls=len(lost), micros=micros)])

    def _call(self, one: Came) -> Call:
        purse = self.taking.purse
        if isinstance(one.what, Answer):
            micros = purse.answered(one.due.ask, one.what).micros
        else:
            micros = purse.failed(one.what.kind, one.due.reserved)
        asked = one.due.claimed
        return Call(
            asked.pk,
            asked.attempt,
            one.due.ask,
            one.what,
            took=one.ended - one.begun,
            ended=one.ended,
            prompt_hash=one.due.prompt_hash,
            request_hash=one.due.request_hash,
            cost_micros=micros,
        )

    def _reused(self, one: Kept) -> Call:
        asked = one.due.claimed
        return Call(
            asked.pk,
            asked.attempt,
            one.due.ask,
            one.answer,
            took=0.0,
            ended=float("inf"),  # now
            prompt_hash=one.due.prompt_hash,
            request_hash=one.due.request_hash,
            cost_micros=0,
            reused=one.reused,
        )

    def _entry(self, call: Call) -> Entry:
        micros, took = call.cost_micros or 0, round(call.took * 1000)
        if not isinstance(call.came, Answer):
            return Entry(call.came.kind, micros=micros, milliseconds=took)
        if call.reused is not None:
            return Entry("reused")
        read_tokens, written = call.came.prompt_tokens or 0, call.came.completion_tokens or 0
        return Entry("answered", 1, max(read_tokens, 0), max(written, 0), micros, took)

    def _read(self, batch: _Batch, due: Due, answer: Answer, call: int | None) -> None:
        self.has_answered = True
        asked = due.claimed
        scale, manner = self.taking.scales[asked.question], self.taking.manner
        parsed = read(answer, scale, asked.side, manner)
        if parsed.reading is None:
            batch.unreadable.append(due)
            return
        batch.reads.append(Read(asked.pk, asked.item, parsed.reading, call))
        if parsed.reading.value is not None:
            rung = "strict" if parsed.rung == "strict" else "ladder"
            batch.entries.append(Entry(f"rung_{rung}"))

    def _after_failures(self, batch: _Batch) -> str | None:
        """Decide what follows for readings without one; return what a person has to mend, if so."""
        if not batch.unreadable and not batch.failed:
            return None
        counts = self._counts([*batch.unreadable, *(due for due, _error in batch.failed)])
        for due in batch.unreadable:
            if counts[due.claimed.pk].unreadable < MOST_UNREADABLE:
                batch.waits[due.claimed.pk] = 0.0
            else:
                self._missing(batch, due, "unparsed")
        trouble = None
        for due, error in batch.failed:
            if error.passing:
                self._passing(batch, due, error, counts[due.claimed.pk])
            elif error.kind == "bad_request" and self._works():
                # It is this one request that the endpoint does not take: too long, perhaps.
                self._missing(batch, due, "failed")
            else:
                trouble = trouble or str(error)
                batch.waits[due.claimed.pk] = 0.0
        return trouble

    def _passing(self, batch: _Batch, due: Due, error: AskError, seen: "_Seen") -> None:
        limited = error.kind == "rate_limited"
        times, most = (seen.limited, MOST_LIMITED) if limited else (seen.errors, MOST_ERRORS)
        if times < most:
            wait = min(2.0 ** min(times, 10), LONGEST_WAIT)
            batch.waits[due.claimed.pk] = max(wait, error.retry_after or 0)
        else:
            self._missing(batch, due, "failed")

    def _missing(self, batch: _Batch, due: Due, reason: str) -> None:
        asked = due.claimed
        batch.reads.append(Read(asked.pk, asked.item, Reading(None, reason), self._last(asked.pk)))

    def _last(self, verdict: int) -> int | None:
        calls = ModelCall.objects.filter(step=saving.STEP, work_id=verdict)
        return calls.order_by("-attempt").values_list("pk", flat=True).first()

    def _counts(self, dues: Sequence[Due]) -> dict[int, "_Seen"]:
        """Count the calls for some readings in this run; what a killed worker lost is no fault."""
        garbage = Q(answer__isnull=False) | Q(error__startswith="garbage")
        limited = Q(error__startswith="rate_limited")
        others = Q(error__isnull=False) & ~limited & ~garbage & ~Q(error__startswith="lost")
        pks = [one.claimed.pk for one in dues]
        calls = ModelCall.objects.filter(step=saving.STEP, work_id__in=pks)
        calls = calls.filter(started_at__gte=self.run.created_at)
        found = calls.values("work_id").annotate(
            unreadable=Count("pk", filter=garbage),
            limited=Count("pk", filter=limited),
            errors=Count("pk", filter=others),
        )
        counts = {pk: _Seen() for pk in pks}
        for one in found:
            counts[one["work_id"]] = _Seen(one["unreadable"], one["limited"], one["errors"])
        return counts

    def _works(self) -> bool:
        """Return whether the endpoint has answered anything in this run."""
        if not self.has_answered:
            answered = self.run.verdicts.filter(
                settled_at__isnull=False, call__answer__isnull=False
            )
            self.has_answered = answered.exists()
        return self.has_answered

    def _news(self, came: Sequence[Came], *, paused: bool) -> News:
        news = News(paused=paused)
        for one in came:
            news += News.of(one.what, one.due.size if self.limited else 0)
        return news


def _entry_of(call: ModelCall) -> Entry:
    """Return what goes into the ledger for an answer that a killed worker saved, and did not settle."""
    took = call.finished_at - call.started_at if call.finished_at else timedelta()
    return Entry(
        "answered", 1, call.prompt_tokens or 0, call.completion_tokens or 0,
        call.cost_micros or 0, round(took.total_seconds() * 1000),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Seen:
    """How often a reading was asked for in this run, by what came of it."""

    unreadable: int = 0
    limited: int = 0
    errors: int = 0
