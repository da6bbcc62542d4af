"""The definitions of section 4.6, one rating after the other: slow, and easy to believe."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from personalization.agreement.arrays import IntArray
from personalization.agreement.estimate import Estimate
from personalization.agreement.patterns import histogram

N_ITEMS, N_VALUES = 9, 4


@dataclass(frozen=True)
class Panel:
    """Ratings (item, rater, value) and a judge's answer per item."""

    item: IntArray
    rater: IntArray
    value: IntArray
    judge: IntArray

    @property
    def hist(self) -> IntArray:
        return histogram(self.item, self.value, len(self.judge), N_VALUES)

    def compared(self) -> list[tuple[int, int, int, list[int]]]:
        """Return (rater, value, judge's value, values of the others) of each comparable rating."""
        rows = list(zip(self.item.tolist(), self.rater.tolist(), self.value.tolist(), strict=True))
        found = []
        for item, rater, value in rows:
            others = [theirs for where, who, theirs in rows if where == item and who != rater]
            if others and self.judge[item] >= 0:
                found.append((rater, value, int(self.judge[item]), others))
        return found


def value(estimate: Estimate) -> float:
    """Return the value, which there must be."""
    assert estimate.value is not None
    return estimate.value


def ends(estimate: Estimate) -> tuple[float, float]:
    """Return the ends of the interval, which there must be."""
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def width(estimate: Estimate) -> float:
    """Return the width of the interval."""
    low, high = ends(estimate)
    return high - low


def plurality_credit(answer: int, others: list[int]) -> float:
    """Return [answer in P] / |P|."""
    counts = Counter(others)
    top = [value for value, count in counts.items() if count == max(counts.values())]
    return (answer in top) / len(top)


def share_credit(answer: int, others: list[int]) -> float:
    """Return the share of the others who say the answer."""
    return others.count(answer) / len(others)


def distance(answer: int, others: list[int]) -> float:
    """Return how far the answer is from the mean of the others."""
    return float(abs(answer - np.mean(others)))


@st.composite
def panels(draw: st.DrawFn, lowest: int = -2) -> Panel:
    """Up to nine items rated by some of five raters, and a judge."""
    cells = st.tuples(st.integers(0, N_ITEMS - 1), st.integers(0, 4))
    rated = draw(st.lists(cells, min_size=1, max_size=30, unique=True))
    value = draw(st.lists(st.integers(0, N_VALUES - 1), min_size=len(rated), max_size=len(rated)))
    answers = st.lists(st.integers(lowest, N_VALUES - 1), min_size=N_ITEMS, max_size=N_ITEMS)
    item, rater = np.array(rated).T
    return Panel(item, rater, np.array(value), np.array(draw(answers)))
