"""Token buckets for what an endpoint allows in a minute: requests, and tokens; pure, no clock.

A bucket fills evenly and holds a tenth of a minute's amount, at least one call: so a pause is made
up for by a short burst, and in no 60 s does more go out than a minute's amount and one burst. A
call that is larger than the bucket may go when the bucket is full, and leaves a debt. Tokens are
estimated before a call and settled after it, when the bucket may fall below nothing.

The amounts are passed in each time, because endpoints change them in their answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from personalization.llm.limits import Limits

MINUTE = 60.0
BURST = 0.1  # of a minute's amount
CLOSE = 0.01  # of a call or token; what clocks and arithmetic lose must keep no call waiting


@dataclass(frozen=True, slots=True)
class Bucket:
    """How much is in it (less than nothing: a debt), at which time."""

    level: float
    at: float


@dataclass(frozen=True, slots=True)
class Rates:
    """What a minute allows; None: nobody knows of a limit."""

    requests: float | None = None
    tokens: float | None = None


@dataclass(frozen=True, slots=True)
class Buckets:
    """Both buckets of an endpoint, as all its workers share them; None: full, or no limit."""

    requests: Bucket | None = None
    tokens: Bucket | None = None

    def stored(self) -> dict[str, Any]:
        """Return what a database row keeps."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row holds; an empty one is a pair of full buckets."""
        requests, tokens = (stored.get(name) for name in ("requests", "tokens"))
        return cls(requests and Bucket(**requests), tokens and Bucket(**tokens))


@dataclass(frozen=True, slots=True)
class Taken:
    """How many calls may go now, and when the next one may; None where there is none left over."""

    count: int
    buckets: Buckets
    next_at: float | None


def burst(per_minute: float) -> float:
    """Return how much a bucket holds."""
    return max(per_minute * BURST, 1.0)


def refill(bucket: Bucket | None, per_minute: float, now: float) -> Bucket:
    """Return a bucket as it is now; a new one is full."""
    most = burst(per_minute)
    if bucket is None:
        return Bucket(most, now)
    passed = max(now - bucket.at, 0.0)
    return Bucket(min(bucket.level + passed * per_minute / MINUTE, most), max(now, bucket.at))


def take(buckets: Buckets, rates: Rates, sizes: Sequence[float], now: float) -> Taken:
    """Take calls of so many estimated tokens each, in their order, as many as may go now.

    None overtakes another: a large call would wait for ever behind small ones.

    >>> empty = Buckets(requests=Bucket(level=0.0, at=0.0))
    >>> taken = take(empty, Rates(requests=60), [100, 100, 100, 100], now=2.5)
    >>> taken.count, taken.next_at
    (2, 3.0)
    """
    requests = None if rates.requests is None else refill(buckets.requests, rates.requests, now)
    tokens = None if rates.tokens is None else refill(buckets.tokens, rates.tokens, now)
    for count, size in enumerate(sizes):
        waits = (_wait(requests, rates.requests, 1.0), _wait(tokens, rates.tokens, size))
        if any(waits):
            return Taken(count, Buckets(requests, tokens), now + max(waits))
        requests, tokens = _less(requests, 1.0), _less(tokens, size)
    return Taken(len(sizes), Buckets(requests, tokens), None)


def settle(
    buckets: Buckets, reserved: float = 0, used: float = 0, unused_calls: int = 0
) -> Buckets:
    """Return buckets after calls: `used` tokens of those `reserved`, and calls not made after all."""
    return Buckets(_less(buckets.requests, -unused_calls), _less(buckets.tokens, used - reserved))


def heard(buckets: Buckets, limits: Limits) -> Buckets:
    """Return buckets that hold no more than the endpoint says is left: others use its key, too."""
    return Buckets(
        _at_most(buckets.requests, limits.requests_left),
        _at_most(buckets.tokens, limits.tokens_left),
    )


def _wait(bucket: Bucket | None, per_minute: float | None, size: float) -> float:
    """Return in how many seconds a call may go."""
    if bucket is None or per_minute is None:
        return 0.0
    lacking = min(size, burst(per_minute)) - bucket.level
    return lacking * MINUTE / per_minute if lacking > CLOSE else 0.0


def _less(bucket: Bucket | None, amount: float) -> Bucket | None:
    return bucket and replace(bucket, level=bucket.level - amount)


def _at_most(bucket: Bucket | None, left: int | None) -> Bucket | None:
    if bucket is None or left is None:
        return bucket
    return replace(bucket, level=min(bucket.level, float(left)))
