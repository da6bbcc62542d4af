"""Divide an endpoint's places among the workers at it; one row says to all how the endpoint is doing.

Each worker declares its share of the places for some seconds, and asks for no more calls at once than
that. Together they never declare more than the endpoint may be asked at once: somebody who comes in
gets what is free, and the others give way at their next beat. The share of a worker that died comes
back when its time is over, or at once where its process is seen to have ended. All times are the database's.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateJob

from personalization.backends import state_of
from personalization.llm.backend import Answer, AskError
from personalization.llm.buckets import Buckets, Rates, heard, settle, take
from personalization.llm.limits import Limits
from personalization.llm.pace import Pace, after, free_at, is_stray, places, quiet_for
from personalization.models import ArmRun, Crew, Endpoint, JudgeRun, Pulse
from personalization.runs.jobs import QUEUE
from personalization.runs.pausing import DEADLINE, pause
from personalization.work import is_dead

# How long a share lasts without a beat.
SHARE = timedelta(seconds=15)
FRESH = timedelta(minutes=10)  # how long a limit holds that the endpoint has named
TURN = 60.0  # seconds after which a run makes room, if other jobs wait
OUTAGES = ("unavailable", "timeout", "cut")
IsCrowded = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class News:
    """What a worker has seen of an endpoint since its last beat."""

    answered: int = 0
    limited: int = 0
    outages: int = 0
    used: int = 0  # tokens
    reserved: int = 0  # tokens that were taken from the bucket for these calls
    limits: Limits | None = None
    retry_after: float | None = None
    paused: bool = False

    @classmethod
    def of(cls, came: Answer | AskError, reserved: int = 0) -> Self:
        """Return what one answer or error says, for which so many tokens were reserved."""
        if isinstance(came, Answer):
            known = came.prompt_tokens, came.completion_tokens
            used = reserved if None in known else sum(one or 0 for one in known)
            return cls(answered=1, used=used, reserved=reserved, limits=came.limits)
        limited, outage = came.kind == "rate_limited", came.kind in OUTAGES
        wait = came.retry_after if limited else None
        # Whoever answers nonsense, or refuses, is there.
        return cls(
            answered=int(not limited and not outage),
            limited=int(limited),
            outages=int(outage),
            reserved=reserved,
            limits=came.limits,
            retry_after=wait,
        )

    def __add__(self, other: "News") -> "News":
        waits = [one for one in (self.retry_after, other.retry_after) if one is not None]
        return News(
            self.answered + other.answered,
            self.limited + other.limited,
            self.outages + other.outages,
            self.used + other.used,
            self.reserved + other.reserved,
            other.limits or self.limits,
            max(waits, default=None),
            self.paused or other.paused,
        )

    @property
    def is_bad(self) -> bool:
        """Return whether the others should hear of it at once: more went wrong than right.

        One refusal waits for the next beat: told at once, it would look like a large share.
        """
        return self.limited + self.outages > self.answered


@dataclass(frozen=True, slots=True)
class Share:
    """What a worker may do until its next beat; `over`: this run is not to be carried on here.

    Where requests or tokens are limited in a minute, `calls` more may be begun, and in `wait`
    seconds there may be others.
    """

    places: int
    calls: int | None = None
    wait: float | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What a worker has and wants: leases to be renewed, calls under way, calls to be begun.

    `sizes` are the tokens of the calls that it may not begin yet, estimated, in their order.
    """

    held: Collection[int]
    under_way: int = 0
    sizes: Sequence[int] = ()


def share(run: JudgeRun | ArmRun, endpoint: Endpoint, worker: str, wish: Wish, news: News) -> Share:
    """Tell the others what a worker saw, and return its share of the places: a beat."""
    if _is_over(run, endpoint):
        return Share(0, over=True)
    with transaction.atomic():
        pulse, now = _pulse(endpoint), _now()
        at = now.timestamp()
        before = Pace.of(pulse.pace)
        # Where a few are refused among many answers, only those wait, and the pace slows down.
        asked_for = None if is_stray(before, news.answered, news.limited) else news.retry_after
        pace = after(
            before, endpoint.concurrency, now=at, answered=news.answered, limited=news.limited,
            outages=news.outages, quiet=quiet_for(news.limits, asked_for),
        )  # fmt: skip
        _hear(pulse, news.limits, now)
        rates = _rates(endpoint, pulse, now)
        kept = settle(Buckets.of(pulse.buckets), news.reserved, news.used)
        taken = take(
            kept if news.limits is None else heard(kept, news.limits), rates, wish.sizes, at
        )
        pulse.pace, pulse.buckets = pace.stored(), taken.buckets.stored()
        pulse.save()
        most = places(pace, endpoint.concurrency, at)
        mine = _share(endpoint, worker, run.pk, wish.under_way, most, now)
    waits = [one - at for one in (taken.next_at, free_at(pace, at)) if one is not None and one > at]
    limited = rates.requests is not None or rates.tokens is not None
    return Share(mine, taken.count if limited else None, max(waits, default=None))


