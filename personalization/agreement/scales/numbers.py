"""One number per item, coded by its place among the distinct ones."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.keys import column_keys, distinct, row_sums

# Two means of the same answers, added up in another order, differ by less than this part of them.
DUST = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A number per item.

    levels: (L,) the distinct numbers, ascending; code: (N,) places in them, INVALID where there is
    nothing readable, NOT_ASKED where there is nothing.
    """

    levels: FloatArray
    code: IntArray

    def only(self, items: BoolArray) -> "Numbers":
        """Return the numbers of the chosen items."""
        return Numbers(self.levels, self.code[items])

    @property
    def values(self) -> FloatArray:
        """The number of each item, (N,), nan where there is none."""
        found = np.full(len(self.code), np.nan)
        known = self.code >= 0
        found[known] = self.levels[self.code[known]]
        return found


def numbers_of(x: FloatArray) -> Numbers:
    """Code the numbers x (N,), nan = none; equal up to rounding is equal (C2).

    >>> coded = numbers_of(np.array([0.1 + 0.2, np.nan, 0.3, -1.0]))
    >>> coded.levels.tolist(), coded.code.tolist()
    ([-1.0, 0.3], [1, -2, 1, 0])
    """
    code = np.full(len(x), NOT_ASKED)
    known = ~np.isnan(x)
    given = x[known]
    first, place = distinct(column_keys(given))
    exact = given[first]
    far = np.diff(exact, prepend=-np.inf) > DUST * np.abs(exact).max(initial=0)
    code[known] = (np.cumsum(far) - 1)[place]
    return Numbers(exact[far], code)


def human_means(hist: IntArray, scores: FloatArray) -> Numbers:
    """Return the mean score of each item's ratings, sum_c n_ic x_c / m_i.

    hist: (N, V); scores: (V,) the options' numbers x_c, in any unit. Items without a rating have none.

    >>> means = human_means(np.array([[1, 0, 1], [0, 2, 0], [0, 0, 0]]), np.array([1.0, 2, 3]))
    >>> means.levels.tolist(), means.code.tolist()
    ([2.0], [0, 0, -2])
    """
    m = row_sums(hist)
    return numbers_of(ratio(np.einsum("nv,v->n", hist, scores), m.astype(np.float64), m > 0))


def judge_numbers(value: IntArray, scores: FloatArray, score: FloatArray | None = None) -> Numbers:
    """Return the judge's score where it has one, else the score of its value.

    value: (N,) codes, INVALID, NOT_ASKED; scores: (V,); score: (N,), nan = none. A judge whose two
    orders differ by a point has a score and no value (protocols.md 0.2).

    >>> judged = judge_numbers(np.array([2, -1, -1]), np.array([1.0, 2, 3]), np.array([np.nan, 1.5, np.nan]))
    >>> judged.levels.tolist(), judged.code.tolist()
    ([1.5, 3.0], [1, 0, -1])
    """
    options = numbers_of(scores)
    if score is None:
        return Numbers(
            options.levels, np.where(value >= 0, options.code[np.maximum(value, 0)], value)
        )
    said = np.where(value >= 0, scores[np.maximum(value, 0)], np.nan)
    found = numbers_of(np.where(np.isnan(score), said, score))
    unread = (found.code < 0) & (value == INVALID)
    return Numbers(found.levels, np.where(unread, INVALID, found.code))
