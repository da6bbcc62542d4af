"""What an answer scores against the other humans of an item, one rating taken away."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray

Scoring: TypeAlias = Callable[[IntArray, IntArray, IntArray], FloatArray]
"""(row, value taken away, answer), (K,) each -> (K,) what the answer scores against the others"""


def total(counts: IntArray, scoring: Scoring, answer: IntArray | None = None) -> FloatArray:
    """Return the sum of scores over the ratings of each item, each taken away in turn, (P,).

    counts: (P, V); answer: (P,) one answer for all of the item's ratings, None = each rating's own.

    >>> counts = np.array([[3, 1]])
    >>> total(counts, share_of_others(counts)).item()
    2.0
    """
    # Of a long scale an item uses a few values: only these are looked at.
    row, taken = np.nonzero(counts)
    scores = scoring(row, taken, taken if answer is None else answer[row])
    sums = np.bincount(row, counts[row, taken] * scores, minlength=len(counts))
    return sums.astype(np.float64, copy=False)


def plurality_of_others(counts: IntArray) -> Scoring:
    """Return the credit [answer in P] / |P|, P = the most frequent values of the others.

    counts: (P, V), two or more ratings in each row. Taking a rating away changes P only where its value was among the most frequent.

    >>> score = plurality_of_others(np.array([[3, 2, 0]]))
    >>> score(np.array([0, 0, 0]), np.array([0, 0, 1]), np.array([0, 1, 0])).tolist()
    [0.5, 0.5, 1.0]
    """
    most = counts.max(axis=1)
    n_most = (counts == most[:, None]).sum(axis=1)
    n_next = (counts == most[:, None] - 1).sum(axis=1)

    def score(row: IntArray, taken: IntArray, answer: IntArray) -> FloatArray:
        was_most = counts[row, taken] == most[row]
        alone = was_most & (n_most[row] == 1)
        # Left alone at the top, a value falls to the level of the next ones; else it leaves the top.
        level = most[row] - alone
        hit = np.where(answer == taken, alone, counts[row, answer] == level)
        size = np.where(alone, 1 + n_next[row], n_most[row] - was_most)
        credit: FloatArray = hit / size
        return credit

    return score


def share_of_others(counts: IntArray) -> Scoring:
    """Return the share (n_answer - [answer = value]) / (m - 1) of the others who say the answer.

    counts: (P, V), two or more ratings in each row.

    >>> score = share_of_others(np.array([[3, 1]]))
    >>> score(np.array([0, 0]), np.array([0, 1]), np.array([0, 0])).round(4).tolist()
    [0.6667, 1.0]
    """
    others = counts.sum(axis=1) - 1

    def score(row: IntArray, taken: IntArray, answer: IntArray) -> FloatArray:
        agreeing: FloatArray = (counts[row, answer] - (answer == taken)) / others[row]
        return agreeing

    return score


def error_to_others(counts: IntArray, scores: FloatArray) -> Scoring:
    """Return |x - mean of the others|, in units of the scores.

    counts: (P, V), two or more ratings in each row; scores: (V,) x of each option.

    >>> score = error_to_others(np.array([[1, 0, 2]]), np.array([1.0, 2.0, 4.0]))
    >>> score(np.array([0]), np.array([2]), np.array([1])).item()
    0.5
    """
    others, sums = counts.sum(axis=1) - 1, counts @ scores

    def score(row: IntArray, taken: IntArray, answer: IntArray) -> FloatArray:
        error: FloatArray = np.abs(scores[answer] - (sums[row] - scores[taken]) / others[row])
        return error

    return score