def leave(endpoint: Endpoint, worker: str, unused: int = 0) -> None:
    """Give back a worker's places, and the calls that it did not make after all."""
    Crew.objects.filter(endpoint=endpoint, worker=worker).delete()
    if unused:
        with transaction.atomic():
            pulse = _pulse(endpoint)
            pulse.buckets = settle(Buckets.of(pulse.buckets), unused_calls=unused).stored()
            pulse.save()


def _hear(pulse: Pulse, limits: Limits | None, now: datetime) -> None:
    """Keep what the endpoint says of its own limits."""
    if limits is None:
        return
    said = limits.requests_a_minute, limits.tokens_a_minute
    if any(said):
        pulse.seen_requests, pulse.seen_tokens = said
        pulse.seen_at = now


def _rates(endpoint: Endpoint, pulse: Pulse, now: datetime) -> Rates:
    """Return what a minute allows: by our settings, and by what the endpoint said of late."""
    fresh = pulse.seen_at is not None and now - pulse.seen_at < FRESH
    seen = (pulse.seen_requests, pulse.seen_tokens) if fresh else (None, None)
    ours = endpoint.requests_per_minute, endpoint.tokens_per_minute
    requests, tokens = (
        min((one for one in both if one is not None), default=None)
        for both in zip(ours, seen, strict=True)
    )
    return Rates(requests, tokens)


def is_crowded() -> bool:
    """Return whether other jobs wait for a worker of the queue of runs."""
    waiting = ProcrastinateJob.objects.filter(queue_name=QUEUE, status="todo")
    return waiting.filter(Q(scheduled_at=None) | Q(scheduled_at__lte=Now())).exists()


def _is_over(run: JudgeRun | ArmRun, endpoint: Endpoint) -> bool:
    """Return whether the run was stopped, or the endpoint changed: another job sees it anew."""
    runs = type(run)
    row = runs._default_manager.filter(
        pk=run.pk, finished_at=None, cancelled_at=None, paused_at=None
    ).values_list("deadline", flat=True)
    found = list(row)
    if not found:
        return True
    (deadline,) = found
    if deadline is not None and deadline <= _now():
        pause(runs, run.pk, f"{DEADLINE}: {deadline:%Y-%m-%d %H:%M} UTC")
        return True
    fresh = Endpoint.objects.get(pk=endpoint.pk)
    return state(fresh) != state(endpoint)


def state(endpoint: Endpoint) -> tuple[object, ...]:
    """Return what of an endpoint decides how it is asked, and whether it is asked at all."""
    limits = endpoint.requests_per_minute, endpoint.tokens_per_minute
    return (*state_of(endpoint), *limits, endpoint.closed_at)


def _pulse(endpoint: Endpoint) -> Pulse:
    """Return the endpoint's row, locked: beats of several workers take their turns."""
    locked = Pulse.objects.select_for_update()
    found = locked.filter(pk=endpoint.pk).first()
    if found is None:
        Pulse.objects.bulk_create([Pulse(endpoint=endpoint)], ignore_conflicts=True)
        found = locked.get(pk=endpoint.pk)
    return found


def _share(
    endpoint: Endpoint, worker: str, run: int, under_way: int, most: int, now: datetime
) -> int:
    """Return this worker's places among the crew; a call under way has its place until it ends."""
    Crew.objects.filter(endpoint=endpoint, until__lt=now).delete()
    crew = dict(Crew.objects.filter(endpoint=endpoint).values_list("worker", "places"))
    if dead := [name for name in crew if is_dead(name)]:
        Crew.objects.filter(endpoint=endpoint, worker__in=dead).delete()
        crew = {name: places for name, places in crew.items() if name not in dead}
    others = sum(places for name, places in crew.items() if name != worker)
    names = sorted({*crew, worker})
    fair = most // len(names) + (names.index(worker) < most % len(names))
    mine = max(min(fair, most - others), 0)
    Crew.objects.update_or_create(
        endpoint=endpoint,
        worker=worker,
        defaults={"places": max(mine, under_way), "until": now + SHARE, "run_id": run},
    )
    return mine


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone() or (None,)
        assert isinstance(now, datetime)  # noqa: S101 - for the type checker
        return now
