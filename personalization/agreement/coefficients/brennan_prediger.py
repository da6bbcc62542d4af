"""Brennan and Prediger's kappa: chance is one over the number of options."""

import numpy as np

from personalization.agreement.arrays import FloatArray
from personalization.agreement.coefficients.chance import Chance, coefficient, standard_error
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.patterns import Patterns


def brennan_prediger(
    patterns: Patterns,
    weights: Weights = Weights.PLAIN,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return Brennan and Prediger's kappa, at most 1, 0 at chance (Brennan & Prediger 1981).

    (pa - pe) / (1 - pe); pa = item mean of the (weighted) agreement of rater pairs, items with
    m_i >= 2; pe = T / q^2, T = sum of the agreement weights (1/q for plain), q = declared options.
    1 when all labels are equal. Interval: K +- t SE, or over owners. Undefined: no item with two
    ratings; q < 2.

    pa = 1/2, pe = 1/4:

    >>> two = Patterns(np.array([[2, 0, 0, 0], [1, 1, 0, 0]]), np.array([1, 1]))
    >>> round(brennan_prediger(two, draws=0).value, 4)
    0.3333
    """
    return coefficient(BRENNAN_PREDIGER, patterns, weights, seed=seed, draws=draws)


def brennan_prediger_se(patterns: Patterns, weights: Weights = Weights.PLAIN) -> float | None:
    """Return the standard error of `brennan_prediger`, see `chance.standard_error`."""
    return standard_error(BRENNAN_PREDIGER, patterns, weights)


def _expected(pi: FloatArray, w: FloatArray) -> FloatArray:
    return np.full(len(pi), w.mean())


def _of_item(shares: FloatArray, pi: FloatArray, w: FloatArray) -> FloatArray:
    return np.full(len(shares), w.mean())


BRENNAN_PREDIGER = Chance("brennan prediger", _expected, _of_item)
