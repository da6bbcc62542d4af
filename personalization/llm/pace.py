"""How many requests an endpoint is asked at once, and when it is left alone; pure, no clock.

All workers at an endpoint share one `Pace`: plain numbers, kept in a row, changed by `after` with
what came back since the last time (a "flush"). Times are seconds of any one clock, passed in.

**Places** (additive increase, multiplicative decrease, as in TCP). A new endpoint has all places
that its settings give it. Each answer adds 1 / places: about one place per round trip, up to the
most. Refusals for asking too often (429) take some away, at most once in 2 s, because what was
under way before the cut is refused as well. How much follows from the share that was refused, as
in DCTCP (RFC 8257): times 1 - 2 x share, and never less than times 0.7.

The share is that of all calls since the last cut, the older ones fading out after a round of the
places; a whole round is taken as answered before anything came. A flush alone would tell little: one
refusal and nothing else in it is no share of 100 %. A share of up to 8 % cuts nothing: it costs less
to ask these few again than to leave places empty, and where a server refuses at random there is no
number of places at which it would stop. Where it has a limit, about so much goes on being refused.
More outages than answers cut in the same way, because some servers that have too much to do say 503
or nothing at all. There is always at least one place.

**Breaker.** 8 outages in a row (5xx, time-outs, no connection, broken answers on the way), without
an answer or a 429 between, open it: nobody asks for 5 s. Then it is half open: one place. If that
call is an outage, it opens for twice as long, up to 300 s; an answer closes it. Outages that come
while it is open are of calls from before, and change nothing.

**Slow start.** After an outage the endpoint may be able to do less than before, so places begin at
1 and at most double with each flush, up to half of what they were; from there on they are added.
Where nothing has been heard for five minutes much may have changed: then they double up to the most.

**Quiet.** Where the endpoint says how long to wait (Retry-After, or nothing left until a reset)
nobody asks before, for 300 s at the most; a reset that it only counts in days is asked about again
after a minute. One or two refusals among many answers are those calls' own affair: `is_stray`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from personalization.llm.limits import MINUTE, Limits

EVERY = 1e6  # places: as many as the settings give
CUT, CUT_PAUSE = 0.7, 2.0
PER_SHARE = 2.0  # what a share that was refused takes of the places, as a multiple of it
TOLERATED = 0.08  # a share that takes nothing
ROUNDS = 1.0  # of the places: how many calls are remembered
BEFORE = 1.0  # rounds that are taken as answered before anything came
FEW = 3
OUTAGES = 8
OPEN, LONGEST_OPEN = 5.0, 300.0  # seconds
LONGEST_QUIET = 300.0
STALE = 300.0


@dataclass(frozen=True, slots=True)
class Pace:
    """The adaptive number of places, the breaker, and until when to be quiet."""

    places: float = EVERY
    cut_at: float | None = None  # the last cut
    slow_to: float | None = None  # in slow start: up to so many places
    outages_in_row: int = 0
    opened: int = 0  # how often in a row, without an answer between
    open_until: float | None = None  # later than this it is half open
    quiet_until: float | None = None
    heard_at: float | None = None
    # What came since the last cut, the older calls fading out.
    answered: float = 0.0
    limited: float = 0.0
    outages: float = 0.0

    def stored(self) -> dict[str, Any]:
        """Return what a database row keeps."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row holds; an empty one is a new endpoint, what is not known is left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})


def places(pace: Pace, most: int, now: float) -> int:
    """Return how many calls may be under way now; 0 while the endpoint is left alone."""
    if free_at(pace, now) > now:
        return 0
    if pace.open_until is not None:
        return 1
    return max(int(min(pace.places, most)), 1)


def free_at(pace: Pace, now: float) -> float:
    """Return from when on anybody may ask: now, or when the breaker is half open and quiet over."""
    return max(now, pace.open_until or now, pace.quiet_until or now)


def is_stray(pace: Pace, answered: int, limited: int) -> bool:
    """Return whether so few refusals of a flush say nothing about the endpoint as a whole."""
    return limited < answered or (limited < FEW and pace.answered > pace.limited + limited)


