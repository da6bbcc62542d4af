"""Are personalized responses better, or only longer?"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from personalization.agreement.arms.ratings import MIDDLE, Ratings
from personalization.agreement.arms.sums import of_sums, over
from personalization.agreement.arrays import FloatArray, IntArray
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
from personalization.agreement.minimums import current

COEFFICIENTS = 2


@dataclass(frozen=True, slots=True)
class LengthControl:
    """The gap at equal length (b0), and what a longer response adds (b1)."""

    adjusted_gap: Estimate
    slope: Estimate


def length_controlled(
    ratings: Ratings, log_ratio: FloatArray, *, at_least: int | None = None
) -> LengthControl:
    """Return OLS of rating - 3 = b0 + b1 ln(length personalized / length generic) (RH).

    log_ratio: (N,), of each rating; lengths in characters. b = (X'X)^-1 X'y, X = [1, log_ratio].
    Interval: b +- t(.975, G - 1) SE with errors clustered by owner, V = c (X'X)^-1 (sum_g u_g u_g')
    (X'X)^-1, u_g = sum of x_i e_i over the rows of owner g, c = G/(G-1) (N-1)/(N-2) (Liang & Zeger
    1986; the correction of Stata and statsmodels); who has no owner is a cluster of their own. No
    interval below `at_least` (10) owners. Undefined: no ratings (`no_overlap`); all responses have
    the same ratio of lengths (`no_variation`).

    >>> from personalization.agreement.arms.ratings import ratings_of
    >>> log = np.array([0.0, 0.2, 0.4])
    >>> found = length_controlled(ratings_of((3.2 + 0.5 * log).tolist()), log)
    >>> round(found.adjusted_gap.value, 9), round(found.slope.value, 9)
    (0.2, 0.5)
    """
    n, sample = len(ratings.rating), ratings.sample
    if not n:
        return LengthControl(*[undefined(Reason.NO_OVERLAP, sample)] * 2)
    if np.ptp(log_ratio) < 1e-9:
        return LengthControl(*[undefined(Reason.NO_VARIATION, sample)] * 2)
    x = np.column_stack([np.ones(n), log_ratio])
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ (x.T @ (ratings.rating - MIDDLE))
    error = ratings.rating - MIDDLE - x @ b
    clusters, cluster = _clusters(ratings.owner)
    at_least = current().owners if at_least is None else at_least
    if clusters < max(at_least, 2) or n <= COEFFICIENTS:
        method = f"no clustered errors: {clusters} of {at_least} owners"
        found = [Interval(method=method)] * COEFFICIENTS
    else:
        scores = np.stack(
            [np.bincount(cluster, column * error, clusters) for column in x.T], axis=1
        )
        correction = clusters / (clusters - 1) * (n - 1) / (n - COEFFICIENTS)
        variance = correction * inverse @ (scores.T @ scores) @ inverse
        half = float(stdtrit(clusters - 1, 0.975)) * np.sqrt(np.maximum(np.diag(variance), 0))
        method = f"OLS, errors clustered by owner, G={clusters}"
        found = [
            Interval(float(low), float(high), method)
            for low, high in zip(b - half, b + half, strict=True)
        ]
    return LengthControl(
        *(defined(float(value), sample, its) for value, its in zip(b, found, strict=True))
    )


def length_ratio(
    log_ratio: FloatArray,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return the geometric mean of length personalized / length generic over pairs of responses.

    exp(mean ln ratio): twice as long and half as long cancel. log_ratio, owner: (N,), one entry for
    each pair. Bootstrap by owner. Undefined: no pairs (`no_overlap`).

    >>> round(length_ratio(np.log([2.0, 0.5, 1.0]), draws=0).value, 9)
    1.0
    """
    n = len(log_ratio)
    return of_sums(
        lambda sums: np.exp(over(sums, 0, 1))[:, None],
        np.column_stack([log_ratio, np.ones(n)]),
        owner,
        [Sample(n, 0)],
        [Reason.NO_OVERLAP],
        seed=stable_seed(seed, "length ratio"),
        draws=draws,
    )[0]


def _clusters(owner: IntArray) -> tuple[int, IntArray]:
    """Return how many clusters there are, and the one of each row."""
    alone = owner < 0
    who = np.where(alone, owner.max(initial=-1) + np.cumsum(alone), owner)
    names, cluster = np.unique(who, return_inverse=True)
    return len(names), cluster
