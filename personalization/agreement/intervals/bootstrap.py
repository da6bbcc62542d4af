"""One bootstrap engine: replicates are weights of patterns, drawn by item or by owner."""

import hashlib
from collections.abc import Callable, Iterator
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
from personalization.agreement.minimums import current
from personalization.agreement.patterns import OwnerCounts, Patterns

Statistic: TypeAlias = Callable[[FloatArray], FloatArray]
"""(B, P) weights of patterns -> (B,) values, nan where undefined"""

DRAWS = 1000
# 16 MB of weights at a time: statistics make a few temporaries of the same size.
BLOCK_CELLS = 1 << 21
DENSE_CELLS = 1 << 23
# A multinomial pays for each pattern what a draw of single items pays for about so many items.
ITEMS_PER_PATTERN = 8
# So many picks at a time, and their counts, stay in the processor's cache.
CACHED = 1 << 15


def stable_seed(*parts: int | str) -> int:
    """Return a seed that depends on the parts alone, in this process and in any other.

    >>> stable_seed("stamp 7", "alpha") == stable_seed("stamp 7", "alpha")
    True
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())


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
    rng = np.random.default_rng(stable_seed(seed))
    blocks = (
        _item_weights(rng, items, draws) if owners is None else _owner_weights(rng, owners, draws)
    )
    replicates = np.concatenate([statistics(weights) for weights in blocks])
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


def _item_weights(rng: np.random.Generator, items: IntArray, draws: int) -> Iterator[FloatArray]:
    n = int(items.sum())
    if n > ITEMS_PER_PATTERN * len(items):
        for size in _block_sizes(draws, len(items)):
            yield rng.multinomial(n, items / n, size=size).astype(np.float64)
        return
    pattern = np.repeat(np.arange(len(items)), items)
    for size in _block_sizes(draws, n):
        yield _equal_draws(rng, pattern, len(items), size)


def _owner_weights(
    rng: np.random.Generator, owners: OwnerCounts, draws: int
) -> Iterator[FloatArray]:
    spread, n = _spread(owners), owners.n_owners
    for size in _block_sizes(draws, max(n, owners.n_patterns)):
        yield spread(_equal_draws(rng, np.arange(n), n, size))


def _block_sizes(draws: int, width: int) -> Iterator[int]:
    block = max(1, BLOCK_CELLS // max(width, 1))
    for start in range(0, draws, block):
        yield min(block, draws - start)


def _equal_draws(rng: np.random.Generator, group: IntArray, n_groups: int, size: int) -> FloatArray:
    """Draw n of n units with replacement, `size` times: how often each group came, (size, groups).

    group: (n,) the group of each unit.
    """
    n, drawn = len(group), np.empty((size, n_groups))
    at_once = max(1, CACHED // n)
    for start in range(0, size, at_once):
        rows = drawn[start : start + at_once]
        picks = group[rng.integers(0, n, (len(rows), n))]
        picks += np.arange(len(rows))[:, None] * n_groups
        rows[:] = np.bincount(picks.ravel(), minlength=rows.size).reshape(rows.shape)
    return drawn


def _spread(owners: OwnerCounts) -> Callable[[FloatArray], FloatArray]:
    """Return the step from (B, owners) draws to (B, patterns) weights."""
    if owners.n_owners * owners.n_patterns <= DENSE_CELLS:
        matrix = owners.dense()
        return lambda drawn: drawn @ matrix

    def by_row(drawn: FloatArray) -> FloatArray:
        weights = [
            np.bincount(owners.pattern, row[owners.owner] * owners.items, owners.n_patterns)
            for row in drawn
        ]
        return np.stack(weights)

    return by_row
