"""The ceiling where nobody can be left out: how well people agree with themselves.

A repeat is one rater at one item on two occasions: item, rater, first, again, (K,) codes each.
"""

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.coefficients.cohen import confusion, kappas
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate, Reason, Sample, defined, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, interval
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.sums import share
from personalization.agreement.patterns import OwnerCounts, count_by_owner


def self_agreement(
    item: IntArray,
    rater: IntArray,
    first: IntArray,
    again: IntArray,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return the share of repeats with the same value again, 0 to 1 (agreement.md 4.6).

    sum [first = again] / K; the bootstrap draws items with all their repeats, or owners. owner: one
    code per item (not per repeat), -1 = nobody. n_items counts repeated items, n_ratings both
    occasions. Undefined: no repeats.

    >>> nobody = np.zeros(4, int)
    >>> item, first, again = np.arange(4), np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    >>> self_agreement(item, nobody, first, again, draws=0).value
    0.75
    """
    repeats = np.bincount(item)
    same = np.bincount(item, weights=first == again)
    return share(
        same,
        repeats,
        None if owner is None else owner[: len(repeats)],
        _sample(item, rater),
        Reason.NO_OVERLAP,
        seed=stable_seed(seed, "self-agreement"),
        draws=draws,
    )


def self_kappa(
    item: IntArray,
    rater: IntArray,
    first: IntArray,
    again: IntArray,
    n_values: int,
    weights: Weights = Weights.PLAIN,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return Cohen's kappa between the first time and again, at most 1 (Cohen 1960, 1968).

    One table of all repeats, rows first, columns again, then `cohen.kappas`; the bootstrap and the
    sample as in `self_agreement`. Undefined: no repeats; everybody always gave one and the same value.

    Three of four equal, margins (2, 2) and (1, 3), so 1 - 4 * 1 / (2 * 3 + 2 * 1):

    >>> nobody = np.zeros(4, int)
    >>> item, first, again = np.arange(4), np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    >>> self_kappa(item, nobody, first, again, 2, draws=0).value
    0.5
    """
    table = confusion(first, again, n_values)
    value, sample = float(kappas(table, weights)), _sample(item, rater)
    if np.isnan(value):
        return undefined(Reason.NO_VARIATION if len(item) else Reason.NO_OVERLAP, sample)

    def statistic(drawn: FloatArray) -> FloatArray:
        return kappas(drawn.reshape(-1, n_values, n_values), weights)

    cell = first.astype(np.int64) * n_values + again
    counts, unit = _cells_by_unit(item, owner, cell, n_values * n_values)
    key = stable_seed(seed, "self-kappa", weights)
    found = interval(statistic, table.ravel(), counts, seed=key, draws=draws, unit=unit)
    return defined(value, sample, found)


def _sample(item: IntArray, rater: IntArray) -> Sample:
    return Sample(len(np.unique(item)), 2 * len(item), len(np.unique(rater)))


def _cells_by_unit(
    item: IntArray, owner: IntArray | None, cell: IntArray, n_cells: int
) -> tuple[OwnerCounts | None, str]:
    """Count table cells by what is drawn: owners, else items; None where an item is one repeat."""
    who = np.full(len(item), -1) if owner is None else owner[item].astype(np.int64)
    if not (who >= 0).any():
        if len(np.unique(item)) == len(item):
            return None, "item"
        return count_by_owner(item, cell, n_patterns=n_cells), "item"
    # An item that nobody owns stands for itself, with all of its repeats.
    drawn = np.where(who < 0, who.max() + 1 + item, who)
    return count_by_owner(drawn, cell, n_patterns=n_cells), "owner"
