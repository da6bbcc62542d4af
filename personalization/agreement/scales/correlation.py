"""Correlation of two numbers per item, say a judge's score with the human mean, in one question."""

import numpy as np

from personalization.agreement.arrays import FloatArray, ratio
from personalization.agreement.estimate import Estimate, Interval, Reason, defined, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, interval
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.keys import TABLE_CELLS
from personalization.agreement.scales.cells import DRAWN_CELLS, Cells
from personalization.agreement.scales.ranks import (
    inversions,
    kendall_influence,
    kendall_of,
    pearson_influence,
    spearman_influence,
    spearman_of,
)


def pearson(cells: Cells, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return Pearson's correlation, -1 to 1 (Pearson 1895).

    r = sum (x - mean x)(y - mean y) / sqrt(sum (x - mean x)^2 sum (y - mean y)^2), one item, one
    vote. cells: the cross-table of `cells_of`. Interval: bootstrap by item or owner; beyond 4,096
    cells of items without owners linearised (the draws move the mean influence of the items, Efron
    1982). Undefined: no item has both numbers (`no_overlap`, or `no_valid_verdict` where one
    was unreadable); either side is constant (`no_variation`).

    >>> from personalization.agreement.scales.cells import cells_of
    >>> from personalization.agreement.scales.numbers import numbers_of
    >>> x, y = numbers_of(np.array([1.0, 2, 3])), numbers_of(np.array([1.0, 3, 2]))
    >>> pearson(cells_of(x, y), draws=0).value
    0.5
    """
    if (missing := _missing(cells)) is not None:
        return missing
    terms = _moments(cells)
    value = float(_pearson((cells.items.astype(np.float64) @ terms)[None])[0])
    key = stable_seed(seed, "pearson")
    if cells.owners is not None or len(cells.items) <= DRAWN_CELLS:
        found = cells.interval_of_sums(_pearson, terms, seed=key, draws=draws)
    else:
        found = _linearised(
            cells,
            value,
            pearson_influence(terms[:, 1], terms[:, 2], cells.items),
            seed=key,
            draws=draws,
        )
    return defined(value, cells.sample, found)


def spearman(cells: Cells, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return Spearman's correlation, -1 to 1: Pearson's on mid-ranks (Spearman 1904).

    Interval: bootstrap by item or owner, ranked anew in each draw; beyond 4,096 cells linearised.
    Shapes and undefined cases as in `pearson`.

    >>> from personalization.agreement.scales.cells import cells_of
    >>> from personalization.agreement.scales.numbers import numbers_of
    >>> x, y = numbers_of(np.array([1.0, 20, 300])), numbers_of(np.array([1.0, 9, 5]))
    >>> spearman(cells_of(x, y), draws=0).value
    0.5
    """
    if (missing := _missing(cells)) is not None:
        return missing
    statistic = spearman_of(cells)
    value = float(statistic(cells.items[None].astype(np.float64))[0])
    key = stable_seed(seed, "spearman")
    if np.prod(cells.shape) <= DRAWN_CELLS:
        found = interval(statistic, cells.items, cells.owners, seed=key, draws=draws)
    else:
        found = _linearised(cells, value, spearman_influence(cells), seed=key, draws=draws)
    return defined(value, cells.sample, found)


def kendall_tau_b(cells: Cells, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return Kendall's tau-b, -1 to 1 (Kendall 1945).

    tau = (C - D) / sqrt((n0 - n1)(n0 - n2)): concordant less discordant pairs of items, of n0 =
    n (n - 1) / 2 pairs n1 tied on one side and n2 on the other. From the cross-table with two
    cumulative sums; never pair by pair. Interval as in `spearman`; none beyond 4 million cells.
    Shapes and undefined cases as in `pearson`.

    Of three pairs of items two are concordant, one is discordant:

    >>> from personalization.agreement.scales.cells import cells_of
    >>> from personalization.agreement.scales.numbers import numbers_of
    >>> x, y = numbers_of(np.array([1.0, 2, 3])), numbers_of(np.array([1.0, 3, 2]))
    >>> round(kendall_tau_b(cells_of(x, y), draws=0).value, 4)
    0.3333
    """
    if (missing := _missing(cells)) is not None:
        return missing
    size, key = int(np.prod(cells.shape)), stable_seed(seed, "kendall tau-b")
    if size > TABLE_CELLS:
        return defined(_by_sorting(cells), cells.sample, _too_long(cells))
    statistic = kendall_of(cells)
    value = float(statistic(cells.items[None].astype(np.float64))[0])
    if size <= DRAWN_CELLS:
        found = interval(statistic, cells.items, cells.owners, seed=key, draws=draws)
    else:
        found = _linearised(cells, value, kendall_influence(cells), seed=key, draws=draws)
    return defined(value, cells.sample, found)


def _missing(cells: Cells) -> Estimate | None:
    if not cells.items.size:
        return undefined(cells.missing, cells.sample)
    return None if cells.varied else undefined(Reason.NO_VARIATION, cells.sample)


def _moments(cells: Cells) -> FloatArray:
    """Return 1, x, y, x^2, y^2, xy of each cell, from the means: squares of large numbers lose digits."""
    x, y = cells.x[cells.row], cells.y[cells.column]
    x, y = x - np.average(x, weights=cells.items), y - np.average(y, weights=cells.items)
    return np.stack([np.ones_like(x), x, y, x**2, y**2, x * y], axis=1)


def _pearson(sums: FloatArray) -> FloatArray:
    n, x, y, xx, yy, xy = sums.T
    spread_x, spread_y = n * xx - x**2, n * yy - y**2
    # A draw of equal numbers leaves rounding dust; the data themselves were tested on counts.
    varied = (spread_x > 1e-12 * n * xx) & (spread_y > 1e-12 * n * yy)
    root = np.sqrt(np.maximum(spread_x, 0) * np.maximum(spread_y, 0))
    return np.clip(ratio(n * xy - x * y, root, varied), -1, 1)


def _linearised(
    cells: Cells, value: float, influence: FloatArray, *, seed: int, draws: int
) -> Interval:
    """Return the bootstrap interval of value + mean influence of the drawn items."""
    moved = cells.interval_of_mean(influence, seed=seed, draws=draws)
    if moved.low is None or moved.high is None:
        return moved
    low, high = max(-1.0, value + moved.low), min(1.0, value + moved.high)
    return Interval(low, high, f"{moved.method}, linearised")


def _by_sorting(cells: Cells) -> float:
    """Count discordant pairs as inversions of the columns in the order of the rows (Knight 1966)."""
    row, column = np.repeat(cells.row, cells.items), np.repeat(cells.column, cells.items)
    order = np.lexsort((column, row))
    n, tied_x, tied_y, tied = (
        float((count * (count - 1) // 2).sum())
        for count in (np.array([len(row)]), np.bincount(row), np.bincount(column), cells.items)
    )
    surplus = n - tied_x - tied_y + tied - 2 * inversions(column[order])
    return float(surplus / np.sqrt((n - tied_x) * (n - tied_y)))


def _too_long(cells: Cells) -> Interval:
    rows, columns = cells.shape
    return Interval(method=f"no bootstrap: {rows} x {columns} distinct numbers")
