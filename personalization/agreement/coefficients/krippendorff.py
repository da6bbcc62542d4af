"""Krippendorff's alpha, from item histograms."""

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
from personalization.agreement.coefficients.raw import no_pairs, why_no_pairs
from personalization.agreement.estimate import Estimate, Level, Reason, Sample, defined, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, Statistic, estimated
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.sums import sums_interval
from personalization.agreement.keys import column_keys
from personalization.agreement.patterns import Patterns


def alpha(
    patterns: Patterns,
    level: Level,
    scores: FloatArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return Krippendorff's alpha, at most 1, 0 at chance, possibly negative (Krippendorff 2011).

    o_ck = sum_i n_ic (n_ik - [c=k]) / (m_i - 1) over items with m_i >= 2 ratings, n_c = sum_k o_ck,
    N = sum_c n_c;  alpha = 1 - (N - 1) sum_ck o_ck d_ck / sum_ck n_c (n_k - [c=k]) d_ck.
    d_ck is [c != k] (nominal), (x_c - x_k)^2 with scores x of the options (interval; positions
    where none are given), or (R_c - R_k)^2 with mid-ranks R_c = sum_{j<c} n_j + n_c / 2 (ordinal;
    ranked anew in each bootstrap draw). n_items and n_ratings count items with two or more
    ratings. Undefined: no such item; fewer than two values occur in them.

    Items (2, 0) and (1, 1): o = [[2, 1], [1, 0]], n = (3, 1), alpha = 1 - 3 * 2 / 6:

    >>> two = Patterns(np.array([[2, 0], [1, 1]]), np.array([1, 1]))
    >>> alpha(two, Level.NOMINAL, draws=0).value
    0.0
    """
    pairable = patterns.rated(at_least=2)
    missing = Reason.NO_VARIATION if pairable.items.any() else why_no_pairs(patterns)
    key = stable_seed(seed, "krippendorff alpha", level)
    return estimated(alpha_of(pairable, level, scores), pairable, missing, seed=key, draws=draws)


def alpha_of(pairable: Patterns, level: Level, scores: FloatArray | None = None) -> Statistic:
    """Return `alpha` as a function of weights of patterns with two or more ratings each."""
    counts = pairable.counts.astype(np.float64)
    if level is Level.NOMINAL:
        return _nominal(counts)
    if level is Level.ORDINAL:
        return _ordinal(counts)
    given = np.arange(counts.shape[1]) if scores is None else scores
    return _interval(counts, np.asarray(given, np.float64))


def _nominal(counts: FloatArray) -> Statistic:
    m = counts.sum(axis=1)
    differing = (m**2 - (counts**2).sum(axis=1)) / (m - 1)

    def value(weights: FloatArray) -> FloatArray:
        n = weights @ counts
        total = n.sum(axis=1)
        expected = total**2 - (n**2).sum(axis=1)
        return _alpha(weights @ differing, expected, total, (n > 0).sum(axis=1) > 1)

    return value


def _interval(counts: FloatArray, scores: FloatArray) -> Statistic:
    m = counts.sum(axis=1)
    # Only differences count, so the scores may be moved: squares of large ones lose digits.
    x = scores - np.average(scores, weights=counts.sum(axis=0) if counts.any() else None)
    differing = 2 * (m * (counts @ x**2) - (counts @ x) ** 2) / (m - 1)

    def value(weights: FloatArray) -> FloatArray:
        n = weights @ counts
        total = n.sum(axis=1)
        expected = 2 * (total * (n @ x**2) - (n @ x) ** 2)
        return _alpha(weights @ differing, expected, total, _two_scores(n, x))

    return value


def _ordinal(counts: FloatArray) -> Statistic:
    m = counts.sum(axis=1)

    def value(weights: FloatArray) -> FloatArray:
        n = weights @ counts
        total = n.sum(axis=1)
        # Mid-ranks from their mean, in shares of all ratings: alpha has no unit.
        x = (n.cumsum(axis=1) - n / 2 - total[:, None] / 2) / np.maximum(total, 1)[:, None]
        spread = m * (x**2 @ counts.T) - (x @ counts.T) ** 2
        observed = 2 * np.einsum("bp,bp->b", weights / (m - 1), spread)
        expected = 2 * (total * (n * x**2).sum(axis=1) - (n * x).sum(axis=1) ** 2)
        return _alpha(observed, expected, total, (n > 0).sum(axis=1) > 1)

    return value


def _two_scores(n: FloatArray, scores: FloatArray) -> BoolArray:
    """Return whether two different scores occur, decided on counts."""
    smallest = np.where(n > 0, scores, np.inf).min(axis=1, initial=np.inf)
    largest = np.where(n > 0, scores, -np.inf).max(axis=1, initial=-np.inf)
    different: BoolArray = largest > smallest
    return different


def _alpha(
    observed: FloatArray, expected: FloatArray, total: FloatArray, defined: BoolArray
) -> FloatArray:
    return 1 - ratio((total - 1) * observed, expected, defined)


def alpha_long(
    item: IntArray,
    value: FloatArray,
    level: Level,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return Krippendorff's alpha without a list of values: sliders, 0-100 (Krippendorff 2011).

    item: (M,) codes of the ratings; value: (M,) numbers, in any unit; owner: one code per item,
    -1 = nobody. Per item with m_i >= 2, s_i = sum x, q_i = sum x^2 of centred values x (interval)
    or mid-ranks (ordinal; the ranks of the data stay fixed in the bootstrap);
    alpha = 1 - (N - 1) sum_i 2 (m_i q_i - s_i^2) / (m_i - 1) / (2 (N sum x^2 - (sum x)^2)).
    Undefined: no item with two ratings; all their values equal; nominal level (`wrong_level`).

    >>> round(alpha_long(np.array([0, 0, 1, 1]), np.array([1.0, 2.0, 8.0, 9.0]), Level.INTERVAL,
    ...     draws=0).value, 4)
    0.97
    """
    x, m = np.asarray(value, np.float64), np.bincount(item, minlength=1)
    if (m == 1).any():
        kept = m[item] > 1
        item, x, m = item[kept], x[kept], np.where(m > 1, m, 0)
    sample = Sample(int((m > 1).sum()), len(x), n_raters)
    missing = _why_no_alpha(x, level, len(value), n_raters)
    if missing:
        return undefined(missing, sample)
    terms = _item_sums(item, _mid_ranks(x) if level is Level.ORDINAL else x, m)
    held = None if owner is None else owner[np.flatnonzero(m)]
    key = stable_seed(seed, "krippendorff alpha, long", level)
    found = sums_interval(_alpha_of_sums, terms, held, seed=key, draws=draws)
    return defined(float(_alpha_of_sums(terms.sum(axis=0)[None, :])[0]), sample, found)


def _why_no_alpha(
    x: FloatArray, level: Level, n_ratings: int, n_raters: int | None
) -> Reason | None:
    if level is Level.NOMINAL:
        return Reason.WRONG_LEVEL
    if not x.size:
        return no_pairs(n_ratings, n_raters)
    return Reason.NO_VARIATION if x.min() == x.max() else None


def _mid_ranks(x: FloatArray) -> FloatArray:
    code = column_keys(x)
    number = np.bincount(code)
    ranks: FloatArray = (number.cumsum() - number / 2) / len(x)
    return ranks[code]


def _item_sums(item: IntArray, x: FloatArray, m: IntArray) -> FloatArray:
    """Return disagreement, number, sum and sum of squares of the centred values of each item."""
    centred = x - x.mean()
    s = np.bincount(item, weights=centred, minlength=len(m))
    q = np.bincount(item, weights=centred**2, minlength=len(m))
    rated = m > 0
    m, s, q = m[rated], s[rated], q[rated]
    return np.stack([2 * (m * q - s**2) / (m - 1), m, s, q], axis=1)


def _alpha_of_sums(sums: FloatArray) -> FloatArray:
    observed, n, s, q = sums.T
    expected = 2 * (n * q - s**2)
    # A draw of equal values leaves rounding dust; the data themselves were tested on the values.
    return _alpha(observed, expected, n, expected > 1e-12 * n * q)
