"""Items with equal histograms are interchangeable: count them once, with a multiplicity."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.estimate import Sample

# Beyond this many cells a sort is cheaper than a table with one cell per possible row.
TABLE_CELLS = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class OwnerCounts:
    """How many items of each pattern belong to each owner, sparse: one entry per cell above 0."""

    owner: IntArray
    pattern: IntArray
    items: IntArray
    n_owners: int
    n_patterns: int

    def dense(self) -> FloatArray:
        """Return the counts as an (owners, patterns) matrix."""
        cell = self.owner * self.n_patterns + self.pattern
        size = self.n_owners * self.n_patterns
        flat = np.bincount(cell, weights=self.items, minlength=size)
        return flat.reshape(self.n_owners, self.n_patterns).astype(np.float64)

    def only(self, kept: BoolArray) -> "OwnerCounts":
        """Return the counts of the kept patterns, of the owners who have one of them."""
        entries = kept[self.pattern]
        owners, owner = np.unique(self.owner[entries], return_inverse=True)
        pattern = (np.cumsum(kept) - 1)[self.pattern[entries]]
        return OwnerCounts(owner, pattern, self.items[entries], len(owners), int(kept.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Distinct item histograms.

    counts: (P, V) ratings per value; items: (P,) how many items look like that.
    """

    counts: IntArray
    items: IntArray
    owners: OwnerCounts | None = None
    n_raters: int | None = None

    @property
    def ratings(self) -> IntArray:
        """Ratings per item of each pattern, (P,)."""
        m: IntArray = self.counts.sum(axis=1, dtype=np.int64)
        return m

    @property
    def n_values(self) -> int:
        """How many options the question declares, used or not."""
        return int(self.counts.shape[1])

    @property
    def sample(self) -> Sample:
        """The items and ratings in these patterns."""
        return Sample(int(self.items.sum()), int(self.items @ self.ratings), self.n_raters)

    def rated(self, at_least: int) -> "Patterns":
        """Return the patterns of items with at least so many ratings."""
        kept = self.ratings >= at_least
        owners = None if self.owners is None else self.owners.only(kept)
        return Patterns(self.counts[kept], self.items[kept], owners, self.n_raters)


def histogram(item: IntArray, value: IntArray, n_items: int, n_values: int) -> IntArray:
    """Count the ratings of each item by value: (n_items, n_values), int32.

    item and value: equal-length codes of the ratings, 0..n_items-1 and 0..n_values-1.

    >>> histogram(np.array([0, 0, 1]), np.array([2, 2, 0]), 2, 3).tolist()
    [[0, 0, 2], [1, 0, 0]]
    """
    check_codes(item, n_items)
    check_codes(value, n_values)
    cell = np.multiply(item, n_values, dtype=np.int64)
    cell += value
    counts = np.bincount(cell, minlength=n_items * n_values)
    return counts.astype(np.int32).reshape(n_items, n_values)


def check_codes(codes: IntArray, size: int) -> None:
    """Raise ValueError unless all codes are in 0..size-1: a stray one would count elsewhere."""
    if codes.size and (codes.min() < 0 or codes.max() >= size):
        raise ValueError(f"codes must be in 0..{size - 1}")


def collapse(
    hist: IntArray,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    times: IntArray | None = None,
) -> Patterns:
    """Merge items with equal histograms; items without a rating are left out.

    hist: (N, V). owner: (N,) code of the person each item is about, -1 = nobody; ownerless items
    among owned ones stand for themselves in an owner bootstrap. times: (N,) how many items each
    row stands for, when the database has already grouped them. The order of rows has no effect.

    >>> merged = collapse(np.array([[2, 1], [0, 3], [2, 1]]))
    >>> merged.counts.tolist(), merged.items.tolist()
    ([[0, 3], [2, 1]], [1, 2])
    """
    number = np.ones(len(hist), np.int64) if times is None else times
    kept = (hist.sum(axis=1) > 0) & (number > 0)
    rows, number = hist[kept], number[kept]
    first, pattern = distinct(row_keys(rows))
    items = np.bincount(pattern, weights=number, minlength=len(first)).astype(np.int64)
    has_owner = owner is not None and bool((owner[kept] >= 0).any())
    owners = (
        count_by_owner(owner[kept], pattern, number) if owner is not None and has_owner else None
    )
    return Patterns(rows[first].astype(np.int64), items, owners, n_raters)


def count_by_owner(
    owner: IntArray, pattern: IntArray, times: IntArray | None = None, n_patterns: int | None = None
) -> OwnerCounts:
    """Count items by owner and pattern; items without an owner (-1) become owners of their own."""
    number = np.ones(len(owner), np.int64) if times is None else times
    alone = owner < 0
    repeats = np.where(alone, number, 1)
    who = np.repeat(owner, repeats).astype(np.int64)
    own = who < 0
    who[own] = np.arange(int(own.sum())) + int(owner.max(initial=-1)) + 1
    size = int(pattern.max(initial=-1)) + 1 if n_patterns is None else n_patterns
    items = np.repeat(np.where(alone, 1, number), repeats)
    return _sparse_counts(who, np.repeat(pattern, repeats), items, size)


def _sparse_counts(owner: IntArray, pattern: IntArray, items: IntArray, size: int) -> OwnerCounts:
    owners, code = np.unique(owner, return_inverse=True)
    cell, entry = np.unique(code * size + pattern, return_inverse=True)
    total = np.bincount(entry, weights=items, minlength=len(cell)).astype(np.int64)
    return OwnerCounts(cell // size, cell % size, total, len(owners), size)


def row_keys(rows: IntArray) -> IntArray:
    """Return one integer per row, equal for equal rows and ordered as the rows are."""
    key = np.zeros(len(rows), np.int64)
    span = 1
    for column in rows.T:
        width = int(column.max(initial=0)) + 1
        if span * width > 1 << 62:
            key = distinct(key)[1].astype(np.int64)
            span = len(rows)
        key = key * width + column
        span *= width
    return key


def distinct(key: IntArray) -> tuple[IntArray, IntArray]:
    """Return a row index for each distinct key, in key order, and the code of each row."""
    if not key.size or int(key.max()) >= TABLE_CELLS:
        _, first, code = np.unique(key, return_index=True, return_inverse=True)
        return first, code
    row = np.full(int(key.max()) + 1, -1, np.int64)
    row[key] = np.arange(len(key))
    present = np.flatnonzero(row >= 0)
    code_of = np.zeros(len(row), np.int64)
    code_of[present] = np.arange(len(present))
    return row[present], code_of[key]
