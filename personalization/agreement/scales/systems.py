"""Do a judge and people rank the systems alike that wrote the candidates?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
from personalization.agreement.estimate import Estimate, Reason, Sample, defined, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, intervals
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.keys import column_keys, distinct, row_keys
from personalization.agreement.patterns import count_by_owner

# Means are shares; equal ones, added up in another order, differ by less.
DIGITS = 12
BLOCK_CELLS = 1 << 21


@dataclass(frozen=True, slots=True)
class SystemCorrelations:
    """Three correlations over systems; n_items of each is the number of systems."""

    pearson: Estimate
    spearman: Estimate
    kendall_tau_b: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Duels:
    """Pairs of candidates that both sides judged.

    system_a, system_b: (N,) codes of the systems, -1 = unknown; human, judge: (N,) what each gives
    the first candidate, 0 to 1 (a tie 1/2; the second gets the rest), nan = nothing; ratings: (N,)
    human ratings behind an item; owner: (N,), -1 = nobody.
    """

    system_a: IntArray
    system_b: IntArray
    human: FloatArray
    judge: FloatArray
    ratings: IntArray
    owner: IntArray | None = None

    def only(self, kept: BoolArray | IntArray) -> "Duels":
        """Return the kept pairs."""
        owner = None if self.owner is None else self.owner[kept]
        return Duels(
            self.system_a[kept],
            self.system_b[kept],
            self.human[kept],
            self.judge[kept],
            self.ratings[kept],
            owner,
        )


def system_correlations(
    duels: Duels, n_raters: int | None = None, *, seed: int | str = 0, draws: int = DRAWS
) -> SystemCorrelations:
    """Return Pearson's, Spearman's and Kendall's (tau-b) correlation of the systems' means, -1 to 1.

    A system's mean is its win share over the items that it is in and that both sides judged: the
    mean of what the people (or the judge) give it, a tie 1/2. Items of a system against itself are
    left out. One system, one vote; n_items counts systems, n_ratings the human ratings. With two
    systems every correlation is -1 or 1. Interval: bootstrap by item or owner; draws in which a
    system does not occur are left out. Undefined: no item (`no_overlap`); one system only, or equal
    means on either side (`no_variation`).

    Systems 0, 1, 2 win 1, 1/4, 1/4 among people and 1, 1/2, 0 with the judge:

    >>> duels = Duels(np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([1.0, 1, 0.5]),
    ...     np.array([1.0, 1, 1]), np.array([2, 2, 2]))
    >>> found = system_correlations(duels, draws=0)
    >>> round(found.spearman.value, 4), round(found.kendall_tau_b.value, 4), found.pearson.n_items
    (0.866, 0.8165, 3)
    """
    duels = duels.only(
        ~np.isnan(duels.human)
        & ~np.isnan(duels.judge)
        & (duels.system_a != duels.system_b)
        & ((duels.system_a >= 0) | (duels.system_b >= 0))
    )
    systems = np.unique(np.concatenate([duels.system_a, duels.system_b]))
    systems = systems[systems >= 0]
    sample = Sample(len(systems), int(duels.ratings.sum()), n_raters)
    if not len(systems):
        nothing = undefined(Reason.NO_OVERLAP, sample)
        return SystemCorrelations(nothing, nothing, nothing)
    drawn = _units(duels, systems)
    values = drawn.correlations(drawn.number[None].astype(np.float64))[0].tolist()
    found = intervals(
        drawn.correlations,
        len(values),
        drawn.number,
        seed=stable_seed(seed, "systems"),
        draws=draws,
        unit=drawn.unit,
    )
    estimates = [
        undefined(Reason.NO_VARIATION, sample) if np.isnan(value) else defined(value, sample, one)
        for value, one in zip(values, found, strict=True)
    ]
    return SystemCorrelations(*estimates)


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """What is drawn: sums (U, 3 S) of each unit by system: its pairs, what people and the judge give."""

    sums: sparse.csr_array
    number: IntArray
    unit: str

    def correlations(self, weights: FloatArray) -> FloatArray:
        """Return the three correlations, (B, 3), of (B, U) weights."""
        pairs, *given = np.split(np.asarray(weights @ self.sums), 3, axis=1)
        human, judge = (np.round(ratio(side, pairs, pairs > 0), DIGITS) for side in given)
        return np.stack([of(human, judge) for of in (_pearson, _spearman, _kendall)], axis=1)


def _units(duels: Duels, systems: IntArray) -> _Units:
    """Merge pairs that look the same; sum them by owner where one has owners."""
    duels = _one_way_round(duels)
    columns = [duels.system_a + 1, duels.system_b + 1]
    columns += [column_keys(duels.human), column_keys(duels.judge)]
    first, look = distinct(row_keys(np.stack(columns, axis=1)))
    sums = _sums(duels.only(first), systems)
    if duels.owner is None or not (duels.owner >= 0).any():
        return _Units(sums, np.bincount(look, minlength=len(first)), "item")
    owners = count_by_owner(duels.owner, look, n_patterns=len(first))
    counts = sparse.csr_array(
        (owners.items, (owners.owner, owners.pattern)), shape=(owners.n_owners, len(first))
    )
    return _Units(counts @ sums, np.ones(owners.n_owners, np.int64), "owner")


def _one_way_round(duels: Duels) -> Duels:
    """Name the system with the smaller code first: fewer kinds of pairs to draw."""
    swap = duels.system_a > duels.system_b
    return replace(
        duels,
        system_a=np.where(swap, duels.system_b, duels.system_a),
        system_b=np.where(swap, duels.system_a, duels.system_b),
        human=np.where(swap, 1 - duels.human, duels.human),
        judge=np.where(swap, 1 - duels.judge, duels.judge),
    )


def _sums(duels: Duels, systems: IntArray) -> sparse.csr_array:
    """Lay out what each pair adds to the systems' sums, (N, 3 S): 1, the people's credit, the judge's."""
    rows, columns, amounts = [], [], []
    for system, human, judge in (
        (duels.system_a, duels.human, duels.judge),
        (duels.system_b, 1 - duels.human, 1 - duels.judge),
    ):
        known = np.flatnonzero(system >= 0)
        place = np.searchsorted(systems, system[known])
        for part, amount in enumerate((np.ones_like(human), human, judge)):
            rows.append(known)
            columns.append(place + part * len(systems))
            amounts.append(amount[known])
    entries = (np.concatenate(rows), np.concatenate(columns))
    shape = (len(duels.human), 3 * len(systems))
    return sparse.csr_array((np.concatenate(amounts), entries), shape=shape)


