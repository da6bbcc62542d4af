"""What a bootstrap draws: weights of patterns, and one set of draws for a whole report."""

import hashlib
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.patterns import OwnerCounts

# 16 MB of weights at a time: statistics make a few temporaries of the same size.
BLOCK_CELLS = 1 << 21
DENSE_CELLS = 1 << 23
# A multinomial pays for each pattern what a draw of single items pays for about so many items.
ITEMS_PER_PATTERN = 8
# So many picks at a time, and their counts, stay in the processor's cache.
CACHED = 1 << 15
# How many sets of draws of a report are kept for its next statistic: at most 16 MB each.
MOST_KEPT = 4


def stable_seed(*parts: int | str) -> int:
    """Return a seed that depends on the parts alone, in this process and in any other.

    >>> stable_seed("stamp 7", "alpha") == stable_seed("stamp 7", "alpha")
    True
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())


@dataclass(slots=True)
class _Shared:
    """The draws of one report: statistics of the same units meet the same resamples."""

    seed: int | str
    kept: "OrderedDict[str, FloatArray]" = field(default_factory=OrderedDict)
    # Statistics of a panel pass the very same arrays: these are named once.
    named: deque[tuple[IntArray, OwnerCounts | None, int, str]] = field(
        default_factory=lambda: deque(maxlen=MOST_KEPT)
    )

    def weights(
        self, items: IntArray, owners: OwnerCounts | None, draws: int
    ) -> Iterable[FloatArray]:
        units = self._name(items, owners, draws)
        if units in self.kept:
            self.kept.move_to_end(units)
            return [self.kept[units]]
        blocks = _drawn(stable_seed(self.seed, units), items, owners, draws)
        first = next(blocks)
        if len(first) == draws:
            first.flags.writeable = False
            self.kept[units] = first
            if len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)
        return chain([first], blocks)

    def _name(self, items: IntArray, owners: OwnerCounts | None, draws: int) -> str:
        for its_items, its_owners, its_draws, name in self.named:
            if its_items is items and its_owners is owners and its_draws == draws:
                return name
        self.named.append((items, owners, draws, _digest(items, owners, draws)))
        return self.named[-1][-1]


_shared: ContextVar[_Shared | None] = ContextVar("shared draws", default=None)


@contextmanager
def same_draws(seed: int | str) -> Iterator[None]:
    """Let all intervals computed meanwhile draw the same units alike, whatever their own seeds.

    Drawing is most of what an interval costs, and numbers that are read beside each other are
    better compared on the same resamples (docs/adr/0010). The same seed and the same data give the
    same draws, in this process and in any other.
    """
    token = _shared.set(_Shared(seed))
    try:
        yield
    finally:
        _shared.reset(token)


def weights_of(
    items: IntArray, owners: OwnerCounts | None, *, seed: int | str, draws: int
) -> Iterable[FloatArray]:
    """Return blocks of weights of patterns, (B, P), `draws` rows in all.

    items: (P,) multiplicities; without owners, pattern counts are Multinomial(n, items/n), with
    owners, owners are drawn with replacement, each with all of its items.
    """
    shared = _shared.get()
    if shared is not None:
        return shared.weights(items, owners, draws)
    return _drawn(stable_seed(seed), items, owners, draws)


def _drawn(
    seed: int, items: IntArray, owners: OwnerCounts | None, draws: int
) -> Iterator[FloatArray]:
    rng = np.random.default_rng(seed)
    if owners is None:
        return _item_weights(rng, items, draws)
    return _owner_weights(rng, owners, draws)


def _digest(items: IntArray, owners: OwnerCounts | None, draws: int) -> str:
    """Return a name of what is drawn, equal where the same units are drawn equally often."""
    found = hashlib.blake2b(str(draws).encode(), digest_size=16)
    given = [items]
    if owners is not None:
        given += [owners.owner, owners.pattern, owners.items]
    for one in given:
        found.update(f"|{len(one)}|".encode())
        found.update(one.astype(np.int64).tobytes())
    return found.hexdigest()


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
