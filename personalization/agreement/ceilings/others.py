"""What an answer scores against the other humans of an item, one rating taken away."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray

Scoring: TypeAlias = Callable[[int, int | IntArray], FloatArray]
"""(value taken away, answer) -> (P,) what the answer scores against the other ratings of each item"""


def total(counts: IntArray, scoring: Scoring, answer: IntArray | None = None) -> FloatArray:
    """Return the sum of scores over the ratings of each item, each taken away in turn, (P,).

    counts: (P, V); answer: (P,) one answer for all of the item's ratings, None = each rating's own.

    >>> counts = np.array([[3, 1]])
    >>> total(counts, share_of_others(counts)).item()
    2.0
    """
    found = np.zeros(len(counts))
    for value in range(counts.shape[1]):
        found += counts[:, value] * scoring(value, value if answer is None else answer)
    return found


def plurality_of_others(counts: IntArray) -> Scoring:
    """Return the credit [answer in P] / |P|, P = the most frequent values of the others.

    counts: (P, V). Taking a rating away changes P only where its value was among the most frequent.

    >>> score = plurality_of_others(np.array([[3, 2, 0]]))
    >>> score(0, 0).item(), score(0, 1).item(), score(1, 0).item()
    (0.5, 0.5, 1.0)
    """
    most = counts.max(axis=1)
    n_most = (counts == most[:, None]).sum(axis=1)
    n_next = (counts == most[:, None] - 1).sum(axis=1)
    row = np.arange(len(counts))

    def score(taken: int, answer: int | IntArray) -> FloatArray:
        was_most = counts[row, taken] == most
        alone = was_most & (n_most == 1)
        same = np.equal(answer, taken)
        # Left alone at the top, a value falls to the level of the next ones; else it leaves the top.
        level = most - alone
        hit = np.where(same, alone, counts[row, answer] == level)
        size = np.where(alone, 1 + n_next, n_most - was_most)
        credit: FloatArray = hit / np.maximum(size, 1)
        return credit

    return score


def share_of_others(counts: IntArray) -> Scoring:
    """Return the share (n_answer - [answer = value]) / (m - 1) of the others who say the answer.

    counts: (P, V), two or more ratings in each row.

    >>> score = share_of_others(np.array([[3, 1]]))
    >>> round(score(0, 0).item(), 4), score(1, 0).item()
    (0.6667, 1.0)
    """
    row, others = np.arange(len(counts)), counts.sum(axis=1) - 1

    def score(taken: int, answer: int | IntArray) -> FloatArray:
        agreeing: FloatArray = (counts[row, answer] - np.equal(answer, taken)) / others
        return agreeing

    return score


def error_to_others(counts: IntArray, scores: FloatArray) -> Scoring:
    """Return |x - mean of the others|, in units of the scores.

    counts: (P, V), two or more ratings in each row; scores: (V,) x of each option.

    >>> error_to_others(np.array([[1, 0, 2]]), np.array([1.0, 2.0, 4.0]))(2, 1).item()
    0.5
    """
    others, total = counts.sum(axis=1) - 1, counts @ scores

    def score(taken: int, answer: int | IntArray) -> FloatArray:
        error: FloatArray = np.abs(scores[answer] - (total - scores[taken]) / others)
        return error

    return score
