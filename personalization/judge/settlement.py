"""Settle several readings of a judge into one judgment (protocols 0.2); pure, no Django."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading, mapped back to candidates: a value (option code), or None with a reason."""

    value: int | None
    reason: str | None = None
    certainty: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What a judge is taken to have answered; `score` is the mean of both orders, ordinal only."""

    value: int | None
    reason: str | None
    score: float | None = None
    certainty: int | None = None


def settle_single(reading: Reading, score: Callable[[int], float] | None = None) -> Settled:
    """Return the single reading where nothing can be swapped; `score` for ordinal questions."""
    if reading.value is None:
        return Settled(None, reading.reason or "unparsed")
    value = reading.value
    return Settled(value, None, score(value) if score else None, reading.certainty)


def settle_orders(ab: Reading, ba: Reading, score: Callable[[int], float] | None = None) -> Settled:
    """Return both orders as one answer.

    Nominal (`score` None): equal -> that value; readable and different -> `inconsistent`; any
    unreadable -> `unparsed`, or what else made all of them unreadable. Ordinal: score = mean of
    both, value only where they are equal.
    Pair certainty = the lower of the two where the orders agree, else none (protocols, PJ).

    >>> settle_orders(Reading(3), Reading(4), score=lambda code: code + 1.0)
    Settled(value=None, reason='inconsistent', score=4.5, certainty=None)
    >>> settle_orders(Reading(1, certainty=80), Reading(1, certainty=60)).certainty
    60
    """
    if ab.value is None or ba.value is None:
        reasons = {one.reason for one in (ab, ba) if one.value is None}
        return Settled(None, (reasons.pop() if len(reasons) == 1 else None) or "unparsed")
    mean = (score(ab.value) + score(ba.value)) / 2 if score else None
    if ab.value != ba.value:
        return Settled(None, "inconsistent", mean)
    return Settled(ab.value, None, mean, _lower(ab.certainty, ba.certainty))


def is_flip(ab: float, ba: float, midpoint: float | None = None) -> bool:
    """Return whether two readable orders contradict each other.

    Nominal (`midpoint` None): any difference. Ordinal: opposite sides of the scale's midpoint.

    >>> is_flip(4, 5, midpoint=3), is_flip(2, 4, midpoint=3)
    (False, True)
    """
    if midpoint is None:
        return ab != ba
    return (ab - midpoint) * (ba - midpoint) < 0


def _lower(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else min(one, other)
