"""Delete one rater after the other: for numbers that pair people with people.

Drawing raters with replacement is wrong there: whoever is drawn twice agrees with himself, and
outvotes the others in a majority.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from scipy.special import stdtrit

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import Interval
from personalization.agreement.intervals.bootstrap import Statistic
from personalization.agreement.intervals.draws import BLOCK_CELLS
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.keys import distinct, row_keys
from personalization.agreement.minimums import current

OfRows: TypeAlias = Callable[[IntArray], Statistic]
"""(P, K) distinct rows -> the statistic of their weights, (B, P) -> (B,), nan where undefined"""

# A weight for every rater and distinct row: above this the interval would cost seconds.
MOST_CELLS = 1 << 24


def jackknife(
    value: float,
    without: FloatArray,
    *,
    least: float = -np.inf,
    most: float = 1.0,
    at_least: int | None = None,
) -> Interval:
    """Return the delete-one-rater jackknife interval (Tukey 1958; Efron & Tibshirani 1993, ch. 11).

    K +- t(.975, R - 1) SE, SE^2 = (R - 1) / R sum_h (K_(h) - mean)^2, kept within least..most.
    without: (R,) the number without each rater, in the unit of the number. No interval: fewer than
    `at_least` (5) raters; the number is undefined (nan) without one of them.

    t(.975, 4) = 2.7764, SE^2 = 4/5 * .00020:

    >>> found = jackknife(0.5, np.array([0.49, 0.5, 0.5, 0.5, 0.51]))
    >>> round(found.low, 4), round(found.high, 4), found.method
    (0.4649, 0.5351, 'delete-one-rater jackknife, R=5')
    """
    n, at_least = len(without), current().interval_raters if at_least is None else at_least
    if n < at_least:
        return Interval(method=f"no rater jackknife: {n} of {at_least} raters")
    if np.isnan(without).any():
        return Interval(method="no rater jackknife: undefined without one of the raters")
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    half = float(stdtrit(n - 1, 0.975) * error)
    method = f"delete-one-rater jackknife, R={n}"
    return Interval(max(least, value - half), min(most, value + half), method)


def jackknife_of_items(
    of_rows: OfRows,
    ratings: Ratings,
    beside: IntArray | None = None,
    *,
    least: float = -np.inf,
    most: float = 1.0,
    at_least: int | None = None,
) -> Interval:
    """Return the jackknife interval of a function of weighted item histograms.

    of_rows: from distinct rows, (P, V) histograms (and in the last column what `beside`, (N,),
    holds of the item, such as the judge's value), to a function of their weights. Leaving a rater
    out only moves the items he rated from their row to the row with one rating less, so each
    rater's number costs one row of weights, whatever the number of items. Rows without a rating
    may occur and have to count for nothing. No interval: as in `jackknife`; too many different
    rows for that many raters.

    Three raters who say (0, 0, 1) of one item and (1, 1, 1) of another; the share of ratings 1:

    >>> ratings = Ratings(np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2]),
    ...     np.array([0, 0, 1, 1, 1, 1]), n_items=2, n_raters=3, n_values=2)
    >>> def share(rows):
    ...     return lambda weights: weights @ rows[:, 1] / (weights @ rows.sum(axis=1))
    >>> found = jackknife_of_items(share, ratings, at_least=3)
    >>> round(found.low, 4), found.high
    (-0.0504, 1.0)
    """
    raters, who = distinct(ratings.rater)
    at_least = current().interval_raters if at_least is None else at_least
    if len(raters) < at_least:
        return jackknife(np.nan, np.full(len(raters), np.nan), at_least=at_least)
    rows, lowest = ratings.histogram, 0
    if beside is not None:
        lowest = int(beside.min(initial=0))
        rows = np.column_stack([rows, (beside - lowest).astype(rows.dtype)])
    first, pattern = distinct(row_keys(rows))
    changes = pattern[ratings.item] * ratings.n_values + ratings.value
    changed, change = distinct(changes)
    if len(raters) * (len(first) + len(changed)) > MOST_CELLS:
        return Interval(method="no rater jackknife: too many different items")
    looks, taken = np.divmod(changes[changed], ratings.n_values)
    kinds = rows[first].astype(np.int64)
    if beside is not None:
        kinds[:, -1] += lowest
    fewer = kinds[looks]
    fewer[np.arange(len(fewer)), taken] -= 1
    statistic = of_rows(np.concatenate([kinds, fewer]))
    items = np.bincount(pattern, minlength=len(first))
    whole = np.concatenate([items, np.zeros(len(fewer), np.int64)])
    lost = np.bincount(who * len(fewer) + change, minlength=len(raters) * len(fewer))
    blocks = _without(whole, looks, lost.reshape(len(raters), -1))
    without = np.concatenate([statistic(weights) for weights in blocks])
    value = float(statistic(whole[None, :].astype(np.float64))[0])
    return jackknife(value, without, least=least, most=most, at_least=at_least)


def _without(whole: IntArray, looks: IntArray, lost: IntArray) -> Iterator[FloatArray]:
    """Yield the weights of all rows without each rater: whole ones first, then shortened ones.

    lost: (R, C) items that each rater takes from row looks[c] to the shortened row c.
    """
    n_whole = len(whole) - len(looks)
    starts = np.flatnonzero(np.diff(looks, prepend=-1))
    step = max(1, BLOCK_CELLS // max(len(whole), 1))
    for start in range(0, len(lost), step):
        moved = lost[start : start + step].astype(np.float64)
        left = np.tile(whole[:n_whole].astype(np.float64), (len(moved), 1))
        left[:, looks[starts]] -= np.add.reduceat(moved, starts, axis=1)
        yield np.concatenate([left, moved], axis=1)
