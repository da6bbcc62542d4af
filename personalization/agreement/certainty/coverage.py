"""The coverage curve: how often a judge is right if it may abstain below a certainty."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray, ratio
from personalization.agreement.certainty.answers import NO_CERTAINTY, Answers, cells_of
from personalization.agreement.certainty.wilson import wilson
from personalization.agreement.estimate import Estimate, Interval, Sample, defined
from personalization.agreement.intervals.bootstrap import DRAWS, intervals
from personalization.agreement.intervals.draws import stable_seed


@dataclass(frozen=True, slots=True)
class Point:
    """One certainty t: the share of all items answered at t or more, and how many are right.

    coverage.n_items counts all items, agreement.n_items those answered at t or more.
    """

    threshold: int
    coverage: Estimate
    agreement: Estimate


def coverage_curve(answers: Answers, *, seed: int | str = 0, draws: int = DRAWS) -> list[Point]:
    """Return coverage and agreement at each distinct certainty, ascending; both 0 to 1.

    For t in the stated certainties: n(t) = |{i: c_i >= t}|, coverage = n(t) / n_all, agreement =
    share of right answers among them. Unreadable and abstained stay in n_all. Nothing is
    interpolated. Intervals: Wilson where no item has an owner, as each outcome is 0 or 1 and on its
    own; otherwise the owner bootstrap, the same owners drawn along the whole curve. Without any
    certainty the curve is empty.

    Certainties 90, 80, 80, 60, the first two right:

    >>> four = Answers(np.array([90, 80, 80, 60]), np.array([True, True, False, False]),
    ...     np.ones(4, int), None, np.arange(4))
    >>> [(p.threshold, p.agreement.n_items, p.coverage.value, round(p.agreement.value, 3))
    ...     for p in coverage_curve(four)]
    [(60, 4, 1.0, 0.5), (80, 3, 0.75, 0.667), (90, 1, 0.25, 1.0)]
    """
    stated = answers.certainty[answers.certainty != NO_CERTAINTY]
    levels = np.unique(stated)
    if not len(levels):
        return []
    # The silent ones have the lowest code: whatever the threshold, they are not above it.
    code = np.searchsorted(levels, answers.certainty) + (answers.certainty != NO_CERTAINTY)
    number = np.bincount(2 * code + answers.right, minlength=2 * len(levels) + 2)
    above, right = _above(number[None, :].astype(np.float64))
    around = _intervals(answers, code, len(levels), seed=seed, draws=draws)
    ratings = np.bincount(code, weights=answers.ratings, minlength=len(levels) + 1)
    behind = ratings[::-1].cumsum()[::-1][1:]
    return [
        Point(
            int(level),
            defined(n / len(code), answers.sample, covering),
            defined(hits / n, Sample(int(n), int(labels), answers.n_raters), agreeing),
        )
        for level, n, hits, labels, (covering, agreeing) in zip(
            levels, above[0].tolist(), right[0].tolist(), behind, around, strict=True
        )
    ]


def _above(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return answers, and right ones, at or above each certainty, (B, K) each."""
    right = weights[:, 3::2]
    each = weights[:, 2::2] + right
    above: tuple[FloatArray, FloatArray] = (
        each[:, ::-1].cumsum(axis=1)[:, ::-1],
        right[:, ::-1].cumsum(axis=1)[:, ::-1],
    )
    return above


def _intervals(
    answers: Answers, code: IntArray, n_levels: int, *, seed: int | str, draws: int
) -> list[tuple[Interval, Interval]]:
    cells = cells_of(answers, code, n_levels + 1)
    if cells.owners is None:
        above, right = _above(cells.number[None, :].astype(np.float64))
        counts = zip(above[0].astype(int).tolist(), right[0].astype(int).tolist(), strict=True)
        return [(wilson(n, len(code)), wilson(hits, n)) for n, hits in counts]

    def both(weights: FloatArray) -> FloatArray:
        n, hits = _above(weights)
        covering = n / weights.sum(axis=1, keepdims=True)
        return np.concatenate([covering, ratio(hits, n, n > 0)], axis=1)

    key = stable_seed(seed, "coverage curve")
    found = intervals(both, 2 * n_levels, cells.number, cells.owners, seed=key, draws=draws)
    return list(zip(found[:n_levels], found[n_levels:], strict=True))
