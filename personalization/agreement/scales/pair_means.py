"""Means over rater pairs of numbers that need a scale: error and correlation."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray, ratio
from personalization.agreement.coefficients.pair_mean import rater_jackknife
from personalization.agreement.coefficients.rater_pairs import BLOCK_CELLS, RaterPairs
from personalization.agreement.estimate import (
    NO_INTERVAL,
    Estimate,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.intervals.bootstrap import DRAWS


@dataclass(frozen=True, slots=True)
class PairMean:
    """A mean over rater pairs, how many it holds, and how many had nothing to add."""

    mean: Estimate
    n_pairs: int
    n_undefined: int


def mae_pair_mean(pairs: RaterPairs, scores: FloatArray, *, draws: int = DRAWS) -> PairMean:
    """Return the mean over rater pairs of their mean absolute difference, in units of the scores.

    mean over pairs of (1/n) sum |x - y| on the n items they share; every pair weighs the same.
    pairs: from `pair_tables`; scores: (V,). n_items counts shared items of pairs. Interval:
    delete-one-rater jackknife as in `mean_pair_kappa`, from 5 raters on, none with draws=0.
    Undefined: no pair (`no_overlap`).

    >>> from personalization.agreement.coefficients.rater_pairs import pair_tables
    >>> item, rater = np.repeat(np.arange(2), 2), np.tile([0, 1], 2)
    >>> mae_pair_mean(pair_tables(item, rater, np.array([0, 1, 2, 0]), 3), np.array([1.0, 2, 3])).mean.value
    1.5
    """
    far = np.abs(scores[pairs.value_low] - scores[pairs.value_high])
    return _mean_over(pairs, _means(far, pairs), (0, inf), draws)


def pearson_pair_mean(pairs: RaterPairs, scores: FloatArray, *, draws: int = DRAWS) -> PairMean:
    """Return the mean over rater pairs of Pearson's correlation on shared items, -1 to 1.

    Pairs with a constant rater are left out and counted. Else as `mae_pair_mean`; undefined as well
    where every pair has a constant rater (`no_variation`).

    >>> from personalization.agreement.coefficients.rater_pairs import pair_tables
    >>> item, rater = np.repeat(np.arange(3), 2), np.tile([0, 1], 3)
    >>> pairs = pair_tables(item, rater, np.array([0, 0, 1, 2, 2, 1]), 3)
    >>> round(pearson_pair_mean(pairs, np.array([1.0, 2, 3])).mean.value, 12)
    0.5
    """
    found = _correlations(scores[pairs.value_low], scores[pairs.value_high], pairs)
    return _mean_over(pairs, found, (-1, 1), draws)


def spearman_pair_mean(pairs: RaterPairs, scores: FloatArray, *, draws: int = DRAWS) -> PairMean:
    """Return the mean over rater pairs of Spearman's correlation on shared items, -1 to 1.

    Each pair has its own mid-ranks, by the scores' order. Else as `pearson_pair_mean`.

    >>> from personalization.agreement.coefficients.rater_pairs import pair_tables
    >>> item, rater = np.repeat(np.arange(3), 2), np.tile([0, 1], 3)
    >>> pairs = pair_tables(item, rater, np.array([0, 0, 1, 2, 2, 1]), 3)
    >>> round(spearman_pair_mean(pairs, np.array([1.0, 20, 300])).mean.value, 12)
    0.5
    """
    found = [
        _correlations(
            _ranks(block.value_low, block, scores), _ranks(block.value_high, block, scores), block
        )
        for block in _blocks(pairs)
    ]
    return _mean_over(pairs, np.concatenate([np.empty(0), *found]), (-1, 1), draws)


def _mean_over(
    pairs: RaterPairs, found: FloatArray, bounds: tuple[float, float], draws: int
) -> PairMean:
    known = ~np.isnan(found)
    kept, lost = pairs.only(known), int((~known).sum())
    shared = int(kept.shared.sum())
    raters = np.unique(np.concatenate([kept.low, kept.high]))
    sample = Sample(shared, 2 * shared, len(raters))
    if not len(kept.low):
        reason = Reason.NO_VARIATION if lost else Reason.NO_OVERLAP
        return PairMean(undefined(reason, sample), 0, lost)
    values, weight = found[known], np.ones(len(kept.low))
    around = rater_jackknife(kept, values, weight, raters, bounds) if draws else NO_INTERVAL
    return PairMean(defined(float(values.mean()), sample, around), len(values), lost)


def _correlations(x: FloatArray, y: FloatArray, pairs: RaterPairs) -> FloatArray:
    """Return Pearson's correlation of each pair's numbers, (K,), nan where one rater is constant."""
    if not len(pairs.low):
        return np.empty(0)
    varied = _varied(x, pairs) & _varied(y, pairs)
    x, y = (side - np.repeat(_means(side, pairs), pairs.shared) for side in (x, y))
    spread = np.sqrt(_means(x * x, pairs)) * np.sqrt(_means(y * y, pairs))
    return np.clip(ratio(_means(x * y, pairs), spread, varied), -1, 1)


def _varied(x: FloatArray, pairs: RaterPairs) -> np.ndarray:
    largest = np.maximum.reduceat(x, pairs.starts)
    varied: np.ndarray = largest > np.minimum.reduceat(x, pairs.starts)
    return varied


def _means(x: FloatArray, pairs: RaterPairs) -> FloatArray:
    if not len(pairs.low):
        return np.empty(0)
    sums: FloatArray = np.add.reduceat(x, pairs.starts)
    return sums / pairs.shared


def _ranks(value: IntArray, pairs: RaterPairs, scores: FloatArray) -> FloatArray:
    """Return each value's mid-rank among the same rater's values of the pair."""
    levels, level = np.unique(scores, return_inverse=True)
    cell = np.repeat(np.arange(len(pairs.low)), pairs.shared) * len(levels) + level[value]
    counts = np.bincount(cell, minlength=len(pairs.low) * len(levels))
    counts = counts.reshape(len(pairs.low), len(levels))
    ranks: FloatArray = (counts.cumsum(axis=1) - counts / 2).ravel()[cell]
    return ranks


def _blocks(pairs: RaterPairs) -> Iterator[RaterPairs]:
    """Return the pairs some at a time: margins of all of them would not fit on long scales."""
    step = max(1, BLOCK_CELLS // pairs.n_values)
    ends = np.concatenate([[0], np.cumsum(pairs.shared)])
    for start in range(0, len(pairs.low), step):
        stop = min(start + step, len(pairs.low))
        items = slice(ends[start], ends[stop])
        yield RaterPairs(
            low=pairs.low[start:stop],
            high=pairs.high[start:stop],
            shared=pairs.shared[start:stop],
            value_low=pairs.value_low[items],
            value_high=pairs.value_high[items],
            n_values=pairs.n_values,
        )