def quiet_for(limits: Limits | None, retry_after: float | None) -> float | None:
    """Return for how many seconds an endpoint wants nobody to ask, as it said with an answer."""
    if retry_after is not None:
        return retry_after
    if limits is None:
        return None
    empty = (
        (limits.requests_left, limits.requests_reset),
        (limits.tokens_left, limits.tokens_reset),
    )
    waits = [reset for left, reset in empty if left == 0 and reset is not None]
    return min(max(waits), MINUTE) if waits else None


def after(
    pace: Pace,
    most: int,
    *,
    now: float,
    answered: int = 0,
    limited: int = 0,
    outages: int = 0,
    quiet: float | None = None,
) -> Pace:
    """Return the pace after a flush: so many answers, 429s and outages, and `quiet_for` of it."""
    pace = replace(pace, places=max(min(pace.places, float(most)), 1.0))
    if answered or limited or outages:
        stale = pace.heard_at is not None and now - pace.heard_at > STALE
        pace = replace(pace, heard_at=now, slow_to=float(most) if stale else pace.slow_to)
    if quiet is not None and quiet > 0:
        until = now + min(quiet, LONGEST_QUIET)
        pace = replace(pace, quiet_until=max(until, pace.quiet_until or until))
    elif pace.quiet_until is not None and pace.quiet_until <= now:
        pace = replace(pace, quiet_until=None)
    if pace.open_until is not None and answered + limited:
        return _closed(pace)
    pace = _breaker(pace, answered + limited, outages, now)
    if pace.open_until is not None:
        return pace
    pace = _remembered(pace, answered, limited, outages, now)
    share = _share(pace)
    if share <= TOLERATED or _was_just_cut(pace, now):
        return _grown(pace, answered, most)
    return _cut(pace, share, now)


def _closed(pace: Pace) -> Pace:
    """Return the breaker closed again, in slow start up to half of what the places were."""
    half = max(pace.places / 2, 1.0)
    return Pace(1.0, slow_to=half, quiet_until=pace.quiet_until, heard_at=pace.heard_at)


def _breaker(pace: Pace, alive: int, outages: int, now: float) -> Pace:
    if alive:
        return replace(pace, outages_in_row=0)
    if not outages or (pace.open_until is not None and now < pace.open_until):
        return pace
    in_row = pace.outages_in_row + outages
    if in_row < OUTAGES and pace.open_until is None:
        return replace(pace, outages_in_row=in_row)
    length = min(OPEN * 2 ** min(pace.opened, OUTAGES), LONGEST_OPEN)
    return replace(pace, outages_in_row=in_row, opened=pace.opened + 1, open_until=now + length)


def _was_just_cut(pace: Pace, now: float) -> bool:
    return pace.cut_at is not None and 0 <= now - pace.cut_at < CUT_PAUSE


def _remembered(pace: Pace, answered: int, limited: int, outages: int, now: float) -> Pace:
    """Return the pace with what came; what was refused just after a cut was asked before it."""
    if _was_just_cut(pace, now):
        limited = outages = 0
    room = max(ROUNDS * pace.places - answered - limited - outages, 0.0)
    known = pace.answered + pace.limited + pace.outages
    fade = min(room / known, 1.0) if known else 0.0
    return replace(
        pace,
        answered=pace.answered * fade + answered,
        limited=pace.limited * fade + limited,
        outages=pace.outages * fade + outages,
    )


def _share(pace: Pace) -> float:
    """Return the share that was refused."""
    refused = pace.limited + (pace.outages if pace.outages > pace.answered else 0)
    return refused / (refused + pace.answered + BEFORE * pace.places)


def _cut(pace: Pace, share: float, now: float) -> Pace:
    factor = max(1 - PER_SHARE * share, CUT)
    fewer = max(pace.places * factor, 1.0)
    # What was refused has had its effect; what was answered still tells that the endpoint works.
    return replace(pace, places=fewer, cut_at=now, slow_to=None, limited=0.0, outages=0.0)


def _grown(pace: Pace, answered: int, most: int) -> Pace:
    if not answered:
        return pace
    if pace.slow_to is not None and pace.places < pace.slow_to:
        slow = min(pace.places + min(answered, pace.places), pace.slow_to, float(most))
        return replace(pace, places=slow, slow_to=pace.slow_to if slow < pace.slow_to else None)
    grown = min(pace.places + answered / pace.places, float(most))
    return replace(pace, places=grown, slow_to=None)
