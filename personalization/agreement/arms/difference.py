"""Two arms of the same people: how far their numbers lie apart."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arms.sums import of_sums, over
from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """A mean as sums: rows add `top` to the numerator and `bottom` to the denominator, (N,).

    owner: (N,), the same codes in both arms, -1 = nobody; item: (N,) what the row is about; ratings:
    (N,) answers behind the row.
    """

    top: FloatArray
    bottom: FloatArray
    owner: IntArray
    item: IntArray
    ratings: IntArray

    def of(self, owners: IntArray) -> "Terms":
        """Return the rows of these owners."""
        kept = np.isin(self.owner, owners) & (self.bottom > 0)
        whose = self.owner[kept], self.item[kept], self.ratings[kept]
        return Terms(self.top[kept], self.bottom[kept], *whose)


def difference(one: Terms, other: Terms, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return mean(one) - mean(other) over the people whom both arms have, drawn with both their parts.

    sum top_1 / sum bottom_1 - sum top_2 / sum bottom_2, over the owners with a row in each arm: the
    problem gap of two extractors, with top = [uncertain or rejected] and bottom = 1. What both arms
    have in common counts in both. Owners are drawn with what they have in either arm, so that what
    makes a person easy or hard cancels. n_items: items of either arm. Undefined: no owner is in both
    arms (`no_overlap`).

    One person's 2 of 2 attributes are problematic in the first arm and 1 of 2 in the second:

    >>> ones, who = np.ones(2), np.zeros(2, int)
    >>> first = Terms(np.ones(2), ones, who, np.arange(2), np.ones(2, int))
    >>> second = Terms(np.array([1.0, 0]), ones, who, np.arange(2, 4), np.ones(2, int))
    >>> found = difference(first, second, draws=0)
    >>> found.value, found.n_items
    (0.5, 4)
    """
    both = np.intersect1d(_owners(one), _owners(other))
    one, other = one.of(both), other.of(both)
    terms = np.concatenate([_placed(one, 0), _placed(other, 2)])
    items = np.union1d(one.item, other.item)
    # An answer to an item of both arms is one answer.
    shared = np.isin(other.item, one.item)
    sample = Sample(len(items), int(one.ratings.sum() + other.ratings[~shared].sum()))
    return of_sums(
        lambda sums: (over(sums, 0, 1) - over(sums, 2, 3))[:, None],
        terms,
        np.concatenate([one.owner, other.owner]),
        [sample],
        [Reason.NO_OVERLAP],
        seed=stable_seed(seed, "difference"),
        draws=draws,
    )[0]


def _owners(arm: Terms) -> IntArray:
    owners: IntArray = np.unique(arm.owner[(arm.bottom > 0) & (arm.owner >= 0)])
    return owners


def _placed(arm: Terms, first: int) -> FloatArray:
    terms = np.zeros((len(arm.top), 4))
    terms[:, first], terms[:, first + 1] = arm.top, arm.bottom
    return terms
