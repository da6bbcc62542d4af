"""What a run will use and how long it will take, from a sample of its requests; pure, numbers alone.

Each figure has an expected value and two ends. What was drawn tells of the rest as far as the mean
does: two standard errors to either side. Where earlier answers of the same model are known, they
tell how many tokens a request really has and how long answers become; where not, guesses do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import Literal

from personalization.llm.tokens import USUAL_MOST

ERRORS = 2.0  # standard errors to either side
LEAST = 5  # earlier answers from which on they count more than a guess
MINUTE = 60.0
Bound = Literal["places", "requests", "tokens"]


@dataclass(frozen=True, slots=True)
class Range:
    """An expected number between two ends."""

    low: float
    expected: float
    high: float

    def __mul__(self, other: "Range | float") -> "Range":
        if isinstance(other, Range):
            return Range(
                self.low * other.low, self.expected * other.expected, self.high * other.high
            )
        return Range(self.low * other, self.expected * other, self.high * other)

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def at_most(self, limit: float | None) -> "Range":
        """Return the same with a limit that nothing goes beyond."""
        if limit is None:
            return self
        return Range(min(self.low, limit), min(self.expected, limit), min(self.high, limit))


NOTHING = Range(0, 0, 0)
# Real tokens to estimated ones: English has fewer than the rule says.
RATIO = Range(0.6, 0.8, 1.0)
# Tokens of an answer, by whether the judge thinks first, in up to three sentences.
THOUGHT, PLAIN = Range(20, 90, 250), Range(2, 8, 30)
# Tokens of a text that a model writes: attributes, a response.
TEXT = Range(60, 300, 900)


def mean_of(values: Sequence[float], whole: int | None = None) -> Range:
    """Return the mean with its ends; of `whole` values where they were drawn from so many.

    >>> mean_of([4, 4, 4], 1000), mean_of([1, 3], 2)
    (Range(low=4, expected=4, high=4), Range(low=2, expected=2, high=2))
    """
    mean = fmean(values)
    mean = int(mean) if mean == int(mean) else mean
    if len(values) < 2 or len(values) == whole:
        return Range(mean, mean, mean)
    left = 1.0 if whole is None else max(1 - len(values) / whole, 0.0)
    error = ERRORS * stdev(values) * sqrt(left / len(values))
    return Range(max(mean - error, 0), mean, mean + error) if error else Range(mean, mean, mean)


def ratio_of(estimated_and_real: Sequence[tuple[int, int]]) -> Range:
    """Return how many real tokens one estimated token is, as earlier requests say."""
    ratios = [real / estimated for estimated, real in estimated_and_real if estimated]
    return mean_of(ratios) if len(ratios) >= LEAST else RATIO


def answer_of(written: Sequence[int], limit: int | None, *, thinks: bool) -> Range:
    """Return how many tokens an answer has, as earlier answers say."""
    known = mean_of(written) if len(written) >= LEAST else (THOUGHT if thinks else PLAIN)
    return known.at_most(limit)


def text_of(written: Sequence[int], limit: int | None) -> Range:
    """Return how many tokens a text has that a model writes, as earlier ones say."""
    return (mean_of(written) if len(written) >= LEAST else TEXT).at_most(limit)


def longest(written: Sequence[int], limit: int | None) -> int:
    """Return how many tokens an answer has at most: for what a run may cost in the worst case."""
    return limit or max([USUAL_MOST, *written])


@dataclass(frozen=True, slots=True)
class Speed:
    """What decides how fast calls can be made; None: not known, or no limit."""

    places: int
    latency: float | None
    requests_per_minute: int | None
    tokens_per_minute: int | None


def seconds_for(calls: int, tokens: Range, speed: Speed) -> tuple[Range | None, Bound | None]:
    """Return how long so many calls take, and what holds them up; None where nothing is known."""
    ways: dict[Bound, Range] = {}
    if speed.latency is not None:
        busy = calls * speed.latency / speed.places
        ways["places"] = Range(busy, busy, busy)
    if speed.requests_per_minute is not None:
        waiting = MINUTE * calls / speed.requests_per_minute
        ways["requests"] = Range(waiting, waiting, waiting)
    if speed.tokens_per_minute is not None:
        ways["tokens"] = tokens * (MINUTE / speed.tokens_per_minute)
    if not ways:
        return None, None
    slowest = max(ways, key=lambda name: ways[name].expected)
    ends = ways.values()
    whole = Range(
        max(one.low for one in ends), ways[slowest].expected, max(one.high for one in ends)
    )
    return whole, slowest
