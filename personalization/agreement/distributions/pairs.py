"""People's label shares beside a judge's, item by item, and the mean of what is between them."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import Estimate, Reason, Sample, defined, undefined
from personalization.agreement.intervals.sums import sums_interval
from personalization.agreement.keys import row_sums

# Beyond so many distinct terms the draws see the mean of each of so many steps instead: a draw costs
# what there are of them. The mean stays; the spread within a step is lost, 1/256 of the range.
MOST_DISTINCT = 1024
STEPS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Items with people's labels and a judge's distribution.

    counts: (K, V) labels by value; judge: (K, V) shares that add up to 1; owner: (K,) or None.
    missing: the reason if there is no such item.
    """

    counts: IntArray
    judge: FloatArray
    owner: IntArray | None
    n_raters: int | None
    missing: Reason

    @property
    def ratings(self) -> IntArray:
        """Human labels of each item, (K,)."""
        return row_sums(self.counts)

    @property
    def human(self) -> FloatArray:
        """People's shares, (K, V)."""
        return shares_of(self.counts)

    @property
    def sample(self) -> Sample:
        """What stands behind these pairs."""
        return Sample(len(self.counts), int(self.counts.sum()), self.n_raters)

    def rated(self, at_least: int) -> "Pairs":
        """Return the items with at least so many labels; `too_few_raters` if none has."""
        kept = self.ratings >= at_least
        if kept.all():
            return self
        missing = self.missing if kept.any() else Reason.TOO_FEW_RATERS
        owner = None if self.owner is None else self.owner[kept]
        return Pairs(self.counts[kept], self.judge[kept], owner, self.n_raters, missing)


def paired(
    hist: IntArray,
    judge: FloatArray,
    owner: IntArray | None = None,
    n_raters: int | None = None,
) -> Pairs:
    """Return the items with a human label and a distribution of the judge.

    hist: (N, V); judge: (N, V) shares that add up to 1, rows of nan where it gave none; owner: (N,),
    -1 = nobody, or None. The reason if there is none: `no_valid_verdict` (no distribution of a rated
    item), `no_overlap` (nothing is rated).

    >>> pairs = paired(np.array([[2, 0], [1, 1], [0, 0]]), np.array([[0.5, 0.5], [np.nan] * 2, [1, 0]]))
    >>> pairs.counts.tolist(), pairs.rated(3).missing.value
    ([[2, 0]], 'too_few_raters')
    """
    rated = row_sums(hist) > 0
    # One nan makes a sum nan.
    kept = rated & ~np.isnan(add_up(judge))
    missing = Reason.NO_VALID_VERDICT if rated.any() else Reason.NO_OVERLAP
    held = None if owner is None else owner[kept]
    return Pairs(hist[kept], judge[kept], held, n_raters, missing)


def shares_of(counts: IntArray) -> FloatArray:
    """Return each row of counts as shares of its sum, (K, V); zeros for a row of zeros."""
    shares: FloatArray = counts / np.maximum(row_sums(counts), 1)[:, None]
    return shares


def add_up(rows: FloatArray) -> FloatArray:
    """Return the sum of each row, (K, V) -> (K,): short rows add up faster as a product."""
    sums: FloatArray = rows @ np.ones(rows.shape[1])
    return sums


def mean_over_items(values: FloatArray, pairs: Pairs, *, seed: int | str, draws: int) -> Estimate:
    """Return the mean of one number per item (K,), every item weighing the same."""
    if not len(values):
        return undefined(pairs.missing, pairs.sample)
    owned = pairs.owner is not None and bool((pairs.owner >= 0).any())
    seen = values if owned else in_steps(values)
    terms = np.stack([seen, np.ones(len(values))], axis=1)
    found = sums_interval(_mean, terms, pairs.owner, seed=seed, draws=draws)
    return defined(float(values.mean()), pairs.sample, found)


def in_steps(values: FloatArray) -> FloatArray:
    """Return the mean of the values of each step for every value in it, if they are too many.

    >>> in_steps(np.array([0.1, 0.5, 0.9])).tolist()
    [0.1, 0.5, 0.9]
    """
    if len(np.unique(values)) <= MOST_DISTINCT:
        return values
    low, high = values.min(), values.max()
    step = np.minimum((values - low) / (high - low) * STEPS, STEPS - 1).astype(np.int64)
    total = np.bincount(step, weights=values)
    mean: FloatArray = (total / np.maximum(np.bincount(step), 1))[step]
    return mean


def _mean(sums: FloatArray) -> FloatArray:
    mean: FloatArray = sums[:, 0] / sums[:, 1]
    return mean
