"""Prediction-powered inference: a mean from a few human truths and many verdicts of a judge."""

import numpy as np
from scipy.special import ndtri

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
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

# Random samples are called selected once in a hundred times.
SELECTED_Z = float(ndtri(0.995))


def ppi_mean(
    truth: FloatArray,
    score: FloatArray,
    owner: IntArray | None = None,
    *,
    lam: float | None = None,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return the mean of the truth over all items that have a score (PPI++).

    n items with truth Y and score f, N more with f only (Angelopoulos, Duchi & Zrnic 2023):
    lam = cov(Y, f) / ((1 + n/N) var(f over both)), covariance / n, variance / (n + N - 1), clipped
    to [0, 1]; theta = lam mean_N(f) + mean_n(Y - lam f);
    se^2 = lam^2 var_N(f) / N + var_n(Y - lam f) / n, variances / n; theta +- z se.
    truth, score: (N,) one row per item, nan = none; items without a score do not count; in the
    units of the truth, not clipped. lam: None = tuned; 1 is plain PPI, 0 the mean of the truths.
    owner: (N,); where items have owners the interval draws owners, lam tuned in every draw.
    The labelled items must be a random sample: see `looks_selected`. n_ratings counts the truths.
    Undefined: no item with truth and score, or none with a score alone (`no_overlap`).

    The judge says .5 of the others and is .5 too low where the truth is known:

    >>> truth = np.array([1.0, 1.0, 0.0, np.nan, np.nan])
    >>> round(ppi_mean(truth, np.array([1.0, 0.0, 0.0, 1.0, 0.0]), lam=1).value, 6)
    0.833333
    """
    labelled, other = _split(truth, score)
    n, n_other = int(labelled.sum()), int(other.sum())
    sample = Sample(n + n_other, n)
    if not n or not n_other:
        return undefined(Reason.NO_OVERLAP, sample)
    used = labelled | other
    # Around the means: sums of squares of large numbers would lose the small differences.
    y_mean, f_mean = float(truth[labelled].mean()), float(score[used].mean())
    terms = _terms(truth - y_mean, score - f_mean, labelled, other)[used]
    theta, se, weight = _of_sums(terms.sum(axis=0)[None, :], lam)
    value = y_mean + float(theta[0])
    if owner is not None and (owner[used] >= 0).any():
        key = stable_seed(seed, "ppi", str(lam))
        found = sums_interval(
            lambda sums: y_mean + _of_sums(sums, lam)[0], terms, owner[used], seed=key, draws=draws
        )
    else:
        half = Z * float(se[0])
        found = Interval(value - half, value + half, f"PPI++ normal, lam={weight[0]:.3g}")
    return defined(value, sample, found)


def looks_selected(truth: FloatArray, score: FloatArray, owner: IntArray | None = None) -> bool:
    """Return whether the scores of labelled items differ from the others' by more than chance.

    |mean_n(f) - mean_N(f)| > 2.576 s, s^2 = sum over owners (or items) of their squared part in the
    difference: a random sample fails once in a hundred times. One that passes may still have been
    selected, by what the judge does not see.

    >>> truth = np.where(np.arange(200) < 100, 1.0, np.nan)
    >>> looks_selected(truth, np.where(np.arange(200) < 100, 1.0, np.arange(200) % 2))
    True
    >>> looks_selected(truth, np.arange(200) % 2.0)
    False
    """
    labelled, other = _split(truth, score)
    if not labelled.any() or not other.any():
        return False
    means = float(score[labelled].mean()), float(score[other].mean())
    part = np.zeros(len(score))
    part[labelled] = (score[labelled] - means[0]) / labelled.sum()
    part[other] = -(score[other] - means[1]) / other.sum()
    if owner is not None:
        owned = owner >= 0
        together = np.bincount(owner[owned], part[owned])
        part = np.concatenate([together, part[~owned]])
    return abs(means[0] - means[1]) > SELECTED_Z * float(np.sqrt((part**2).sum()))


def _split(truth: FloatArray, score: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Return which items have truth and score, and which a score alone."""
    scored = ~np.isnan(score)
    known = ~np.isnan(truth)
    return scored & known, scored & ~known


def _terms(y: FloatArray, f: FloatArray, labelled: BoolArray, other: BoolArray) -> FloatArray:
    """Return what each item adds to the sums: 1, Y, f, Yf, YY, ff labelled; 1, f, ff other."""
    rows = [np.where(labelled, column, 0) for column in (1, y, f, y * f, y * y, f * f)]
    rows += [np.where(other, column, 0) for column in (1, f, f * f)]
    return np.stack(rows, axis=1).astype(np.float64)


def _of_sums(sums: FloatArray, lam: float | None) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return theta, its standard error and lam of sums (B, 9), (B,) each, nan without a side."""
    n, y, f, yf, yy, ff, m, g, gg = sums.T
    there = (n > 0) & (m > 0)
    y, f, yf, yy, ff = (ratio(column, n, there) for column in (y, f, yf, yy, ff))
    g, gg = ratio(g, m, there), ratio(gg, m, there)
    if lam is None:
        both = n + m
        mean = (n * f + m * g) / both
        var = (n * ff + m * gg - both * mean**2) / (both - 1)
        covariance = yf - y * f
        bottom = (1 + ratio(n, m, there)) * var
        weight = np.clip(ratio(covariance, bottom, there & (bottom > 0)), 0, 1)
        weight = np.where(np.isnan(weight), 0, weight)
    else:
        weight = np.full(len(n), lam)
    theta = weight * g + y - weight * f
    var_other = gg - g**2
    var_rest = yy - y**2 - 2 * weight * (yf - y * f) + weight**2 * (ff - f**2)
    variance = ratio(weight**2 * var_other, m, there) + ratio(var_rest, n, there)
    return theta, np.sqrt(np.maximum(variance, 0)), weight
