"""Correlations as functions of weighted cross-tables, and what one item moves in them."""

from typing import TypeAlias

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray, ratio
from personalization.agreement.intervals.bootstrap import Statistic
from personalization.agreement.scales.cells import Cells

Moving: TypeAlias = tuple[float, FloatArray]
"""A sum, and its derivative by the weight of an item in each cell, (P,)"""


def below_less_above(weight: FloatArray, axis: int = -1) -> FloatArray:
    """Return, for each place along the axis, the weight before it less the weight after it.

    Of the numbers of items by level this is twice the mid-rank, from the middle.

    >>> below_less_above(np.array([2.0, 1.0, 1.0])).tolist()
    [-2.0, 1.0, 3.0]
    """
    upto = np.cumsum(weight, axis=axis)
    total = weight.sum(axis=axis, keepdims=True)
    result: FloatArray = 2 * upto - weight - total
    return result


def inversions(code: IntArray) -> int:
    """Return how many pairs of places hold the larger code first; codes are 0 or above.

    One bit of the codes at a time, from the highest: of two codes with the same higher bits the one
    with the bit is the larger. A stable sort by those bits keeps the places in order.

    >>> inversions(np.array([2, 0, 1, 1, 0]))
    6
    """
    found, order = 0, code
    for bit in reversed(range(int(code.max(initial=0)).bit_length())):
        has = (order >> bit) & 1
        before = np.cumsum(has)
        _, start, group = np.unique(order >> (bit + 1), return_index=True, return_inverse=True)
        of_others = (before - has)[start]
        found += int((before - of_others[group])[has == 0].sum())
        order = order[np.argsort(order >> bit, kind="stable")]
    return found


def spearman_of(cells: Cells) -> Statistic:
    """Return Spearman's correlation as a function of (B, P) weights of the cells."""
    rows, columns = _Margin(cells.row), _Margin(cells.column)

    def value(weights: FloatArray) -> FloatArray:
        x, y = rows.sums(weights), columns.sums(weights)
        rank_x, rank_y = below_less_above(x), below_less_above(y)
        both = np.einsum(
            "bp,bp,bp->b", weights, rank_x[:, rows.level], rank_y[:, columns.level], optimize=True
        )
        return _over_root(both, (x * rank_x**2).sum(axis=1), (y * rank_y**2).sum(axis=1))

    return value


def kendall_of(cells: Cells) -> Statistic:
    """Return Kendall's tau-b as a function of (B, P) weights of the cells."""
    rows, columns = cells.shape
    cell = cells.row * columns + cells.column

    def value(weights: FloatArray) -> FloatArray:
        flat = np.zeros((len(weights), rows * columns))
        flat[:, cell] = weights
        table = flat.reshape(-1, rows, columns)
        surplus = below_less_above(below_less_above(table, axis=1), axis=2)
        total = weights.sum(axis=1) ** 2
        untied_x = total - (table.sum(axis=2) ** 2).sum(axis=1)
        untied_y = total - (table.sum(axis=1) ** 2).sum(axis=1)
        return _over_root(np.einsum("brc,brc->b", table, surplus), untied_x, untied_y)

    return value


def pearson_influence(x: FloatArray, y: FloatArray, items: IntArray) -> FloatArray:
    """Return n times what one more item in a cell would add to Pearson's correlation, (P,).

    x, y: (P,) numbers of the cells, less their means.
    """
    return _influence(
        float(items.sum()),
        (float(items @ (x * y)), x * y),
        (float(items @ x**2), x**2),
        (float(items @ y**2), y**2),
    )


def spearman_influence(cells: Cells) -> FloatArray:
    """Return n times what one more item in a cell would add to Spearman's correlation, (P,)."""
    n = cells.items.astype(np.float64)
    x, y = _Margin(cells.row), _Margin(cells.column)
    in_x, in_y = x.sums(n[None])[0], y.sums(n[None])[0]
    rank_x, rank_y = below_less_above(in_x), below_less_above(in_y)
    mine_x, mine_y = rank_x[x.level], rank_y[y.level]
    # An item has its own product, and moves the ranks of all items above and below it.
    moved_x = below_less_above(x.sums((n * mine_y)[None])[0])[x.level]
    moved_y = below_less_above(y.sums((n * mine_x)[None])[0])[y.level]
    spread_x = mine_x**2 - 2 * below_less_above(in_x * rank_x)[x.level]
    spread_y = mine_y**2 - 2 * below_less_above(in_y * rank_y)[y.level]
    return _influence(
        n.sum(),
        (float((n * mine_x * mine_y).sum()), mine_x * mine_y - moved_x - moved_y),
        (float((in_x * rank_x**2).sum()), spread_x),
        (float((in_y * rank_y**2).sum()), spread_y),
    )


def kendall_influence(cells: Cells) -> FloatArray:
    """Return n times what one more item in a cell would add to Kendall's tau-b, (P,)."""
    table = np.zeros(cells.shape)
    table[cells.row, cells.column] = cells.items
    surplus = below_less_above(below_less_above(table, axis=0), axis=1)
    n, in_x, in_y = float(table.sum()), table.sum(axis=1), table.sum(axis=0)
    return _influence(
        n,
        (float((table * surplus).sum()), 2 * surplus[cells.row, cells.column]),
        (n**2 - float((in_x**2).sum()), 2 * (n - in_x[cells.row])),
        (n**2 - float((in_y**2).sum()), 2 * (n - in_y[cells.column])),
    )


def _influence(n: float, both: Moving, spread_x: Moving, spread_y: Moving) -> FloatArray:
    """Return n times the derivative of both / sqrt(spread_x spread_y)."""
    root = np.sqrt(spread_x[0] * spread_y[0])
    value = both[0] / root
    by_spread = spread_x[1] / spread_x[0] + spread_y[1] / spread_y[0]
    result: FloatArray = n * (both[1] / root - value / 2 * by_spread)
    return result


def _over_root(both: FloatArray, spread_x: FloatArray, spread_y: FloatArray) -> FloatArray:
    # The spread of a constant side is a sum of zeros: no dust to look out for.
    varied = (spread_x > 0) & (spread_y > 0)
    return np.clip(ratio(both, np.sqrt(spread_x * spread_y), varied), -1, 1)


class _Margin:
    """One side of a cross-table: adds up what the cells hold by level."""

    def __init__(self, level: IntArray) -> None:
        self.level = level
        self.order = level.argsort(kind="stable")
        self.starts = np.flatnonzero(np.diff(level[self.order], prepend=-1))

    def sums(self, weights: FloatArray) -> FloatArray:
        """Return (B, levels) sums of (B, P) weights."""
        result: FloatArray = np.add.reduceat(weights[:, self.order], self.starts, axis=1)
        return result
