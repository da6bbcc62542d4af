"""Certainty turned into a probability by isotonic regression, cross-fitted, and how good that is."""

import numpy as np
from scipy.optimize import isotonic_regression

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.certainty.answers import Answers
from personalization.agreement.certainty.calibration import (
    BINS,
    Calibration,
    Forecast,
    calibration_of,
    uncalibrated,
)
from personalization.agreement.estimate import Reason
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.minimums import current

FOLDS = 5


def calibration_recalibrated(
    answers: Answers,
    *,
    at_least: int | None = None,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Calibration:
    """Return ECE and Brier score of certainty recalibrated by isotonic regression; 0 to 1.

    The units (owners; items without one) fall into 5 folds by a hash of their number; the share of
    right answers by certainty is fitted, never falling, on four folds and read in the fifth
    (between two certainties of those four on a straight line, outside as at the nearest). ECE as in
    `calibration_raw`, but in 10 bins of equal mass, equal forecasts together. The fit stays as it
    is in the draws. Undefined (`not_recalibrated`): fewer than `at_least` (100) answers with a
    certainty, all right or all wrong, or all in one fold; no answer at all as in `auroc`.

    Certainty 90 is right 3 times in 4, certainty 30 1 time in 4:

    >>> right = np.tile([True, True, True, False, True, False, False, False], 200)
    >>> stated = np.tile(np.repeat([90, 30], 4), 200)
    >>> many = Answers(stated, right, np.ones(1600, int), None, np.arange(1600))
    >>> found = calibration_recalibrated(many, draws=0)
    >>> round(found.brier.value, 2), found.ece.value < 0.03
    (0.19, True)
    """
    at_least = current().calibration_answers if at_least is None else at_least
    stated = answers.certain()
    if not len(stated.certainty):
        return uncalibrated(answers.missing, stated.sample)
    fold = fold_of(stated.unit)
    enough = len(fold) >= at_least and fold.min() != fold.max()
    if not enough or stated.right.all() or not stated.right.any():
        return uncalibrated(Reason.NOT_RECALIBRATED, stated.sample)
    levels, level = np.unique(stated.certainty, return_inverse=True)
    fitted = _cross_fitted(levels, level, fold, stated.right)
    code = fold * len(levels) + level
    number = np.bincount(code, minlength=fitted.size)
    forecast = Forecast(code, fitted.ravel(), equal_mass(fitted.ravel(), number))
    return calibration_of(stated, forecast, seed=stable_seed(seed, "recalibrated"), draws=draws)


def fold_of(unit: IntArray) -> IntArray:
    """Return the fold 0..4 of each number: the same in every process and beside any others.

    The finalizer of SplitMix64 (Steele et al. 2014) modulo 5.

    >>> fold_of(np.arange(10)).tolist()
    [0, 0, 0, 3, 3, 3, 2, 2, 2, 3]
    """
    z = unit.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    folds: IntArray = ((z ^ (z >> np.uint64(31))) % np.uint64(FOLDS)).astype(np.int64)
    return folds


def _cross_fitted(
    levels: IntArray, level: IntArray, fold: IntArray, right: BoolArray
) -> FloatArray:
    """Return the forecast for each fold and level, fitted on the other folds, (FOLDS, K)."""
    size = FOLDS * len(levels)
    code = fold * len(levels) + level
    n = np.bincount(code, minlength=size).reshape(FOLDS, -1)
    hits = np.bincount(code, weights=right, minlength=size).reshape(FOLDS, -1)
    return np.stack(
        [isotonic(levels, n.sum(axis=0) - n[k], hits.sum(axis=0) - hits[k]) for k in range(FOLDS)]
    )


def isotonic(levels: IntArray, n: IntArray, hits: FloatArray) -> FloatArray:
    """Return a never falling share of hits for each level, fitted by least squares, (K,).

    levels: (K,) ascending; n: (K,) answers, at least one in all; hits: (K,) right ones. Levels
    without an answer lie on the line between their neighbours, or at the nearest.

    >>> isotonic(np.array([10, 20, 30, 40]), np.array([2, 2, 0, 4]), np.array([1, 0, 0, 4])).tolist()
    [0.25, 0.25, 0.625, 1.0]
    """
    seen = n > 0
    fit = isotonic_regression(hits[seen] / n[seen], weights=n[seen]).x
    # Equal shares of different folds differ by rounding dust, and have to fall into one bin.
    shares: FloatArray = np.interp(levels, levels[seen], fit).round(12)
    return shares


def equal_mass(forecast: FloatArray, number: IntArray) -> IntArray:
    """Return bins 0..9 of about equal mass for forecasts (K,) with so many answers each.

    Equal forecasts stay together and go where the middle of their mass lies:
    floor(10 (answers below + n / 2) / all), at most 9.

    >>> equal_mass(np.array([0.3, 0.1, 0.3, 0.9]), np.array([2, 2, 4, 2])).tolist()
    [5, 1, 5, 9]
    """
    values, place = np.unique(forecast, return_inverse=True)
    n = np.bincount(place, weights=number, minlength=len(values)).astype(np.int64)
    below = n.cumsum() - n
    bins = np.minimum(BINS * (2 * below + n) // (2 * n.sum()), BINS - 1)
    placed: IntArray = bins[place]
    return placed
