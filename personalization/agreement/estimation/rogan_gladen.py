"""Rogan-Gladen: a judge's share corrected for its sensitivity and specificity."""

import math
from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray, ratio
from personalization.agreement.certainty.wilson import Z
from personalization.agreement.estimate import (
    Estimate,
    Interval,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.sums import sums_interval

NOT_BETTER = Interval(method="no interval: the judge is hardly better than chance")


@dataclass(frozen=True, slots=True)
class Calibration:
    """A judge's positive share p of n items, and how it does where the truth is known.

    q1: sensitivity, its positive share of m1 true positives; q0: specificity, its negative share
    of m0 true negatives.
    """

    p: float
    n: int
    q0: float
    m0: int
    q1: float
    m1: int


def rogan_gladen_of(calibration: Calibration) -> Estimate:
    """Return the true positive share of the n items, 0 to 1 (Rogan & Gladen 1978).

    theta = (p + q0 - 1) / (q0 + q1 - 1), clipped to [0, 1]. Interval of Lee et al. (arXiv
    2511.21140): p <- (np + z^2/2) / (n + z^2), q <- (mq + 1) / (m + 2), n <- n + z^2, m <- m + 2;
    theta again; centre theta + 2 z^2 (theta q1 (1-q1) / m1 - (1-theta) q0 (1-q0) / m0), half width
    z sqrt(p (1-p) / n + (1-theta)^2 q0 (1-q0) / m0 + theta^2 q1 (1-q1) / m1) / (q0 + q1 - 1),
    clipped. n_items = n + m0 + m1, n_ratings = m0 + m1. Undefined: none of the n items
    (`no_overlap`); no true positive or no true negative (`no_variation`); q0 + q1 <= 1
    (`judge_not_better_than_chance`).

    >>> found = rogan_gladen_of(Calibration(p=0.4, n=1000, q0=0.7, m0=200, q1=0.9, m1=200))
    >>> [round(number, 6) for number in (found.value, found.low, found.high)]
    [0.166667, 0.056351, 0.262733]
    """
    labelled = calibration.m0 + calibration.m1
    sample = Sample(calibration.n + labelled, labelled)
    if not calibration.n or not labelled:
        return undefined(Reason.NO_OVERLAP, sample)
    if not calibration.m0 or not calibration.m1:
        return undefined(Reason.NO_VARIATION, sample)
    if calibration.q0 + calibration.q1 <= 1:
        return undefined(Reason.JUDGE_NOT_BETTER_THAN_CHANCE, sample)
    value = _corrected(calibration.p, calibration.q0, calibration.q1)
    return defined(value, sample, _lee_interval(calibration))


def rogan_gladen(
    truth: FloatArray,
    score: FloatArray,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return the true positive share among items without truth, 0 to 1, as `rogan_gladen_of`.

    truth, score: (N,) one row per item, 0 or 1, nan = none: p from items with a score alone, q0 and
    q1 from items with both. owner: (N,); where items have owners the interval draws owners, and a
    draw whose judge is no better than chance is left out and counted.

    >>> truth = np.array([1, 1, 1, 0, 0, np.nan, np.nan])
    >>> round(rogan_gladen(truth, np.array([1, 1, 0, 0, 0, 1, 0])).value, 6)
    0.75
    """
    scored, known = ~np.isnan(score), ~np.isnan(truth)
    positive = np.where(scored, score, 0)
    other, yes, no = scored & ~known, scored & (truth == 1), scored & (truth == 0)
    columns = [other, other * positive, no, no * (1 - positive), yes, yes * positive]
    terms = np.stack(columns, axis=1).astype(np.float64)[scored]
    n, said, m0, right0, m1, right1 = terms.sum(axis=0).tolist()
    found = rogan_gladen_of(
        Calibration(
            p=said / max(n, 1),
            n=int(n),
            q0=right0 / max(m0, 1),
            m0=int(m0),
            q1=right1 / max(m1, 1),
            m1=int(m1),
        )
    )
    if found.value is None or owner is None or not (owner[scored] >= 0).any():
        return found
    key = stable_seed(seed, "rogan-gladen")
    by_owner = sums_interval(_of_sums, terms, owner[scored], seed=key, draws=draws)
    return defined(found.value, Sample(found.n_items, found.n_ratings), by_owner)


def _corrected(p: float, q0: float, q1: float) -> float:
    return min(max((p + q0 - 1) / (q0 + q1 - 1), 0.0), 1.0)


def _lee_interval(calibration: Calibration) -> Interval:
    z2 = Z * Z
    n, m0, m1 = calibration.n + z2, calibration.m0 + 2, calibration.m1 + 2
    p = (calibration.n * calibration.p + z2 / 2) / n
    q0 = (calibration.m0 * calibration.q0 + 1) / m0
    q1 = (calibration.m1 * calibration.q1 + 1) / m1
    if q0 + q1 <= 1:
        return NOT_BETTER
    theta = _corrected(p, q0, q1)
    noise0, noise1 = q0 * (1 - q0) / m0, q1 * (1 - q1) / m1
    centre = theta + 2 * z2 * (theta * noise1 - (1 - theta) * noise0)
    spread = math.sqrt(p * (1 - p) / n + (1 - theta) ** 2 * noise0 + theta**2 * noise1)
    half = Z * spread / (q0 + q1 - 1)
    return Interval(max(centre - half, 0.0), min(centre + half, 1.0), "Lee et al.")


def _of_sums(sums: FloatArray) -> FloatArray:
    n, said, m0, right0, m1, right1 = sums.T
    p, q0, q1 = ratio(said, n, n > 0), ratio(right0, m0, m0 > 0), ratio(right1, m1, m1 > 0)
    youden = q0 + q1 - 1
    # A comparison with nan is False: such draws are undefined as well.
    return np.clip(ratio(p + q0 - 1, youden, youden > 0), 0, 1)
