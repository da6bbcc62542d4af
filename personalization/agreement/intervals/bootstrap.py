"""One bootstrap engine: replicates are weights of patterns, drawn by item or by owner."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import (
    NO_INTERVAL,
    Estimate,
    Interval,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.intervals.draws import weights_of
from personalization.agreement.minimums import current
from personalization.agreement.patterns import OwnerCounts, Patterns

Statistic: TypeAlias = Callable[[FloatArray], FloatArray]
"""(B, P) weights of patterns -> (B,) values, nan where undefined"""

DRAWS = 1000


def interval(
    statistic: Statistic,
    items: IntArray,
    owners: OwnerCounts | None = None,
    *,
    seed: int | str,
    draws: int = DRAWS,
    unit: str | None = None,
    at_least: int | None = None,
) -> Interval:
    """Return the percentile bootstrap interval, 2.5 to 97.5 %, of a function of pattern weights.

    items: (P,) multiplicities. Without owners, items are drawn: pattern counts are
    Multinomial(n, items/n). With owners, owners are drawn with replacement, each with all items.
    unit names what is drawn where the rows are not patterns of items but, say, whole owners;
    fewer than `at_least` of a unit other than the item (10) give no interval. Undefined replicates are
    left out and counted in the method; when they are more than half there is no interval. (Efron
    & Tibshirani 1993, chapter 13.)
    """
    return intervals(
        lambda weights: statistic(weights)[:, None],
        1,
        items,
        owners,
        seed=seed,
        draws=draws,
        unit=unit,
        at_least=at_least,
    )[0]


def intervals(
    statistics: Statistic,
    number: int,
    items: IntArray,
    owners: OwnerCounts | None = None,
    *,
    seed: int | str,
    draws: int = DRAWS,
    unit: str | None = None,
    at_least: int | None = None,
) -> list[Interval]:
    """Return the intervals of several functions of the same draws, each as in `interval`.

    statistics: (B, P) weights of patterns -> (B, number) values, nan where undefined.
    """
    n_units = int(items.sum()) if owners is None else owners.n_owners
    unit = unit or ("item" if owners is None else "owner")
    if draws == 0 or n_units == 0:
        return [NO_INTERVAL] * number
    at_least = current().owners if at_least is None else at_least
    if unit != "item" and n_units < at_least:
        return [Interval(method=f"no {unit} bootstrap: {n_units} of {at_least} {unit}s")] * number
    replicates = np.concatenate(
        [statistics(weights) for weights in weights_of(items, owners, seed=seed, draws=draws)]
    )
    return [percentiles(column, f"{unit} bootstrap, B={draws}") for column in replicates.T]


def estimated(
    statistic: Statistic,
    patterns: Patterns,
    missing: Reason,
    sample: Sample | None = None,
    *,
    seed: int | str,
    draws: int,
) -> Estimate:
    """Return the statistic of the patterns with its interval; `missing` says why it may be nan."""
    behind = sample or patterns.sample
    value = float(statistic(patterns.items[None, :].astype(np.float64))[0])
    if np.isnan(value):
        return undefined(missing, behind)
    found = interval(statistic, patterns.items, patterns.owners, seed=seed, draws=draws)
    return defined(value, behind, found)


def percentiles(replicates: FloatArray, method: str) -> Interval:
    """Return the 2.5 and 97.5 % percentiles of draws; undefined ones are left out and counted.

    >>> percentiles(np.array([0.0, 20, np.nan, 40]), "draws")
    Interval(low=1.0, high=39.0, method='draws (1 undefined)')
    """
    kept = replicates[~np.isnan(replicates)]
    lost = len(replicates) - len(kept)
    if lost:
        method = f"{method} ({lost} undefined)"
    if 2 * lost > len(replicates):
        return Interval(method=method)
    low, high = np.percentile(kept, (2.5, 97.5))
    return Interval(float(low), float(high), method)
