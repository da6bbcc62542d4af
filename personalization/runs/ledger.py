"""What a run has done, minute by minute: written with the calls, read by the pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from personalization.calls import LOST
from personalization.llm.backend import KINDS
from personalization.models import ArmRun, JudgeRun

ANSWERED, REUSED = "answered", "reused"
ERRORS = frozenset({LOST, *KINDS})
COLUMNS = ("calls", "prompt_tokens", "completion_tokens", "micros", "milliseconds")
FULL_MINUTES = 5
MINUTE = 60.0
# By the database's clock: workers on several machines write into the same minute.
NOTE = """
INSERT INTO {ledger} AS kept
    (run_id, minute, outcome, calls, prompt_tokens, completion_tokens, micros, milliseconds)
SELECT %s, date_trunc('minute', statement_timestamp()), new.*
FROM unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS new
ON CONFLICT (run_id, minute, outcome) DO UPDATE SET
    calls = kept.calls + excluded.calls,
    prompt_tokens = kept.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = kept.completion_tokens + excluded.completion_tokens,
    micros = kept.micros + excluded.micros,
    milliseconds = kept.milliseconds + excluded.milliseconds
"""
AnyRun = JudgeRun | ArmRun


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of a call, or of several: `answered`, `reused`, `lost`, or a kind of error."""

    outcome: str
    calls: int = 1
    prompt_tokens: int = 0
    completion_tokens: int = 0
    micros: int = 0
    milliseconds: int = 0

    def __add__(self, other: "Entry") -> "Entry":
        return Entry(
            self.outcome,
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.micros + other.micros,
            self.milliseconds + other.milliseconds,
        )


@transaction.atomic
def note(runs: type[AnyRun], run: int, entries: Sequence[Entry], reserved_micros: int = 0) -> None:
    """Add what came of some calls to the ledger, and what they cost to what the run has spent.

    `reserved_micros`: so much of it is counted among the spent already. The run's row always comes
    first: of two workers the later one waits, and neither for ever.
    """
    sums: dict[str, Entry] = {}
    for one in entries:
        sums[one.outcome] = sums[one.outcome] + one if one.outcome in sums else one
    if not sums:
        return
    paid = sum(one.micros for one in sums.values()) - reserved_micros
    runs._default_manager.filter(pk=run).update(spent_micros=F("spent_micros") + paid)
    columns = [list(each) for each in zip(*map(astuple, sums.values()), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_statement(runs), [run, *columns])


@cache
def _statement(runs: type[AnyRun]) -> str:
    ledger = runs._meta.get_field("ledger").related_model
    return NOTE.format(ledger=ledger._meta.db_table)


@dataclass(frozen=True, slots=True)
class Totals:
    """All that a run has done so far, by what came of it.

    Some outcomes are no calls: what was read in answers is noted here too, under other names.
    """

    outcomes: Mapping[str, Entry]

    @property
    def all(self) -> Entry:
        """Return all calls together, with the answers that were saved already."""
        calls = ERRORS | {ANSWERED, REUSED}
        return sum(
            (one for name, one in self.outcomes.items() if name in calls), Entry("all", calls=0)
        )

    @property
    def answered(self) -> Entry:
        """Return the calls that brought an answer."""
        return self.outcomes.get(ANSWERED, Entry(ANSWERED, calls=0))

    @property
    def errors(self) -> dict[str, Entry]:
        """Return calls that brought none, by their kind, the most frequent first."""
        kinds = [one for name, one in self.outcomes.items() if name in ERRORS]
        return {one.outcome: one for one in sorted(kinds, key=lambda one: -one.calls)}

    @property
    def latency(self) -> float | None:
        """Return how many seconds an answer took in the mean; None where there is none yet."""
        return _mean_seconds(self.answered)

    @property
    def unanswered_micros(self) -> int:
        """Return what is counted, at most, for calls without an answer that may have to be paid."""
        return sum(one.micros for one in self.errors.values())


@dataclass(frozen=True, slots=True)
class Minute:
    """What a run did in one minute."""

    at: datetime
    answered: int
    reused: int
    errors: int
    micros: int


@dataclass(frozen=True, slots=True)
class Live:
    """How fast a run is, over the last minutes in which it did anything."""

    minutes: Sequence[Minute]
    seconds: float
    answered: int
    latency: float | None
    share_of_ideal: float | None

    @property
    def per_minute(self) -> float:
        """Return how many answers came in a minute."""
        return MINUTE * self.answered / self.seconds if self.seconds else 0.0


def totals(run: AnyRun) -> Totals:
    """Return all that a run has done so far."""
    rows = run.ledger.values_list("outcome").annotate(*map(Sum, COLUMNS))
    return Totals({outcome: Entry(outcome, *sums) for outcome, *sums in rows.order_by("outcome")})


def live(run: AnyRun, now: datetime | None = None) -> Live:
    """Return how fast a run is: over the current minute and the five before it.

    Of a run that has ended, over its last minutes. A minute without a single call does not count:
    the run was paused, or nobody carried it on.
    """
    end = min(filter(None, (now or timezone.now(), run.finished_at, run.cancelled_at)))
    begin = end.replace(second=0, microsecond=0) - FULL_MINUTES * timedelta(minutes=1)
    by_minute: dict[datetime, dict[str, Entry]] = defaultdict(dict)
    rows = run.ledger.filter(minute__gte=begin, minute__lte=end).order_by("minute")
    for minute, outcome, *sums in rows.values_list("minute", "outcome", *COLUMNS):
        by_minute[minute][outcome] = Entry(outcome, *sums)
    minutes = [_minute(at, each) for at, each in by_minute.items()]
    started = max(run.created_at, begin)
    seconds = sum(_overlap(one.at, started, end) for one in minutes)
    answers = [each[ANSWERED] for each in by_minute.values() if ANSWERED in each]
    answered = sum(answers, Entry(ANSWERED, calls=0))
    latency = _mean_seconds(answered)
    places = run.endpoint.concurrency if run.endpoint is not None else 0
    share = share_of_ideal(answered.calls, seconds, latency, places)
    return Live(minutes, seconds, answered.calls, latency, share)


def share_of_ideal(
    answered: int, seconds: float, latency: float | None, places: int
) -> float | None:
    """Return answers per second x mean latency / places: 1 = all places busy all the time.

    >>> share_of_ideal(600, 60.0, 0.2, 4)
    0.5
    """
    if latency is None or not seconds or not places:
        return None
    return answered / seconds * latency / places


def _minute(at: datetime, outcomes: Mapping[str, Entry]) -> Minute:
    all_of_it = Totals(outcomes)
    reused = outcomes.get(REUSED, Entry(REUSED, calls=0)).calls
    errors = sum(one.calls for one in all_of_it.errors.values())
    return Minute(at, all_of_it.answered.calls, reused, errors, all_of_it.all.micros)


def _overlap(minute: datetime, begin: datetime, end: datetime) -> float:
    """Return how many seconds of a minute lie between two times."""
    until = min(minute + timedelta(minutes=1), end)
    return max((until - max(minute, begin)).total_seconds(), 0.0)


def _mean_seconds(answered: Entry) -> float | None:
    return answered.milliseconds / answered.calls / 1000 if answered.calls else None
