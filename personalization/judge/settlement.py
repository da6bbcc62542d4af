"""Settle several readings of a judge into one judgment (protocols 0.2); pure, no Django.

A reading is a value, a distribution over the options, or both; readings are mapped back to the
candidates before they come here. Each order is settled first, from its samples where there are
several; then the two orders settle. Samples of different orders are never pooled.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from personalization.judge.choices import Scale, Side

INCONSISTENT, UNPARSED = "inconsistent", "unparsed"
# Two shares that differ by less are equal: they may be sums of the same numbers in another order.
EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading, mapped back to candidates: a value (option code), or None with a reason.

    `distribution` holds a share for each option of the question, in the order of its codes;
    `left_out` is the probability that the endpoint's top tokens did not hold. A reading with a
    distribution and neither value nor reason says what its distribution says.
    """

    value: int | None
    reason: str | None = None
    certainty: int | None = None
    distribution: tuple[float, ...] | None = None
    left_out: float | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What a judge is taken to have answered; `score` is the mean of both orders, ordinal only."""

    value: int | None
    reason: str | None
    score: float | None = None
    certainty: int | None = None
    distribution: tuple[float, ...] | None = None

    @property
    def given_up(self) -> bool:
        """Return whether there is nothing to go by: no value, and no two answers that differ."""
        return self.value is None and self.reason != INCONSISTENT


def settle(readings: Mapping[Side, Sequence[Reading]], scale: Scale) -> Settled:
    """Return what an item's readings come to, by side: `none` alone, or `ab` and `ba`.

    >>> from personalization.judge.choices import Choice
    >>> five = Scale(tuple(Choice(code, str(code + 1), "", score=code + 1.0) for code in range(5)),
    ...     ordered=True, pairs=True)
    >>> settle({"ab": [Reading(3)], "ba": [Reading(4)]}, five)
    Settled(value=None, reason='inconsistent', score=4.5, certainty=None, distribution=None)
    >>> settle({"ab": [Reading(3), Reading(3), Reading(0)], "ba": [Reading(3)] * 3}, five).score
    3.5
    """
    if readings.keys() not in ({"none"}, {"ab", "ba"}) or not all(readings.values()):
        raise ValueError(f"readings of one side or of both orders, not of {sorted(readings)}")
    sampled = any(len(samples) > 1 for samples in readings.values())
    orders = {
        side: settle_samples(samples, scale) if sampled else settle_one(samples[0], scale)
        for side, samples in readings.items()
    }
    return orders["none"] if "none" in orders else _both(orders["ab"], orders["ba"])


def settle_one(reading: Reading, scale: Scale) -> Settled:
    """Return one reading as an answer.

    Of a distribution alone, the value is the most probable option, where there is one; the score
    is the expected one, sum_i q_i * score_i.
    """
    shares, value, reason = reading.distribution, reading.value, reading.reason
    if value is None and reason is None and shares is not None:
        value = most_probable(shares, scale)
        reason = INCONSISTENT if value is None else None
    if value is None and reason != INCONSISTENT:
        return Settled(None, reason or UNPARSED)
    score = None
    if scale.ordered and shares is not None:
        score = expected(shares, scale)
    elif scale.ordered and value is not None:
        score = scale.score(value)
    return Settled(value, reason, score, reading.certainty, shares)


def settle_samples(samples: Sequence[Reading], scale: Scale) -> Settled:
    """Return several samples of one order as an answer.

    Distribution: shares over the readable samples. Value: their strict majority, else none
    (`inconsistent`). Score: their mean. None readable: `unparsed`, or what else made all of them
    unreadable.
    """
    read = [settle_one(one, scale) for one in samples]
    said = [one.value for one in read if one.value is not None]
    if not said:
        return Settled(None, _reason(read))
    votes = Counter(said)
    value, most = votes.most_common(1)[0]
    majority = value if 2 * most > len(said) else None
    return Settled(
        majority,
        None if majority is not None else INCONSISTENT,
        sum(map(scale.score, said)) / len(said) if scale.ordered else None,
        None,
        tuple(votes[one.code] / len(said) for one in scale.choices),
    )


def settle_single(reading: Reading, score: Callable[[int], float] | None = None) -> Settled:
    """Return the single reading where nothing can be swapped; `score` for ordinal questions."""
    if reading.value is None:
        return Settled(None, reading.reason or UNPARSED)
    value = reading.value
    return Settled(value, None, score(value) if score else None, reading.certainty)


def settle_orders(ab: Reading, ba: Reading, score: Callable[[int], float] | None = None) -> Settled:
    """Return both orders of plain values as one answer, as `settle` does.

    >>> settle_orders(Reading(3), Reading(4), score=lambda code: code + 1.0).score
    4.5
    >>> settle_orders(Reading(1, certainty=80), Reading(1, certainty=60)).certainty
    60
    """
    return _both(settle_single(ab, score), settle_single(ba, score))


def most_probable(shares: Sequence[float], scale: Scale) -> int | None:
    """Return the code of the option with the largest share, None where several have it.

    >>> from personalization.judge.choices import Choice
    >>> two = Scale((Choice(0, "a", "A"), Choice(1, "b", "B")), ordered=False, pairs=True)
    >>> most_probable([.4, .6], two), most_probable([.5, .5], two)
    (1, None)
    """
    most = max(shares)
    best = [
        one.code for one, share in zip(scale.choices, shares, strict=True) if most - share <= EQUAL
    ]
    return best[0] if len(best) == 1 else None


def expected(shares: Sequence[float], scale: Scale) -> float:
    """Return the expected score of a distribution."""
    whole = sum(shares)
    parts = zip(scale.choices, shares, strict=True)
    return sum(share * scale.score(one.code) for one, share in parts) / whole


def is_flip(ab: float, ba: float, midpoint: float | None = None) -> bool:
    """Return whether two readable orders contradict each other.

    Nominal (`midpoint` None): any difference. Ordinal: opposite sides of the scale's midpoint.

    >>> is_flip(4, 5, midpoint=3), is_flip(2, 4, midpoint=3)
    (False, True)
    """
    if midpoint is None:
        return ab != ba
    return (ab - midpoint) * (ba - midpoint) < 0


def _both(ab: Settled, ba: Settled) -> Settled:
    """Return both orders as one answer.

    Any unreadable: `unparsed`, or what else made them unreadable, and no score. Equal values: that
    value; else none, `inconsistent`. Score and distribution: the means of both. Certainty: the
    lower one where the orders agree, else none (protocols, PJ).
    """
    if ab.given_up or ba.given_up:
        return Settled(None, _reason([ab, ba]))
    score = None if ab.score is None or ba.score is None else (ab.score + ba.score) / 2
    both = Settled(None, INCONSISTENT, score, None, _mean(ab.distribution, ba.distribution))
    if ab.value is None or ab.value != ba.value:
        return both
    return replace(both, value=ab.value, reason=None, certainty=_lower(ab.certainty, ba.certainty))


def _reason(answers: Sequence[Settled]) -> str:
    """Return what made answers unreadable, where it is the same for all that are."""
    reasons = {one.reason for one in answers if one.given_up}
    return (reasons.pop() if len(reasons) == 1 else None) or UNPARSED


def _mean(
    one: tuple[float, ...] | None, other: tuple[float, ...] | None
) -> tuple[float, ...] | None:
    if one is None or other is None:
        return None
    return tuple((left + right) / 2 for left, right in zip(one, other, strict=True))


def _lower(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else min(one, other)
