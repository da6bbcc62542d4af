"""Dawid-Skene: the values behind raters who err each in a way of their own.

A third reading beside majority and plurality, never the gold label; of people only, a judge is
never among the raters.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy import sparse

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import (
    Estimate,
    Interval,
    Reason,
    Sample,
    defined,
    undefined,
)
from personalization.agreement.judges.accuracy import NO_LABEL
from personalization.agreement.keys import check_codes

SMOOTHING = 0.01
TOLERANCE = 1e-6
ROUNDS = 100
# Two most probable values as close as this are a tie.
TIED = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """What Dawid and Skene make of the ratings.

    shares: of each value among items; posteriors: (N, V), rows of 0 without ratings; confusions:
    (R, V, V) probability that a rater gives the column's value where the row's is true; labels:
    (N,) most probable value, NO_LABEL without ratings or where two are; rounds of the iteration.
    """

    shares: tuple[Estimate, ...]
    posteriors: FloatArray
    confusions: FloatArray
    labels: IntArray
    rounds: int


def dawid_skene(
    item: IntArray,
    rater: IntArray,
    value: IntArray,
    *,
    n_items: int,
    n_raters: int,
    n_values: int,
) -> Consensus:
    """Return class shares, posteriors and labels by EM (Dawid & Skene 1979).

    Start: posterior T_ik = share of k among the item's ratings. M: class shares p_k ~ sum_i T_ik +
    .01, confusions pi_rkc ~ sum of T_ik over the items r gave c, + .01. E: log T_ik = log p_k +
    sum over ratings of log pi_rkc, normalized by log-sum-exp. Until the log-likelihood moves by
    less than 1e-6 of itself, or 100 rounds. item, rater, value: codes of the ratings, equal length.
    shares are the last p, without an interval. Undefined: no ratings (`no_overlap`).

    Two raters agree on four items and part on the fifth, where nothing tells who errs:

    >>> found = dawid_skene(np.repeat(np.arange(5), 2), np.tile([0, 1], 5),
    ...     np.array([0, 0, 0, 0, 1, 1, 1, 1, 0, 1]), n_items=5, n_raters=2, n_values=2)
    >>> found.labels.tolist(), [round(one.value, 3) for one in found.shares]
    ([0, 0, 1, 1, -1], [0.5, 0.5])
    """
    check_codes(item, n_items)
    check_codes(rater, n_raters)
    check_codes(value, n_values)
    rated = np.bincount(item, minlength=n_items) > 0
    seen = int(rated.sum())
    present = int((np.bincount(rater, minlength=n_raters) > 0).sum())
    sample = Sample(seen, len(item), present)
    rows = _rows((np.cumsum(rated) - 1)[item], rater, value, (seen, n_raters, n_values))
    posterior = _item_shares(rows, n_values)
    log_share, log_confusion = _maximize(rows, posterior, n_values)
    before, rounds = -np.inf, 0
    while rounds < ROUNDS:
        rounds += 1
        posterior, likelihood = _expect(rows, log_share, log_confusion)
        log_share, log_confusion = _maximize(rows, posterior, n_values)
        if abs(likelihood - before) <= TOLERANCE * abs(likelihood):
            break
        before = likelihood
    everywhere = np.zeros((n_items, n_values))
    everywhere[rated] = posterior
    labels = np.full(n_items, NO_LABEL)
    labels[rated] = _labels(posterior)
    return Consensus(
        _shares(np.exp(log_share), sample, rounds),
        everywhere,
        np.exp(log_confusion).reshape(n_raters, n_values, n_values).swapaxes(1, 2),
        labels,
        rounds,
    )


def _rows(
    item: IntArray, rater: IntArray, value: IntArray, shape: tuple[int, int, int]
) -> sparse.csr_matrix:
    """Return the ratings as (N, R * V), sparse: 1 where the item has the rater's value."""
    n_items, n_raters, n_values = shape
    cell = rater.astype(np.int64) * n_values + value
    return sparse.csr_matrix(
        (np.ones(len(item)), (item, cell)), shape=(n_items, n_raters * n_values)
    )


def _item_shares(rows: sparse.csr_matrix, n_values: int) -> FloatArray:
    each_value = np.tile(np.eye(n_values), (rows.shape[1] // n_values, 1))
    counts = rows @ each_value
    shares: FloatArray = counts / counts.sum(axis=1, keepdims=True)
    return shares


def _maximize(
    rows: sparse.csr_matrix, posterior: FloatArray, n_values: int
) -> tuple[FloatArray, FloatArray]:
    """Return log class shares (V,) and log confusions (R * given value, true value)."""
    share = np.ones(len(posterior)) @ posterior + SMOOTHING
    given = rows.T @ posterior + SMOOTHING
    by_rater = given.reshape(-1, n_values, n_values)
    by_rater /= by_rater.sum(axis=1, keepdims=True)
    return np.log(share / share.sum()), np.log(given)


def _expect(
    rows: sparse.csr_matrix, log_share: FloatArray, log_confusion: FloatArray
) -> tuple[FloatArray, float]:
    """Return the posteriors (N, V) and the log-likelihood of the ratings, by log-sum-exp."""
    joint = rows @ log_confusion
    joint += log_share
    # Column by column: numpy is slow along an axis as short as this.
    top = reduce(np.maximum, joint.T)
    joint -= top[:, None]
    np.exp(joint, out=joint)
    total = joint @ np.ones(joint.shape[1])
    joint /= total[:, None]
    return joint, float(np.log(total).sum() + top.sum())


def _labels(posterior: FloatArray) -> IntArray:
    """Return the most probable value of each item, NO_LABEL where two are."""
    top = posterior.max(axis=1, initial=0)[:, None]
    alone = (posterior >= top - TIED).sum(axis=1) == 1
    return np.where(alone, posterior.argmax(axis=1), NO_LABEL)


def _shares(share: FloatArray, sample: Sample, rounds: int) -> tuple[Estimate, ...]:
    if not sample.n_items:
        return tuple(undefined(Reason.NO_OVERLAP, sample) for _value in share)
    method = Interval(method=f"EM, {rounds} rounds; no interval")
    return tuple(defined(float(one), sample, method) for one in share)
