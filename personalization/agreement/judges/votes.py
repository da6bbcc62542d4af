"""Verdicts on pairs as credit for the first candidate: 1 chosen, 1/2 tie, 0 not chosen.

Any readable option that names neither candidate is a tie. nan = nothing readable.
"""

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray


def votes_for_first(hist: IntArray, candidates: tuple[int, int]) -> FloatArray:
    """Return the votes for the first candidate of each pair, a tie as half a vote, (N,).

    sum over ratings of [value = first] + [value names neither] / 2. hist: (N, V); candidates: the
    options that name the first and the second. Without ratings 0.

    One vote each, and a tie:

    >>> votes_for_first(np.array([[1, 1, 1], [2, 0, 0]]), (0, 1)).tolist()
    [1.5, 2.0]
    """
    first, second = candidates
    ties = hist.sum(axis=1) - hist[:, first] - hist[:, second]
    votes: FloatArray = hist[:, first] + ties / 2
    return votes


def credit_of_value(value: IntArray, candidates: tuple[int, int]) -> FloatArray:
    """Return one rater's credit for the first candidate of each pair, (N,), nan where unreadable.

    >>> credit_of_value(np.array([0, 1, 2, -1]), (0, 1)).tolist()
    [1.0, 0.0, 0.5, nan]
    """
    first, second = candidates
    credit = np.where(value == first, 1.0, np.where(value == second, 0.0, 0.5))
    return np.where(value < 0, np.nan, credit)


def credit_of_orders(
    value_ab: IntArray, value_ba: IntArray, candidates: tuple[int, int]
) -> FloatArray:
    """Return the mean of both orders' credit, (N,), nan where either order is unreadable.

    What is chosen for its position alone gets 1/2: the position cancels.

    >>> credit_of_orders(np.array([0, 0, 0]), np.array([0, 1, -1]), (0, 1)).tolist()
    [1.0, 0.5, nan]
    """
    ab, ba = credit_of_value(value_ab, candidates), credit_of_value(value_ba, candidates)
    mean: FloatArray = (ab + ba) / 2
    return mean
