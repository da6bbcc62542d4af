"""Items with equal histograms are interchangeable: count them once, with a multiplicity."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.estimate import Sample
from personalization.agreement.keys import check_codes, distinct, row_keys, row_sums


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
        first, owner = distinct(self.owner[entries])
        pattern = (np.cumsum(kept) - 1)[self.pattern[entries]]
        return OwnerCounts(owner, pattern, self.items[entries], len(first), int(kept.sum()))


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
        return row_sums(self.counts)

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
        if kept.all():
            return self
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
    if times is not None and not times.all():
        counted = times > 0
        hist, times = hist[counted], times[counted]
        owner = None if owner is None else owner[counted]
    first, pattern = distinct(row_keys(hist))
    counts = hist[first].astype(np.int64)
    items = np.bincount(pattern, weights=times, minlength=len(first)).astype(np.int64)
    rated = row_sums(counts) > 0
    owners = None
    if owner is not None and (rated[pattern] & (owner >= 0)).any():
        owners = count_by_owner(owner, pattern, times, len(first)).only(rated)
    return Patterns(counts[rated], items[rated], owners, n_raters)


def count_by_owner(
    owner: IntArray, pattern: IntArray, times: IntArray | None = None, n_patterns: int | None = None
) -> OwnerCounts:
    """Count items by owner and pattern; items without an owner (-1) become owners of their own."""
    size = int(pattern.max(initial=-1)) + 1 if n_patterns is None else n_patterns
    if (owner < 0).any():
        owner, pattern, times = _each_alone(owner, pattern, times)
    first, code = distinct(owner)
    cell = code * size + pattern
    entries, entry = distinct(cell)
    items = np.bincount(entry, weights=times, minlength=len(entries)).astype(np.int64)
    cell = cell[entries]
    return OwnerCounts(cell // size, cell % size, items, len(first), size)


def _each_alone(
    owner: IntArray, pattern: IntArray, times: IntArray | None
) -> tuple[IntArray, IntArray, IntArray]:
    """Give every item that nobody owns an owner of its own, numbered in order of patterns."""
    number = np.ones(len(owner), np.int64) if times is None else times
    repeats = np.where(owner < 0, number, 1)
    who, looks = np.repeat(owner, repeats).astype(np.int64), np.repeat(pattern, repeats)
    own = np.flatnonzero(who < 0)
    own = own[np.argsort(looks[own], kind="stable")]
    who[own] = np.arange(len(own)) + int(owner.max(initial=-1)) + 1
    return who, looks, np.repeat(np.where(owner < 0, 1, number), repeats)
