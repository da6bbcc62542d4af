"""How far a forecast lies from how often it comes true: ECE, Brier score, reliability diagram."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray, ratio
from personalization.agreement.certainty.answers import Answers, Cells, cells_of
from personalization.agreement.certainty.wilson import wilson
from personalization.agreement.estimate import (
    Estimate,
    Interval,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.intervals.bootstrap import DRAWS, interval, intervals
from personalization.agreement.intervals.draws import stable_seed

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a reliability diagram: n answers, their mean forecast, the share that is right."""

    n: int
    forecast: float
    right: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Expected calibration error, Brier score (0 is best for both), and the bins behind the first."""

    ece: Estimate
    brier: Estimate
    bins: list[Bin]


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Answers whose forecast and bin depend on a code alone: (K,) forecast 0 to 1, (K,) bin."""

    code: IntArray
    value: FloatArray
    bin: IntArray


def calibration_raw(answers: Answers, *, seed: int | str = 0, draws: int = DRAWS) -> Calibration:
    """Return ECE and Brier score of certainty / 100, "read as if a probability"; 0 to 1.

    10 bins of equal width, b = min(floor(c / 10), 9): ECE = sum_b n_b / n |mean(c / 100) - share
    right|; Brier = mean (c / 100 - right)^2. Verbal certainty is not a probability; only the label
    makes this number honest. n_items counts answers with a certainty. Bootstrap by item or owner;
    draws add noise to each bin, so the interval of ECE leans upwards. Undefined: as `auroc`, but one
    outcome is enough.

    90 and 80 right, 80 and 60 wrong: |.9 - 1| / 4 + |.8 - .5| / 2 + |.6 - 0| / 4.

    >>> four = Answers(np.array([90, 80, 80, 60]), np.array([True, True, False, False]),
    ...     np.ones(4, int), None, np.arange(4))
    >>> found = calibration_raw(four, draws=0)
    >>> round(found.ece.value, 4), round(found.brier.value, 4), [one.n for one in found.bins]
    (0.325, 0.2625, [1, 2, 1])
    """
    stated = answers.certain()
    if not len(stated.certainty):
        return uncalibrated(answers.missing, stated.sample)
    levels, code = np.unique(stated.certainty, return_inverse=True)
    forecast = Forecast(code, levels / 100, np.minimum(levels // 10, BINS - 1))
    return calibration_of(stated, forecast, seed=stable_seed(seed, "raw"), draws=draws)


def brier_base_rate(answers: Answers, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the Brier score of always saying the overall share p of right answers, 0 to .25.

    mean (p - right)^2 = p (1 - p), over answers with a certainty: what any forecast has to beat.
    Interval and undefined cases as in `calibration_raw`.

    >>> four = Answers(np.array([90, 80, 80, 60]), np.array([True, False, False, False]),
    ...     np.ones(4, int), None, np.arange(4))
    >>> brier_base_rate(four, draws=0).value
    0.1875
    """
    stated = answers.certain()
    if not len(stated.certainty):
        return undefined(answers.missing, stated.sample)
    cells = cells_of(stated, np.zeros(len(stated.certainty), np.int64), 1)
    key = stable_seed(seed, "calibration, base rate")
    found = interval(_variance, cells.number, cells.owners, seed=key, draws=draws)
    value = float(_variance(cells.number[None, :].astype(np.float64))[0])
    return defined(value, stated.sample, found)


def _variance(weights: FloatArray) -> FloatArray:
    share = weights[:, 1] / weights.sum(axis=1)
    spread: FloatArray = share * (1 - share)
    return spread


def uncalibrated(reason: Reason, sample: Sample) -> Calibration:
    """Return that there is no number, and why."""
    return Calibration(undefined(reason, sample), undefined(reason, sample), [])


def calibration_of(
    stated: Answers, forecast: Forecast, *, seed: int | str, draws: int
) -> Calibration:
    """Return ECE, Brier score and bins of a forecast per code; forecast and bins stay in draws."""
    cells = cells_of(stated, forecast.code, len(forecast.value))
    said, bin_of = np.repeat(forecast.value, 2), np.repeat(forecast.bin, 2)
    error, inside = said - cells.right, (bin_of[:, None] == np.arange(BINS)).astype(np.float64)

    def scores(weights: FloatArray) -> FloatArray:
        n = weights.sum(axis=1, keepdims=True)
        ece = np.abs((weights * error) @ inside).sum(axis=1, keepdims=True) / n
        brier = (weights @ error**2)[:, None] / n
        held = weights @ inside
        share = ratio((weights * cells.right) @ inside, held, held > 0)
        return np.concatenate([ece, brier, share], axis=1)

    key = stable_seed(seed, "calibration")
    ece, brier, *shares = scores(cells.number[None, :].astype(np.float64))[0].tolist()
    around = intervals(scores, 2 + BINS, cells.number, cells.owners, seed=key, draws=draws)
    return Calibration(
        defined(ece, stated.sample, around[0]),
        defined(brier, stated.sample, around[1]),
        _bins(cells, said, inside, shares, around[2:]),
    )


def _bins(
    cells: Cells, said: FloatArray, inside: FloatArray, shares: list[float], drawn: list[Interval]
) -> list[Bin]:
    n = (cells.number @ inside).astype(int)
    forecast = (cells.number * said) @ inside / np.maximum(n, 1)
    found = []
    for place in np.flatnonzero(n).tolist():
        many, share = int(n[place]), shares[place]
        # Outcomes of one owner's items are not independent.
        around = wilson(round(share * many), many) if cells.owners is None else drawn[place]
        found.append(Bin(many, float(forecast[place]), share, around.low, around.high))
    return found
