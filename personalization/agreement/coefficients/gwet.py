"""Gwet's AC1 and AC2: agreement that survives a dominant label."""

import numpy as np

from personalization.agreement.arrays import FloatArray
from personalization.agreement.coefficients.chance import Chance, coefficient, standard_error
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.patterns import Patterns


def gwet_ac1(patterns: Patterns, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return Gwet's AC1, at most 1, 0 at chance (Gwet 2008).

    AC1 = (pa - pe) / (1 - pe); pa = item mean of the share of agreeing rater pairs (items with
    m_i >= 2);  pe = sum_c pi_c (1 - pi_c) / (q - 1), pi_c = mean over all rated items of n_ic / m_i,
    q = declared options. 1 when all labels are equal. Interval: K +- t SE, or over owners.
    Undefined: no item with two ratings; q < 2.

    pa = 1/2, pi = (3/4, 1/4), pe = 2 * 3/16:

    >>> two = Patterns(np.array([[2, 0], [1, 1]]), np.array([1, 1]))
    >>> gwet_ac1(two, draws=0).value
    0.2
    """
    return coefficient(GWET, patterns, Weights.PLAIN, seed=seed, draws=draws)


def gwet_ac2(
    patterns: Patterns,
    weights: Weights = Weights.QUADRATIC,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return Gwet's AC2 for ordered options, at most 1, 0 at chance (Gwet 2014, chapter 5).

    As AC1 with agreement weights w_ck = 1 - |c-k|/(q-1) (linear) or 1 - (c-k)^2/(q-1)^2
    (quadratic): pa_i = sum_c n_ic (sum_k w_ck n_ik - 1) / (m_i (m_i - 1)), T = sum w,
    pe = T / (q (q-1)) sum_c pi_c (1 - pi_c). Undefined: no item with two ratings; q < 2.

    Half a step apart on one of two items: pa = 3/4, pi = (3/4, 1/4, 0), T = 5, pe = 5/6 * 3/8:

    >>> two = Patterns(np.array([[2, 0, 0], [1, 1, 0]]), np.array([1, 1]))
    >>> round(gwet_ac2(two, Weights.LINEAR, draws=0).value, 4)
    0.6364
    """
    return coefficient(GWET, patterns, weights, seed=seed, draws=draws)


def gwet_se(patterns: Patterns, weights: Weights = Weights.PLAIN) -> float | None:
    """Return the standard error of AC1 (plain) or AC2, see `chance.standard_error`."""
    return standard_error(GWET, patterns, weights)


def _expected(pi: FloatArray, w: FloatArray) -> FloatArray:
    pe: FloatArray = _scale(w) * (pi * (1 - pi)).sum(axis=1)
    return pe


def _of_item(shares: FloatArray, pi: FloatArray, w: FloatArray) -> FloatArray:
    return _scale(w) * (shares @ (1 - pi))


def _scale(w: FloatArray) -> float:
    q = len(w)
    return float(np.sum(w)) / (q * (q - 1))


GWET = Chance("gwet", _expected, _of_item)
