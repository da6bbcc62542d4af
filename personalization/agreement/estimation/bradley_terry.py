"""Bradley-Terry: how strong each system is, from who won against whom."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.estimate import (
    Estimate,
    Interval,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.estimation.comparisons import (
    Comparisons,
    distinct_comparisons,
    present,
    win_matrix,
    wins_of_each,
)
from personalization.agreement.intervals.bootstrap import DRAWS, intervals
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.patterns import count_by_owner

TOLERANCE = 1e-10
# Interval ends are good to .005: replicates need no more than this.
REPLICATE_TOLERANCE = 1e-6
# A dozen rounds settle almost anything: the damped step never diverges.
ROUNDS = 500
# 2 MB of matrices at a time stay in the cache.
BLOCK_CELLS = 1 << 18
# Strengths this close are a tie: replicates are no better than that.
TIED = 1e-6


@dataclass(frozen=True, slots=True)
class Strengths:
    """Log strength of each system, mean 0, and its rank: 1 is the strongest, ties share ranks."""

    theta: tuple[Estimate, ...]
    rank: tuple[Estimate, ...]


def log_strengths(wins: FloatArray, tolerance: float = TOLERANCE) -> FloatArray:
    """Return theta = log g, mean 0, of win matrices: (..., M, M) -> (..., M).

    Maximum likelihood of P(a beats b) = g_a / (g_a + g_b) (Bradley & Terry 1952), where
    g_a = sum_b W_ab / sum_b (N_ab / (g_a + g_b)), N = W + W', holds for all: the fixed point of
    Hunter's MM (2004). Reached by Newton steps, damped so that they cannot overshoot, until no
    log g moves by the tolerance: MM takes hundreds of rounds to it, thousands along a chain. The
    diagonal does not count. nan unless the graph "a won against b" is strongly connected.

    Of two systems theta is half the log odds, here log(3) / 2:

    >>> log_strengths(np.array([[0.0, 3.0], [1.0, 0.0]])).round(6).tolist()
    [0.549306, -0.549306]
    """
    n_systems = wins.shape[-1]
    flat = wins.reshape(-1, n_systems, n_systems) * (1 - np.eye(n_systems))
    theta = np.full(flat.shape[:2], np.nan)
    rows = np.flatnonzero(_strongly_connected(flat))
    block = max(1, BLOCK_CELLS // max(n_systems * n_systems, 1))
    for start in range(0, len(rows), block):
        chosen = rows[start : start + block]
        theta[chosen] = _maximum(flat[chosen], tolerance)
    return theta.reshape(wins.shape[:-1])


def _maximum(wins: FloatArray, tolerance: float) -> FloatArray:
    """Return the strengths at which everybody's expected wins are the wins, (B, M)."""
    n_systems = wins.shape[-1]
    lost, own = wins.swapaxes(1, 2), np.arange(n_systems)
    theta = np.zeros(wins.shape[:2])
    settled = np.zeros(len(wins), bool)
    for _round in range(ROUNDS):
        beats = expit(theta[:, :, None] - theta[:, None, :])
        loses = beats.swapaxes(1, 2)
        # Wins less expected wins, pair by pair: a difference of large sums would be all rounding.
        short = (wins * loses - lost * beats).sum(axis=2)
        curvature = -(wins + lost) * beats * loses
        curvature[:, own, own] = 0
        curvature[:, own, own] = -curvature.sum(axis=2)
        # All strengths may shift together: any pull towards mean 0 makes the solution unique.
        curvature += curvature[:, own, own].mean(axis=1)[:, None, None] / n_systems
        step = np.linalg.solve(curvature, short[:, :, None])[:, :, 0]
        # log(1 + b) / b, b the widest change of a difference (Sun & Tran-Dinh 2019, logistic loss).
        widest = np.maximum(np.ptp(step, axis=1), 1e-300)
        step *= (np.log1p(widest) / widest)[:, None]
        theta += step - step.mean(axis=1, keepdims=True)
        settled = np.abs(step).max(axis=1) < tolerance
        if settled.all():
            break
    return np.where(settled[:, None], theta, np.nan)


