"""Fleiss' kappa, in the two readings that ragged data allows from histograms."""

import numpy as np

from personalization.agreement.arrays import FloatArray
from personalization.agreement.coefficients.chance import (
    Chance,
    coefficient,
    coefficient_of,
    rated_sample,
    standard_error,
)
from personalization.agreement.coefficients.raw import pair_counts, why_no_pairs
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.intervals.bootstrap import DRAWS, estimated
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.patterns import Patterns


def fleiss_kappa(patterns: Patterns, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return Fleiss' kappa, item-mean convention, at most 1, 0 at chance (Fleiss 1971; Gwet 2014).

    (pa - pe) / (1 - pe); pa = mean over items with m_i >= 2 of the share of agreeing rater pairs,
    pe = sum_c pi_c^2, pi_c = mean over all rated items of n_ic / m_i. Interval: K +- t SE, or over
    owners. Undefined: no item with two ratings; fewer than two values occur.

    pa = 1/2, pi = (3/4, 1/4), pe = 10/16:

    >>> two = Patterns(np.array([[2, 0], [1, 1]]), np.array([1, 1]))
    >>> round(fleiss_kappa(two, draws=0).value, 4)
    -0.3333
    """
    return coefficient(FLEISS, patterns, Weights.PLAIN, seed=seed, draws=draws)


def fleiss_se(patterns: Patterns) -> float | None:
    """Return the standard error of the item-mean Fleiss kappa, see `chance.standard_error`."""
    return standard_error(FLEISS, patterns, Weights.PLAIN)


def fleiss_kappa_pooled(patterns: Patterns, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return Fleiss' kappa, pooled convention: one pair, one vote (Fleiss 1971 for equal m_i).

    (pa - pe) / (1 - pe); pa = sum_ic n_ic (n_ic - 1) / sum_i m_i (m_i - 1), pe = sum_c p_c^2,
    p_c = share of value c among all ratings, single ones included. Equal to the item-mean convention
    when all m_i are equal. Undefined: no item with two ratings; fewer than two values occur.

    Pairs: 1 + 3, agreeing: 1 + 1; shares (4/5, 1/5), pe = 17/25:

    >>> two = Patterns(np.array([[2, 0], [2, 1]]), np.array([1, 1]))
    >>> round(fleiss_kappa_pooled(two, draws=0).value, 4)
    -0.5625
    """
    rated = patterns.rated(at_least=1)
    sample = rated_sample(patterns)
    missing = Reason.NO_VARIATION if sample.n_items else why_no_pairs(patterns)
    statistic = coefficient_of(FLEISS, rated, np.eye(patterns.n_values), *_pooled(rated))
    key = stable_seed(seed, "fleiss pooled")
    return estimated(statistic, rated, missing, sample, seed=key, draws=draws)


def _pooled(rated: Patterns) -> tuple[FloatArray, FloatArray, FloatArray]:
    return *pair_counts(rated), rated.counts.astype(np.float64)


def _expected(pi: FloatArray, w: FloatArray) -> FloatArray:
    pe: FloatArray = (pi @ w * pi).sum(axis=1)
    return pe


def _of_item(shares: FloatArray, pi: FloatArray, w: FloatArray) -> FloatArray:
    return shares @ (w @ pi)


FLEISS = Chance("fleiss", _expected, _of_item, needs_two_values=True)
