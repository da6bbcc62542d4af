"""Items (or their owners) and raters drawn at once: both are samples of more of their kind."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import gammaincc

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import NO_INTERVAL, Interval
from personalization.agreement.intervals.bootstrap import percentiles
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.intervals.sums import Finish
from personalization.agreement.keys import distinct
from personalization.agreement.minimums import current

Terms: TypeAlias = Callable[[FloatArray, FloatArray], tuple[FloatArray, ...]]
"""(V, n, B) weighted histograms, (n, B) sums of squared weights -> K terms per item, (n, B) each"""

DRAWS = 200
# So many items and draws at a time stay in the processor's cache.
ITEMS, AT_ONCE = 1024, 100
# 2^32 P(Poisson(1) <= k): a number of 32 random bits is above as many of these as Poisson(1) counts.
STEPS = (2.0**32 * gammaincc(np.arange(1, 13), 1.0)).astype(np.uint32)


def two_way_interval(
    terms: Terms,
    finish: Finish,
    ratings: Ratings,
    owner: IntArray | None = None,
    *,
    seed: int | str,
    draws: int = DRAWS,
    at_least_raters: int | None = None,
    at_least_owners: int | None = None,
) -> Interval:
    """Return the two-way bootstrap interval, 2.5 to 97.5 % (Owen 2007, the pigeonhole bootstrap).

    A rating weighs u v, u ~ Poisson(1) of its owner (of its item where nobody owns it), v ~
    Poisson(1) of its rater. u is common to an item and stays outside: with W_ic = sum of v over the
    ratings of item i with value c and S_i = sum of v^2, a draw is finish of sum_i u_i
    terms(W_i, S_i). Pairs of different raters of an item weigh (sum_c W_ic)^2 - S_i, the agreeing
    ones sum_c W_ic^2 - S_i: nobody is paired with himself, however often he is drawn. The interval
    errs on the wide side. owner: (N,), -1 = nobody. No interval: fewer raters (5) or owners (10)
    than asked for; more than half of the draws undefined.

    Ten items; all raters say 0 of seven of them and 1 of the others. The share of ratings 0:

    >>> item, rater = np.divmod(np.arange(50), 5)
    >>> ratings = Ratings(item, rater, (item > 6).astype(int), 10, 5, 2)
    >>> found = two_way_interval(lambda counts, _squares: (counts[0], counts.sum(axis=0)),
    ...     lambda sums: sums[:, 0] / np.maximum(sums[:, 1], 1), ratings, seed=0)
    >>> found.low < 0.7 < found.high, found.method
    (True, 'two-way bootstrap by item and rater, B=200')
    """
    ratings, owner = _rated(ratings, owner)
    unit, drawn = _units(owner, ratings.n_items)
    raters, who = distinct(ratings.rater)
    n_units, n_raters = int(drawn.max(initial=-1)) + 1, len(raters)
    if draws == 0 or not n_raters:
        return NO_INTERVAL
    enough = current()
    at_least_raters = enough.interval_raters if at_least_raters is None else at_least_raters
    at_least_owners = enough.owners if at_least_owners is None else at_least_owners
    if n_raters < at_least_raters:
        return Interval(method=f"no two-way bootstrap: {n_raters} of {at_least_raters} raters")
    if unit == "owner" and n_units < at_least_owners:
        return Interval(method=f"no two-way bootstrap: {n_units} of {at_least_owners} owners")
    rng = np.random.default_rng(stable_seed(seed))
    tables = _Tables(ratings, who, n_raters)
    sums = []
    for start in range(0, draws, AT_ONCE):
        size = min(AT_ONCE, draws - start)
        times = _poisson(rng, n_units, size)[drawn]
        sums.append(tables.drawn(terms, times, _poisson(rng, n_raters, size)))
    replicates = finish(np.concatenate(sums))
    return percentiles(replicates, f"two-way bootstrap by {unit} and rater, B={draws}")


def _poisson(rng: np.random.Generator, number: int, draws: int) -> IntArray:
    """Draw from Poisson(1), (number, draws), to 2^-32: several times faster than numpy's own."""
    counts = np.zeros((number, draws), np.uint8)
    for start in range(0, number, ITEMS):
        block = counts[start : start + ITEMS]
        bits = rng.integers(0, 1 << 32, block.shape, np.uint32)
        for step in STEPS:
            block += bits >= step
    return counts


def _rated(ratings: Ratings, owner: IntArray | None) -> tuple[Ratings, IntArray | None]:
    """Leave out items without a rating: nobody draws them, nor owners who have no other."""
    first, item = distinct(ratings.item)
    if len(first) == ratings.n_items:
        return ratings, owner
    held = None if owner is None else owner[ratings.item[first]]
    return replace(ratings, item=item, n_items=len(first)), held


def _units(owner: IntArray | None, n_items: int) -> tuple[str, IntArray]:
    """Return what is drawn and its code for each item; items that nobody owns stand alone."""
    if owner is None or not (owner >= 0).any():
        return "item", np.arange(n_items)
    alone = owner < 0
    who = np.where(alone, owner.max() + np.cumsum(alone), owner)
    return "owner", distinct(who)[1]


class _Tables:
    """Who gave each item each value, sparse: a row per value and item, a column per rater."""

    def __init__(self, ratings: Ratings, who: IntArray, n_raters: int) -> None:
        self.n_items, self.n_values = ratings.n_items, ratings.n_values
        # Single precision moves half the memory: weights are whole and exact, shares lose 1e-7.
        ones = np.ones(len(who), np.float32)
        # The rows of a block of items stand together, value after value.
        start = ratings.item // ITEMS * ITEMS
        size = np.minimum(ITEMS, ratings.n_items - start)
        row = start * ratings.n_values + ratings.value * size + ratings.item - start
        n_rows = ratings.n_items * ratings.n_values
        self.by_value = csr_matrix((ones, (row, who)), (n_rows, n_raters))
        self.everyone = csr_matrix((ones, (ratings.item, who)), (ratings.n_items, n_raters))

    def drawn(self, terms: Terms, times: IntArray, weight: IntArray) -> FloatArray:
        """Return the sums (B, K) of the terms, every item so many times (N, B)."""
        v = weight.astype(np.float32)
        v_squared = v**2
        sums = []
        for start in range(0, self.n_items, ITEMS):
            end = min(start + ITEMS, self.n_items)
            counts = self.by_value[start * self.n_values : end * self.n_values] @ v
            squares = self.everyone[start:end] @ v_squared
            found = terms(counts.reshape(self.n_values, end - start, -1), squares)
            u = times[start:end].astype(np.float32)
            sums.append([np.einsum("ib,ib->b", u, one) for one in found])
        total: FloatArray = np.array(sums, np.float64).sum(axis=0).T
        return total