def _pearson(x: FloatArray, y: FloatArray) -> FloatArray:
    x, y = (side - side.mean(axis=1, keepdims=True) for side in (x, y))
    varied = (np.ptp(x, axis=1) > 10**-DIGITS) & (np.ptp(y, axis=1) > 10**-DIGITS)
    root = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    return np.clip(ratio((x * y).sum(axis=1), root, varied), -1, 1)


def _spearman(x: FloatArray, y: FloatArray) -> FloatArray:
    """Correlate how many systems each lies above, less those above it: twice its mid-rank, centred."""
    return _pearson(*(np.concatenate([s.sum(axis=2) for s in _signs(side)]) for side in (x, y)))


def _kendall(x: FloatArray, y: FloatArray) -> FloatArray:
    """Compare every two systems: there are few, and no table of their means."""
    return np.concatenate([_tau(*signs) for signs in zip(_signs(x), _signs(y), strict=True)])


def _tau(x: FloatArray, y: FloatArray) -> FloatArray:
    both, in_x, in_y = (
        np.einsum("bij,bij->b", one, other) for one, other in ((x, y), (x, x), (y, y))
    )
    return ratio(both, np.sqrt(in_x * in_y), (in_x > 0) & (in_y > 0))


def _signs(means: FloatArray) -> Iterator[FloatArray]:
    """Return, block by block, which of two systems has the higher mean: (B, S, S), -1, 0 or 1."""
    step = max(1, BLOCK_CELLS // max(1, means.shape[1] ** 2))
    for start in range(0, len(means), step):
        block = means[start : start + step]
        yield np.sign(block[:, :, None] - block[:, None, :])
