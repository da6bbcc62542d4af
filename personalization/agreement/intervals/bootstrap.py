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
from personalization.agreement.minimums import DEFAULT
from personalization.agreement.patterns import OwnerCounts, Patterns

Statistic: TypeAlias = Callable[[FloatArray], FloatArray]
"""(B, P) weights of patterns -> (B,) values, nan where undefined"""

DRAWS = 1000
# 16 MB of weights at a time: statistics make a few temporaries of the same size.
BLOCK_CELLS = 1 << 21
DENSE_CELLS = 1 << 22


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
    at_least: int = DEFAULT.owners,
) -> Interval:
    """Return the percentile bootstrap interval, 2.5 to 97.5 %, of a function of pattern weights.

    items: (P,) multiplicities. Without owners, items are drawn: pattern counts are
    Multinomial(n, items/n). With owners, owners are drawn with replacement, each with all items.
    unit names what is drawn where the rows are not patterns of items but, say, whole owners;
    fewer than `at_least` of a unit other than the item give no interval. Undefined replicates are
    left out and counted in the method; when they are more than half there is no interval. (Efron
    & Tibshirani 1993, chapter 13.)
    """
    n_units = int(items.sum()) if owners is None else owners.n_owners
    unit = unit or ("item" if owners is None else "owner")
    if draws == 0 or n_units == 0:
        return NO_INTERVAL
    if unit != "item" and n_units < at_least:
        return Interval(method=f"no {unit} bootstrap: {n_units} of {at_least} {unit}s")
    rng = np.random.default_rng(stable_seed(seed))
    blocks = (
        _item_weights(rng, items, draws) if owners is None else _owner_weights(rng, owners, draws)
    )
    replicates = np.concatenate([statistic(weights) for weights in blocks])
    return _percentiles(replicates, f"{unit} bootstrap, B={draws}")


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


def _percentiles(replicates: FloatArray, method: str) -> Interval:
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
    distinct_items = bool((items == 1).all())
    for size in _block_sizes(draws, len(items)):
        if distinct_items:
            yield _equal_draws(rng, n, size)
        else:
            yield rng.multinomial(n, items / n, size=size).astype(np.float64)


def _owner_weights(
    rng: np.random.Generator, owners: OwnerCounts, draws: int
) -> Iterator[FloatArray]:
    spread = _spread(owners)
    for size in _block_sizes(draws, max(owners.n_owners, owners.n_patterns)):
        yield spread(_equal_draws(rng, owners.n_owners, size))


def _block_sizes(draws: int, width: int) -> Iterator[int]:
    block = max(1, BLOCK_CELLS // max(width, 1))
    for start in range(0, draws, block):
        yield min(block, draws - start)


def _equal_draws(rng: np.random.Generator, n: int, size: int) -> FloatArray:
    """Draw n of n with replacement, `size` times: (size, n) how often each was drawn."""
    picks = rng.integers(0, n, (size, n))
    picks += np.arange(size)[:, None] * n
    return np.bincount(picks.ravel(), minlength=size * n).astype(np.float64).reshape(size, n)


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
