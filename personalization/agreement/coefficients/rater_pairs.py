"""Every pair of raters who share an item, sparse: 1.2 million pairs fit where a table cannot."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.coefficients.cohen import kappas_of_margins
from personalization.agreement.coefficients.weights import Weights, distances
from personalization.agreement.keys import check_codes

# Margins of so many cells at a time stay in the processor's cache.
BLOCK_CELLS = 1 << 20
# Up to so many shared items (and values), listing their combinations beats counting values.
MOST_LISTED = 4


@dataclass(frozen=True, slots=True, eq=False)
class RaterPairs:
    """Pairs of raters low < high, each with the values of the items both rated.

    low, high, shared: (K,) codes of the raters and number of shared items. value_low, value_high:
    (sum of shared,) their values, pair after pair.
    """

    low: IntArray
    high: IntArray
    shared: IntArray
    value_low: IntArray
    value_high: IntArray
    n_values: int

    @property
    def starts(self) -> IntArray:
        """Where the items of each pair begin, (K,)."""
        ends: IntArray = np.cumsum(self.shared)
        return ends - self.shared

    def sharing(self, at_least: int) -> "RaterPairs":
        """Return the pairs that share at least so many items."""
        return self.only(self.shared >= at_least)

    def only(self, kept: BoolArray) -> "RaterPairs":
        """Return the kept pairs."""
        items = np.repeat(kept, self.shared)
        return RaterPairs(
            low=self.low[kept],
            high=self.high[kept],
            shared=self.shared[kept],
            value_low=self.value_low[items],
            value_high=self.value_high[items],
            n_values=self.n_values,
        )

    def agreements(self) -> FloatArray:
        """Return the share of shared items with equal values, (K,)."""
        equal = _sum_runs(self.value_low == self.value_high, self.starts)
        return equal / self.shared

    def kappas(self, weights: Weights = Weights.PLAIN) -> FloatArray:
        """Return Cohen's kappa of each pair, (K,), nan where undefined (see `cohen.kappas`)."""
        d, starts = distances(weights, self.n_values), self.starts
        found = np.empty(len(starts))
        few = min(self.n_values, MOST_LISTED)
        for shared in range(1, few + 1):
            pairs = np.flatnonzero(self.shared == shared)
            found[pairs] = self._few_kappas(starts[pairs], shared, d)
        many = np.flatnonzero(self.shared > few)
        step = max(1, BLOCK_CELLS // self.n_values)
        for first in range(0, len(many), step):
            pairs = many[first : first + step]
            found[pairs] = self._many_kappas(starts[pairs], self.shared[pairs], d)
        return found

    def tables(self) -> IntArray:
        """Return the confusion tables, (K, V, V), rows low, columns high: for few pairs only."""
        pair = np.repeat(np.arange(len(self.low)), self.shared)
        cell = (pair * self.n_values + self.value_low) * self.n_values + self.value_high
        shape = (len(self.low), self.n_values, self.n_values)
        return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)

    def _few_kappas(self, starts: IntArray, shared: int, d: FloatArray) -> FloatArray:
        """Return kappas of pairs with so few items that all their combinations can be listed."""
        items = starts + np.arange(shared)[:, None]
        low, high = self.value_low[items] * len(d), self.value_high[items]
        observed, expected = np.zeros(len(starts)), np.zeros(len(starts))
        for one, other in product(range(shared), repeat=2):
            distance = d.ravel()[low[one] + high[other]]
            expected += distance
            if one == other:
                observed += distance
        return kappas_of_margins(observed, expected, np.full(len(starts), float(shared)))

    def _many_kappas(self, starts: IntArray, shared: IntArray, d: FloatArray) -> FloatArray:
        """Return kappas of pairs from how often each of the two gave each value."""
        begins = np.cumsum(shared) - shared
        items = np.arange(int(shared.sum())) + np.repeat(starts - begins, shared)
        low, high = self.value_low[items], self.value_high[items]
        row = np.repeat(np.arange(len(shared)) * len(d), shared)
        a, b = _counts(row + low, shared, len(d)), _counts(row + high, shared, len(d))
        observed = _sum_runs(d.ravel()[low * len(d) + high], begins)
        return kappas_of_margins(
            observed, np.einsum("pc,pc->p", a @ d, b), shared.astype(np.float64)
        )


def pair_tables(item: IntArray, rater: IntArray, value: IntArray, n_values: int) -> RaterPairs:
    """Find all pairs of raters with a shared item, ordered by (low, high).

    item, rater, value: equal-length codes of the ratings, one value per rater and item
    (ValueError otherwise).

    >>> pairs = pair_tables(np.array([0, 0, 1, 1]), np.array([3, 1, 1, 3]), np.array([0, 1, 1, 1]), 2)
    >>> pairs.low.tolist(), pairs.high.tolist(), pairs.shared.tolist(), pairs.tables().tolist()
    ([1], [3], [2], [[[0, 0], [1, 1]]])
    """
    check_codes(value, n_values)
    value_bits, rater_bits = _bits(n_values - 1), _bits(int(rater.max(initial=0)))
    # Packed into one integer a rating sorts as itself, several times faster than by an index.
    packed = (item.astype(np.int64) << rater_bits | rater) << value_bits | value
    packed.sort()
    _refuse_repeats(packed >> value_bits)
    pairs = _pairs_within_items(packed, rater_bits, value_bits)
    pairs.sort()
    return _unpack(pairs, rater_bits, value_bits, n_values)


def _bits(largest: int) -> int:
    return max(1, largest.bit_length())


def _refuse_repeats(who_and_what: IntArray) -> None:
    if (who_and_what[1:] == who_and_what[:-1]).any():
        raise ValueError("a rater has two values for one item")


def _pairs_within_items(packed: IntArray, rater_bits: int, value_bits: int) -> IntArray:
    """Pack (low, high, value of low, value of high) of every two ratings of an item."""
    value = packed & (1 << value_bits) - 1
    rater = packed >> value_bits & (1 << rater_bits) - 1
    as_low = rater << rater_bits + 2 * value_bits | value << value_bits
    as_high = rater << 2 * value_bits | value
    begins = _begins(packed >> rater_bits + value_bits)
    m = np.diff(begins, append=len(packed))
    later = np.repeat(begins + m - 1, m) - np.arange(len(packed))
    found = [np.empty(0, np.int64)]
    left = np.flatnonzero(later)
    lag = 1
    while left.size:
        found.append(as_low[left] | as_high[left + lag])
        lag += 1
        left = left[later[left] >= lag]
    return np.concatenate(found)


def _unpack(pairs: IntArray, rater_bits: int, value_bits: int, n_values: int) -> RaterPairs:
    who = pairs >> 2 * value_bits
    starts = _begins(who)
    mask = (1 << value_bits) - 1
    return RaterPairs(
        low=who[starts] >> rater_bits,
        high=who[starts] & (1 << rater_bits) - 1,
        shared=np.diff(starts, append=len(pairs)),
        value_low=pairs >> value_bits & mask,
        value_high=pairs & mask,
        n_values=n_values,
    )


def _begins(ordered: IntArray) -> IntArray:
    """Return where each run of equal numbers begins."""
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)


def _counts(cell: IntArray, shared: IntArray, n_values: int) -> FloatArray:
    counts = np.bincount(cell, minlength=len(shared) * n_values)
    return counts.astype(np.float64).reshape(len(shared), n_values)


def _sum_runs(values: FloatArray | BoolArray, starts: IntArray) -> FloatArray:
    if not starts.size:
        return np.empty(0)
    sums: FloatArray = np.add.reduceat(values, starts, dtype=np.float64)
    return sums
