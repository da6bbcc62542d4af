"""Statistics of sums over items: an interval needs the sums of each owner only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
from personalization.agreement.estimate import (
    Estimate,
    Interval,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.intervals.bootstrap import interval
from personalization.agreement.keys import column_keys, distinct, row_keys

Finish: TypeAlias = Callable[[FloatArray], FloatArray]
"""(B, K) sums -> (B,) values, nan where undefined"""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What a bootstrap draws: sums (U, K) of each unit, and how many units look like that (U,)."""

    sums: FloatArray
    number: IntArray
    unit: str


def units(terms: FloatArray, owner: IntArray | None = None) -> Units:
    """Sum the terms (N, K) of items by owner, if any has one; units with equal sums are merged.

    owner: (N,), -1 = nobody; such an item stands for itself.
    """
    if owner is None or not (owner >= 0).any():
        return _merged(terms, "item")
    alone = owner < 0
    who = np.where(alone, owner.max() + np.cumsum(alone), owner)
    first, code = distinct(who)
    sums = [np.bincount(code, weights=column, minlength=len(first)) for column in terms.T]
    return _merged(np.stack(sums, axis=1), "owner")


def _merged(sums: FloatArray, unit: str) -> Units:
    """Merge units with equal sums: they are interchangeable."""
    columns = np.stack([column_keys(column) for column in sums.T], axis=1)
    first, code = distinct(row_keys(columns))
    return Units(sums[first], np.bincount(code, minlength=len(first)), unit)


def sums_interval(
    finish: Finish, terms: FloatArray, owner: IntArray | None, *, seed: int | str, draws: int
) -> Interval:
    """Return the bootstrap interval, by owner or by item, of a function of summed terms."""
    if draws == 0:
        return Interval()
    drawn = units(terms, owner)
    return interval(
        lambda weights: finish(weights @ drawn.sums),
        drawn.number,
        seed=seed,
        draws=draws,
        unit=drawn.unit,
    )


def share(
    top: FloatArray | IntArray | BoolArray,
    bottom: IntArray | BoolArray,
    owner: IntArray | None,
    sample: Sample,
    missing: Reason,
    *,
    seed: int | str,
    draws: int,
) -> Estimate:
    """Return sum(top) / sum(bottom) over items; items with bottom 0 are left out.

    sample: what stands behind it; missing: the reason when nothing is left.
    """
    kept = bottom > 0
    if not kept.any():
        return undefined(missing, sample)
    terms = np.stack([top[kept], bottom[kept]], axis=1).astype(np.float64)
    held = None if owner is None else owner[kept]
    found = sums_interval(quotient, terms, held, seed=seed, draws=draws)
    return defined(float(terms[:, 0].sum() / terms[:, 1].sum()), sample, found)


def quotient(sums: FloatArray) -> FloatArray:
    """Return the first of two sums (B, 2) divided by the second, nan where that is not above 0."""
    return ratio(sums[:, 0], sums[:, 1], sums[:, 1] > 0)
