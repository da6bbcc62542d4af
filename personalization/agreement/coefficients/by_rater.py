"""Agreement among people with raters, too, as a sample: leave one out, or draw items and raters."""

from collections.abc import Callable

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.coefficients.chance import of_weights
from personalization.agreement.coefficients.gwet import GWET, gwet_ac1
from personalization.agreement.coefficients.krippendorff import alpha, alpha_of
from personalization.agreement.coefficients.raw import raw_agreement
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate, Level, with_interval
from personalization.agreement.intervals.bootstrap import Statistic
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.jackknife import jackknife_of_items
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.intervals.sums import quotient
from personalization.agreement.intervals.two_way import DRAWS, two_way_interval
from personalization.agreement.keys import row_sums
from personalization.agreement.patterns import Patterns, collapse


def alpha_by_rater(ratings: Ratings, level: Level, scores: FloatArray | None = None) -> Estimate:
    """Return Krippendorff's alpha with the delete-one-rater jackknife (see `krippendorff.alpha`).

    Only raters of pairable items count and are left out. Undefined: as alpha. No interval: fewer
    than 5 such raters; alpha undefined without one of them.

    Five raters, twelve items; the first rater is alone with his answer on three of them:

    >>> item, rater = np.divmod(np.arange(60), 5)
    >>> ratings = Ratings(item, rater, (item + (rater < item // 9)) % 2, 12, 5, 2)
    >>> found = alpha_by_rater(ratings, Level.NOMINAL)
    >>> round(found.value, 4), round(found.low, 4), found.method
    (0.8031, 0.2584, 'delete-one-rater jackknife, R=5')
    """
    found = alpha(_patterns(ratings), level, scores, draws=0)
    if found.value is None:
        return found
    single = row_sums(ratings.histogram) == 1
    pairable = ratings.only(np.flatnonzero(~single[ratings.item])) if single.any() else ratings

    def of_rows(rows: IntArray) -> Statistic:
        return _of_kept(rows, 2, lambda patterns: alpha_of(patterns, level, scores))

    return with_interval(found, jackknife_of_items(of_rows, pairable))


def gwet_ac1_by_rater(ratings: Ratings) -> Estimate:
    """Return Gwet's AC1 with the delete-one-rater jackknife (see `gwet.gwet_ac1`).

    Undefined: as AC1. No interval: fewer than 5 raters; AC1 undefined without one of them.

    >>> item, rater = np.divmod(np.arange(60), 5)
    >>> ratings = Ratings(item, rater, (item + (rater < item // 9)) % 2, 12, 5, 2)
    >>> found = gwet_ac1_by_rater(ratings)
    >>> round(found.value, 4), round(found.low, 4), found.high
    (0.8002, 0.2459, 1.0)
    """
    found = gwet_ac1(_patterns(ratings), draws=0)
    if found.value is None:
        return found

    def of_rows(rows: IntArray) -> Statistic:
        return _of_kept(rows, 1, lambda patterns: of_weights(GWET, patterns, Weights.PLAIN))

    return with_interval(found, jackknife_of_items(of_rows, ratings))


def raw_agreement_two_way(
    ratings: Ratings, owner: IntArray | None = None, *, seed: int | str = 0, draws: int = DRAWS
) -> Estimate:
    """Return the item mean of agreeing rater pairs with the two-way bootstrap (see `raw`).

    A draw: sum_i u_i (sum_c W_ic^2 - S_i) / (W_i^2 - S_i) / sum_i u_i over items with W_i^2 > S_i,
    letters as in `two_way_interval`. owner: (N,) or None. Undefined: no item with two ratings. No
    interval: fewer than 5 raters, fewer than 10 owners where items have owners.

    >>> item, rater = np.divmod(np.arange(60), 5)
    >>> ratings = Ratings(item, rater, (item + (rater < item // 9)) % 2, 12, 5, 2)
    >>> found = raw_agreement_two_way(ratings)
    >>> round(found.value, 4), found.low < found.value < found.high
    (0.9, True)
    """
    found = raw_agreement(_patterns(ratings), draws=0)
    key = stable_seed(seed, "raw agreement, two-way")
    drawn = two_way_interval(_agreeing_pairs, quotient, ratings, owner, seed=key, draws=draws)
    return with_interval(found, drawn)


def _patterns(ratings: Ratings) -> Patterns:
    return collapse(ratings.histogram, n_raters=ratings.n_raters)


def _of_kept(rows: IntArray, ratings: int, of: Callable[[Patterns], Statistic]) -> Statistic:
    """Return the statistic of the rows with so many ratings or more; the others count for nothing."""
    kept = row_sums(rows) >= ratings
    statistic = of(Patterns(rows[kept], np.ones(int(kept.sum()), np.int64)))
    return lambda weights: statistic(weights[:, kept])


def _agreeing_pairs(counts: FloatArray, squares: FloatArray) -> tuple[FloatArray, FloatArray]:
    agreeing = np.einsum("vib,vib->ib", counts, counts) - squares
    pairs = counts.sum(axis=0) ** 2 - squares
    paired = pairs > 0
    return np.divide(agreeing, pairs, out=np.zeros_like(pairs), where=paired), paired
