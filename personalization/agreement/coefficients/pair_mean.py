"""The mean of Cohen's kappa over rater pairs."""

from math import inf

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray, ratio
from personalization.agreement.coefficients.cohen import MeanKappa
from personalization.agreement.coefficients.rater_pairs import RaterPairs
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import (
    NO_INTERVAL,
    Interval,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.jackknife import jackknife


def mean_pair_kappa(
    pairs: RaterPairs,
    weights: Weights = Weights.PLAIN,
    *,
    by_overlap: bool = False,
    draws: int = DRAWS,
) -> MeanKappa:
    """Return the mean of Cohen's kappa over rater pairs, at most 1 (Light 1971).

    Every pair weighs the same, or by its shared items. Pairs without a kappa are left out and
    counted. n_items counts shared items of pairs. Interval: delete-one-rater jackknife,
    K +- t(.975, R - 1) SE, SE^2 = (R - 1) / R sum_h (K_(h) - mean)^2 (drawing a rater twice would
    let him agree with himself); from 5 raters on, none with draws=0. Undefined: no pair with a kappa.

    >>> from personalization.agreement.coefficients.rater_pairs import pair_tables
    >>> item, rater = np.repeat(np.arange(4), 2), np.tile([0, 1], 4)
    >>> pairs = pair_tables(item, rater, np.array([0, 0, 0, 0, 1, 1, 0, 1]), 2)
    >>> mean_pair_kappa(pairs).kappa.value
    0.5
    """
    found = pairs.kappas(weights)
    known = ~np.isnan(found)
    kept, lost = pairs.only(known), int((~known).sum())
    shared = int(kept.shared.sum())
    raters = np.unique(np.concatenate([kept.low, kept.high]))
    sample = Sample(shared, 2 * shared, len(raters))
    if not len(kept.low):
        reason = Reason.NO_VARIATION if lost else Reason.NO_OVERLAP
        return MeanKappa(undefined(reason, sample), 0, lost)
    weight = (kept.shared if by_overlap else np.ones_like(kept.shared)).astype(np.float64)
    value = float(np.average(found[known], weights=weight))
    around = rater_jackknife(kept, found[known], weight, raters) if draws else NO_INTERVAL
    return MeanKappa(defined(value, sample, around), len(kept.low), lost)


def rater_jackknife(
    pairs: RaterPairs,
    found: FloatArray,
    weight: FloatArray,
    raters: IntArray,
    bounds: tuple[float, float] = (-inf, 1.0),
) -> Interval:
    """Return the interval of the weighted mean of `found` (K,) over pairs, one rater left out at a time.

    raters: the codes that occur in the pairs, ascending; bounds: what the mean cannot go beyond.
    No interval: see `jackknife`; without a rater who is in every pair nothing is left.
    """
    rest = weight.sum() - _by_rater(pairs, weight, raters)
    left = (found * weight).sum() - _by_rater(pairs, found * weight, raters)
    least, most = bounds
    value = float(np.average(found, weights=weight))
    return jackknife(value, ratio(left, rest, rest > 0), least=least, most=most)


def _by_rater(pairs: RaterPairs, amount: FloatArray, raters: IntArray) -> FloatArray:
    both = np.searchsorted(raters, np.concatenate([pairs.low, pairs.high]))
    total = np.bincount(both, np.tile(amount, 2), minlength=len(raters))
    return total.astype(np.float64)
