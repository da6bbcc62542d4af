"""Accuracy of a judge against the human label, three ways, and against a reference.

The judge is one value per item: a code >= 0, INVALID where it answered but nothing readable,
NOT_ASKED where it has no verdict. Both readings of invalid stand side by side.
"""

from dataclasses import replace

import numpy as np

from personalization.agreement.arrays import BoolArray, IntArray
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.judges.credit import Accuracy, Verdicts, accuracy_of
from personalization.agreement.keys import row_largest, row_sums

INVALID = -1
NOT_ASKED = -2
NO_LABEL = -1


def majority(hist: IntArray) -> IntArray:
    """Return the value that more than half of an item's ratings share, else NO_LABEL, (N,).

    >>> majority(np.array([[2, 1], [1, 1], [0, 0]])).tolist()
    [0, -1, -1]
    """
    strict = 2 * hist > row_sums(hist)[:, None]
    # At most one value of a row is true: the product is its position from 1 on, 0 without one.
    place = strict @ np.arange(1, hist.shape[1] + 1)
    return np.asarray(place, np.int64) - 1


def plurality(hist: IntArray) -> BoolArray:
    """Return which values have the highest count of their item, (N, V); none without ratings.

    >>> plurality(np.array([[2, 1], [1, 1], [0, 0]])).tolist()
    [[True, False], [True, True], [False, False]]
    """
    top: BoolArray = hist == np.maximum(row_largest(hist), 1)[:, None]
    return top


def accuracy_majority(
    hist: IntArray,
    judge: IntArray,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Accuracy:
    """Return the share of strict-majority items where the judge says the majority, 0 to 1.

    mean over items with 2 max_c n_ic > m_i of [j_i = argmax_c n_ic] (a proportion; bootstrap by
    item or owner). hist: (N, V), judge: (N,), owner: (N,) or None. Undefined: no such item was
    judged (`no_overlap`); none of the verdicts is readable (`no_valid_verdict`, valid only).

    >>> found = accuracy_majority(np.array([[3, 0], [2, 1], [1, 2], [1, 1]]), np.array([0, 1, -1, 0]),
    ...     draws=0)
    >>> found.valid_only.value, round(found.invalid_wrong.value, 4), found.n_left_out
    (0.5, 0.3333, 1)
    """
    accepted = plurality(hist) & (majority(hist) != NO_LABEL)[:, None]
    key = stable_seed(seed, "accuracy, majority")
    verdicts = _against(accepted, judge, row_sums(hist))
    return accuracy_of(verdicts, owner, n_raters, seed=key, draws=draws)


def accuracy_plurality(
    hist: IntArray,
    judge: IntArray,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Accuracy:
    """Return the share of items with one most frequent value where the judge says it, 0 to 1.

    mean over items with |P_i| = 1 of [j_i in P_i], P_i = plurality set. Shapes and undefined cases
    as in `accuracy_majority`.

    >>> accuracy_plurality(np.array([[2, 1, 1], [1, 1, 0]]), np.array([0, 0]), draws=0).n_left_out
    1
    """
    top = plurality(hist)
    accepted = top & (row_sums(top) == 1)[:, None]
    key = stable_seed(seed, "accuracy, unique plurality")
    verdicts = _against(accepted, judge, row_sums(hist))
    return accuracy_of(verdicts, owner, n_raters, seed=key, draws=draws)


def accuracy_shared(
    hist: IntArray,
    judge: IntArray,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Accuracy:
    """Return the mean credit [j_i in P_i] / |P_i| over all rated items, 0 to 1.

    P_i = plurality set: a tie among humans gives the judge a part of the credit. Shapes and
    undefined cases as in `accuracy_majority`.

    >>> accuracy_shared(np.array([[2, 1], [1, 1]]), np.array([0, 0]), draws=0).valid_only.value
    0.75
    """
    key = stable_seed(seed, "accuracy, shared credit")
    top = plurality(hist)
    verdicts = _against(top, judge, row_sums(hist))
    divided = replace(verdicts, credit=verdicts.credit / np.maximum(row_sums(top), 1))
    return accuracy_of(divided, owner, n_raters, seed=key, draws=draws)


def accuracy_against(
    reference: IntArray,
    judge: IntArray,
    n_values: int,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Accuracy:
    """Return the share of items where the judge says the reference value, 0 to 1.

    reference: (N,), NO_LABEL = none; judge: (N,). n_ratings counts one reference per item.
    Undefined: no item with a reference was judged; no verdict is readable (valid only).

    >>> accuracy_against(np.array([0, 1]), np.array([0, 0]), 2, draws=0).valid_only.value
    0.5
    """
    accepted = reference[:, None] == np.arange(n_values)
    return accuracy_against_set(accepted, judge, owner, seed=seed, draws=draws)


def accuracy_against_set(
    accepted: BoolArray,
    judge: IntArray,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Accuracy:
    """Return the share of items where the judge says one of the accepted values, 0 to 1.

    accepted: (N, V), no accepted value = the item is left out; else as `accuracy_against`.

    >>> accuracy_against_set(np.array([[True, True, False]]), np.array([1]), draws=0).valid_only.value
    1.0
    """
    key = stable_seed(seed, "accuracy, reference")
    verdicts = _against(accepted, judge, np.ones(len(judge), np.int64))
    return accuracy_of(verdicts, owner, seed=key, draws=draws)


def _against(accepted: BoolArray, judge: IntArray, ratings: IntArray) -> Verdicts:
    """Give full credit for an accepted value."""
    hit = accepted[np.arange(len(judge)), np.maximum(judge, 0)] & (judge >= 0)
    return Verdicts(
        credit=hit.astype(np.float64),
        readable=(judge >= 0).astype(np.int64),
        asked=(judge != NOT_ASKED).astype(np.int64),
        labelled=row_sums(accepted) > 0,
        ratings=ratings,
    )
