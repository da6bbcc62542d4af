"""Presentation order: does the judge say the same when the candidates change places?

value_ab and value_ba are the verdicts of pairs judged in both orders, (N,), already mapped back to
the options; UNREADABLE (any code < 0) where an answer could not be read.
"""

from dataclasses import dataclass, replace

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.coefficients.cohen import cells_by_owner, cohen_kappa, confusion
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.sums import share
from personalization.agreement.judges.credit import Accuracy, Verdicts, accuracy_of

UNREADABLE = -1


def consistency(
    value_ab: IntArray,
    value_ba: IntArray,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return the share of all pairs that are readable and equal in both orders, 0 to 1.

    sum [ab >= 0 and ab = ba] / N; unreadable is never consistent, not even with unreadable (a
    proportion; bootstrap by item or owner). n_ratings counts readable verdicts. Undefined: no pairs.

    >>> consistency(np.array([0, 1, 1, -1]), np.array([0, 1, 0, -1]), draws=0).value
    0.5
    """
    everything = np.ones(len(value_ab), bool)
    key = stable_seed(seed, "consistency")
    return _share_of(
        _equal(value_ab, value_ba), everything, (value_ab, value_ba), owner, seed=key, draws=draws
    )


def consistency_valid_only(
    value_ab: IntArray,
    value_ba: IntArray,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return the share of equal verdicts among pairs readable in both orders, 0 to 1.

    1 - flip rate. Undefined: no pairs; none readable in both orders (`no_valid_verdict`).

    >>> round(consistency_valid_only(np.array([0, 1, 1, -1]), np.array([0, 1, 0, -1]), draws=0).value, 4)
    0.6667
    """
    both = (value_ab >= 0) & (value_ba >= 0)
    key = stable_seed(seed, "consistency, valid only")
    return _share_of(
        _equal(value_ab, value_ba), both, (value_ab, value_ba), owner, seed=key, draws=draws
    )


def flip_rate(
    value_ab: IntArray,
    value_ba: IntArray,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return the share of different verdicts among pairs readable in both orders, 0 to 1.

    Nominal answers; an ordinal flip lies on opposite sides of the midpoint. Undefined: as
    `consistency_valid_only`, whose complement this is, draw for draw.

    >>> round(flip_rate(np.array([0, 1, 1, -1]), np.array([0, 1, 0, -1]), draws=0).value, 4)
    0.3333
    """
    both = (value_ab >= 0) & (value_ba >= 0)
    key = stable_seed(seed, "consistency, valid only")
    return _share_of(value_ab != value_ba, both, (value_ab, value_ba), owner, seed=key, draws=draws)


def first_position_share(
    value_ab: IntArray,
    value_ba: IntArray,
    first: int = 0,
    second: int = 1,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return the share of readable single verdicts for what was shown first, .5 is neutral.

    first and second: options of the candidates, `first` shown first in value_ab, `second` in
    value_ba; any other readable value is a tie and counts 1/2. The bootstrap draws pairs (or
    owners), each with both verdicts. Undefined: no pairs; no readable verdict.

    Shown first was chosen 2 times and tied 1 time of 4 in the one order, 0 and 1 of 4 in the other:

    >>> first_position_share(np.array([0, 0, 2, 1]), np.array([0, 0, 2, 0]), draws=0).value
    0.375
    """
    credit = _chosen(value_ab, first, second) + _chosen(value_ba, second, first)
    key = stable_seed(seed, "first position")
    readable = (value_ab >= 0).astype(np.int64) + (value_ba >= 0)
    return _share_of(credit, readable, (value_ab, value_ba), owner, seed=key, draws=draws)


def kappa_between_orders(
    value_ab: IntArray,
    value_ba: IntArray,
    n_values: int,
    owner: IntArray | None = None,
    weights: Weights = Weights.PLAIN,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return Cohen's kappa between the two orders on pairs readable in both (Cohen 1960).

    n_raters is 1: the judge against itself. Undefined: no pair readable in both orders
    (`no_valid_verdict`); both orders constant and equal.

    >>> kappa_between_orders(np.array([0, 0, 0, 1, -1]), np.array([0, 0, 1, 1, -1]), 2, draws=0).value
    0.5
    """
    table = confusion(value_ab, value_ba, n_values)
    owners = None if owner is None else cells_by_owner(value_ab, value_ba, owner, n_values)
    key = stable_seed(seed, "kappa between orders")
    found = cohen_kappa(table, weights, owners, seed=key, draws=draws)
    unread = found.reason is Reason.NO_OVERLAP and len(value_ab) > 0
    reason = Reason.NO_VALID_VERDICT if unread else found.reason
    return replace(found, n_raters=1, reason=reason)


@dataclass(frozen=True, slots=True)
class OrderAccuracy:
    """Accuracy in each order, over the verdicts of both, and of pairs correct in both."""

    ab: Accuracy
    ba: Accuracy
    mean: Accuracy
    both: Accuracy


def order_accuracy(
    value_ab: IntArray,
    value_ba: IntArray,
    reference: IntArray,
    n_values: int,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> OrderAccuracy:
    """Return how often the verdicts equal the reference, 0 to 1, per order, on average, in both.

    reference: (N,), < 0 = none, such pairs are left out. mean: over single verdicts of both orders
    (invalid wrong: the plain mean of the two accuracies). both: pairs correct in both orders; valid
    only = among pairs readable in both. n_invalid counts verdicts, of `both` pairs with one.
    Undefined: no pair with a reference (`no_overlap`); none readable (`no_valid_verdict`).

    >>> found = order_accuracy(np.array([0, 0]), np.array([0, 1]), np.array([0, 0]), 2, draws=0)
    >>> found.mean.valid_only.value, found.both.valid_only.value
    (0.75, 0.5)
    """
    right_ab, right_ba = _equal(value_ab, reference), _equal(value_ba, reference)
    read_ab, read_ba = value_ab >= 0, value_ba >= 0
    labelled = reference >= 0

    def accuracy(name: str, credit: IntArray, readable: IntArray, asked: int) -> Accuracy:
        number = np.full(len(reference), asked)
        verdicts = Verdicts(credit.astype(np.float64), readable, number, labelled, 1 * labelled)
        return accuracy_of(verdicts, owner, seed=stable_seed(seed, "order", name), draws=draws)

    return OrderAccuracy(
        ab=accuracy("ab", 1 * right_ab, 1 * read_ab, 1),
        ba=accuracy("ba", 1 * right_ba, 1 * read_ba, 1),
        mean=accuracy("mean", 1 * right_ab + right_ba, 1 * read_ab + read_ba, 2),
        both=accuracy("both", 1 * (right_ab & right_ba), 1 * (read_ab & read_ba), 1),
    )


def _equal(value: IntArray, other: IntArray) -> BoolArray:
    equal: BoolArray = (value == other) & (value >= 0)
    return equal


def _chosen(value: IntArray, shown_first: int, shown_second: int) -> FloatArray:
    """Return 1 for the candidate shown first, 0 for the other or unreadable, 1/2 for a tie."""
    tie = (value >= 0) & (value != shown_first) & (value != shown_second)
    credit: FloatArray = (value == shown_first) + tie / 2
    return credit


def _share_of(
    top: FloatArray | BoolArray,
    bottom: IntArray | BoolArray,
    verdicts: tuple[IntArray, IntArray],
    owner: IntArray | None,
    *,
    seed: int | str,
    draws: int,
) -> Estimate:
    counted = bottom > 0
    readable = sum(int((value[counted] >= 0).sum()) for value in verdicts)
    sample = Sample(int(counted.sum()), readable, 1)
    missing = Reason.NO_VALID_VERDICT if len(counted) else Reason.NO_OVERLAP
    return share(top, bottom, owner, sample, missing, seed=seed, draws=draws)
