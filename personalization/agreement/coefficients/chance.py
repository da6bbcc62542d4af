"""The family (pa - pe) / (1 - pe): one item-mean agreement, several ideas of chance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from personalization.agreement.arrays import FloatArray, ratio
from personalization.agreement.coefficients.raw import why_no_pairs
from personalization.agreement.coefficients.weights import Weights, agreements
from personalization.agreement.estimate import (
    NO_INTERVAL,
    Estimate,
    Interval,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.intervals.bootstrap import Statistic, interval
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.patterns import Patterns


@dataclass(frozen=True, slots=True)
class Chance:
    """An idea of chance agreement.

    expected: value shares pi (B, V) and agreement weights w (V, V) -> pe (B,).
    of_item: shares of one pattern's items (P, V), pi (V,), w -> its part in pe (P,), for the SE.
    """

    name: str
    expected: Callable[[FloatArray, FloatArray], FloatArray]
    of_item: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
    needs_two_values: bool = False


def coefficient(
    chance: Chance, patterns: Patterns, weights: Weights, *, seed: int | str, draws: int
) -> Estimate:
    """Return (pa - pe) / (1 - pe) over items with ratings; n_items counts the pairable ones.

    Without owners the interval is K +- t(.975, n - 1) SE, capped at 1; with owners it is the
    bootstrap over owners.
    """
    rated = patterns.rated(at_least=1)
    sample = rated_sample(patterns)
    if not sample.n_items:
        return undefined(why_no_pairs(patterns), sample)
    value = _value(chance, rated, weights)
    if np.isnan(value):
        return undefined(Reason.NO_VARIATION, sample)
    key = stable_seed(seed, chance.name, weights)
    return defined(value, sample, _interval(chance, rated, weights, seed=key, draws=draws))


def rated_sample(patterns: Patterns) -> Sample:
    """Return the pairable items and all the ratings: single ratings shape chance, not agreement."""
    pairs = patterns.rated(at_least=2).sample
    return Sample(pairs.n_items, patterns.sample.n_ratings, patterns.n_raters)


def standard_error(chance: Chance, patterns: Patterns, weights: Weights) -> float | None:
    """Return Gwet's standard error over items, raters as given (Gwet 2014, chapters 2 and 5).

    k_i = (n / n2) (pa_i - pe) / (1 - pe), 0 for items with one rating; n2 = items with two or
    more ratings, n = items with one or more; k*_i = k_i - 2 (1 - K) (pe_i - pe) / (1 - pe);
    SE^2 = sum_i (k*_i - K)^2 / (n (n - 1)). None: fewer than two items, or K undefined.
    """
    rated = patterns.rated(at_least=1)
    n, value = int(rated.items.sum()), _value(chance, rated, weights)
    if n < 2 or np.isnan(value):
        return None
    linear = _linearized(chance, rated, agreements(weights, rated.n_values), value)
    return float(np.sqrt(rated.items @ (linear - value) ** 2 / (n * (n - 1))))


def weighted_agreement(patterns: Patterns, w: FloatArray) -> FloatArray:
    """Return pa_i = sum_c n_ic (sum_k w_ck n_ik - 1) / (m_i (m_i - 1)) of each pattern, (P,).

    Patterns with a single rating have 0.
    """
    counts, m = patterns.counts, patterns.ratings
    top = (counts * (counts @ w - 1)).sum(axis=1)
    return np.where(m > 1, top / np.maximum(m * (m - 1), 1), 0.0)


def coefficient_of(
    chance: Chance,
    patterns: Patterns,
    w: FloatArray,
    top: FloatArray,
    bottom: FloatArray,
    shares: FloatArray,
) -> Statistic:
    """Return the statistic with pa = sum(top) / sum(bottom) and value shares sum(shares) normed."""
    counts = patterns.counts.astype(np.float64)

    def value(weights: FloatArray) -> FloatArray:
        whole = weights @ bottom
        pi = weights @ shares
        pe = chance.expected(pi / np.maximum(pi.sum(axis=1, keepdims=True), 1), w)
        pa = ratio(weights @ top, whole, whole > 0)
        vary = (weights @ counts > 0).sum(axis=1) > 1
        return ratio(pa - pe, 1 - pe, vary | (not chance.needs_two_values))

    return value


def of_weights(chance: Chance, rated: Patterns, weights: Weights) -> Statistic:
    """Return the coefficient as a function of weights of patterns with a rating or more each."""
    w = agreements(weights, rated.n_values)
    m = rated.ratings
    pa = weighted_agreement(rated, w)
    return coefficient_of(
        chance, rated, w, pa, (m > 1).astype(np.float64), rated.counts / m[:, None]
    )


def _value(chance: Chance, rated: Patterns, weights: Weights) -> float:
    if rated.n_values < 2:
        return float("nan")
    weight = rated.items[None, :].astype(np.float64)
    return float(of_weights(chance, rated, weights)(weight)[0])


def _linearized(chance: Chance, rated: Patterns, w: FloatArray, value: float) -> FloatArray:
    m, items = rated.ratings, rated.items
    shares = rated.counts / m[:, None]
    pi = items @ shares / items.sum()
    pe = float(chance.expected(pi[None, :], w)[0])
    stretch = items.sum() / items[m > 1].sum()
    observed = np.where(m > 1, stretch * (weighted_agreement(rated, w) - pe) / (1 - pe), 0.0)
    return observed - 2 * (1 - value) * (chance.of_item(shares, pi, w) - pe) / (1 - pe)


def _interval(
    chance: Chance, rated: Patterns, weights: Weights, *, seed: int | str, draws: int
) -> Interval:
    if draws == 0:
        return NO_INTERVAL
    if rated.owners is not None:
        statistic = of_weights(chance, rated, weights)
        return interval(statistic, rated.items, rated.owners, seed=seed, draws=draws)
    error = standard_error(chance, rated, weights)
    if error is None:
        return NO_INTERVAL
    value, n = _value(chance, rated, weights), int(rated.items.sum())
    half = float(stdtrit(n - 1, 0.975)) * error
    return Interval(value - half, min(1.0, value + half), "Gwet t interval")