def ranks(theta: FloatArray) -> FloatArray:
    """Return the rank of each strength, 1 the highest, ties sharing the mean: (..., M).

    1 + how many are higher + half of how many others are equal; nan where theta is.

    >>> ranks(np.array([0.3, -0.6, 0.3])).tolist()
    [1.5, 3.0, 1.5]
    """
    ahead = theta[..., None, :] - theta[..., :, None]
    higher, close = (ahead > TIED).sum(axis=-1), (np.abs(ahead) <= TIED).sum(axis=-1)
    return np.where(np.isnan(theta), np.nan, 1 + higher + (close - 1) / 2)


def bradley_terry(
    comparisons: Comparisons,
    n_systems: int,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Strengths:
    """Return each system's log strength and rank, with intervals (`log_strengths`, `ranks`).

    owner: (N,) or None; bootstrap by item or owner, a replicate whose graph falls apart is left out
    and counted. n_items and n_ratings of a system: the items and votes it took part in. Undefined:
    a system nobody compared (`no_overlap`, the others are fitted without it); the graph of the rest
    is not strongly connected (`disconnected`: all of them).

    >>> rows = Comparisons(np.array([0, 0]), np.array([1, 1]), np.array([3.0, 0]), np.array([3, 1]))
    >>> found = bradley_terry(rows, 2, draws=0)
    >>> [round(one.value, 6) for one in found.theta], [one.value for one in found.rank]
    ([0.549306, -0.549306], [1.0, 2.0])
    """
    usable = comparisons.usable
    met, rows = present(comparisons.only(usable), n_systems)
    nobody = undefined(Reason.NO_OVERLAP, Sample(n_raters=n_raters))
    theta, rank = [nobody] * n_systems, [nobody] * n_systems
    if not len(met):
        return Strengths(tuple(theta), tuple(rank))
    held = None if owner is None else owner[usable]
    strength = log_strengths(win_matrix(rows, len(met)))
    found = _intervals(rows, len(met), held, seed=seed, draws=0 if np.isnan(strength[0]) else draws)
    samples = _samples(rows, len(met), n_raters)
    for place, system in enumerate(met):
        theta[system] = _estimate(strength, samples, found[: len(met)], place)
        rank[system] = _estimate(ranks(strength), samples, found[len(met) :], place)
    return Strengths(tuple(theta), tuple(rank))


def _estimate(
    values: FloatArray, samples: list[Sample], found: list[Interval], place: int
) -> Estimate:
    if np.isnan(values[place]):
        return undefined(Reason.DISCONNECTED, samples[place])
    return defined(float(values[place]), samples[place], found[place])


def _strongly_connected(wins: FloatArray) -> BoolArray:
    """Return whether everybody beat everybody, if over others, (B,)."""
    beat = (wins > 0).astype(np.float64)
    return _all_reached(beat) & _all_reached(beat.swapaxes(1, 2))


def _all_reached(beat: FloatArray) -> BoolArray:
    """Return whether the first reaches all others along the edges, (B,)."""
    reached: BoolArray = np.zeros(beat.shape[:2], bool)
    reached[:, :1] = True
    before = -1
    while int(reached.sum()) > before:
        before = int(reached.sum())
        np.logical_or(reached, (reached[:, None, :] @ beat)[:, 0, :] > 0, out=reached)
    return np.asarray(reached.all(axis=1))


def _samples(rows: Comparisons, n_systems: int, n_raters: int | None) -> list[Sample]:
    who = np.concatenate([rows.first, rows.second])
    items = np.bincount(who, minlength=n_systems)
    votes = np.bincount(who, np.tile(rows.compared, 2), n_systems)
    return [Sample(int(n), int(m), n_raters) for n, m in zip(items, votes, strict=True)]


def _intervals(
    rows: Comparisons, n_systems: int, owner: IntArray | None, *, seed: int | str, draws: int
) -> list[Interval]:
    """Return the intervals of all strengths, then of all ranks."""
    first, pattern = distinct_comparisons(rows)
    items = np.bincount(pattern, minlength=len(first))
    owned = owner is not None and bool((owner >= 0).any())
    owners = count_by_owner(owner, pattern) if owner is not None and owned else None
    spread = wins_of_each(rows, first, n_systems)

    def replicates(weights: FloatArray) -> FloatArray:
        wins = (weights @ spread).reshape(-1, n_systems, n_systems)
        theta = log_strengths(wins, REPLICATE_TOLERANCE)
        return np.concatenate([theta, ranks(theta)], axis=1)

    key = stable_seed(seed, "bradley-terry")
    return intervals(replicates, 2 * n_systems, items, owners, seed=key, draws=draws)
