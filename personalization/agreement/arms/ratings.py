"""Ratings of a personalized response beside a plain one, and how far judges inflate them.

A rating is un-blinded: 5 = the personalized response is much better, 3 = no difference.
"""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arms.difference import Terms
from personalization.agreement.arms.sums import of_sums, over
from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed

MIDDLE = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Ratings of one panel for one arm, un-blinded: a row for each answer, (N,).

    item: what was rated; owner: whose it is, -1 = nobody; rater: who rated.
    """

    rating: FloatArray
    item: IntArray
    owner: IntArray
    rater: IntArray

    def only(self, kept: BoolArray | IntArray) -> "Ratings":
        """Return the chosen ratings."""
        whose = self.owner[kept], self.rater[kept]
        return Ratings(self.rating[kept], self.item[kept], *whose)

    @property
    def sample(self) -> Sample:
        """What stands behind a mean of these."""
        n_raters = len(np.unique(self.rater))
        return Sample(len(np.unique(self.item)), len(self.rating), n_raters)


@dataclass(frozen=True, slots=True)
class Gap:
    """How much better the personalized response is, and how often it is not."""

    gap: Estimate
    not_better: Estimate


def unblinded(score: FloatArray, personalized_is_b: BoolArray) -> FloatArray:
    """Return ratings toward the personalized response: score if it is b, else 6 - score.

    >>> unblinded(np.array([5.0, 5.0]), np.array([True, False])).tolist()
    [5.0, 1.0]
    """
    return np.where(personalized_is_b, score, 2 * MIDDLE - score)


def gap(ratings: Ratings, *, seed: int | str = 0, draws: int = DRAWS) -> Gap:
    """Return mean(rating) - 3 and the share of ratings <= 3, over ratings (RH, study 3).

    Bootstrap by owner: everything about one person is drawn together. Undefined: no ratings
    (`no_overlap`).

    >>> found = gap(ratings_of([2.0, 3, 3, 4, 5]), draws=0)
    >>> round(found.gap.value, 9), found.not_better.value
    (0.4, 0.6)
    """
    rating, sample = ratings.rating, ratings.sample
    terms = [rating - MIDDLE, rating <= MIDDLE, np.ones(len(rating))]
    found = of_sums(
        lambda sums: np.stack([over(sums, 0, 2), over(sums, 1, 2)], axis=1),
        np.stack(terms, axis=1).astype(np.float64),
        ratings.owner,
        [sample] * 2,
        [Reason.NO_OVERLAP] * 2,
        seed=stable_seed(seed, "gap"),
        draws=draws,
    )
    return Gap(*found)


def inflation(
    judge: Ratings, human: Ratings, *, seed: int | str = 0, draws: int = DRAWS
) -> Estimate:
    """Return mean rating(judge) - mean rating(human) over the items that both rated (RH).

    mean over items of (mean of the judge's ratings - mean of the people's): one item, one vote, so
    that both sides weigh the items alike. Bootstrap by owner. Undefined: no item that both rated
    (`no_overlap`).

    >>> judge, human = ratings_of([5.0, 4, 4, 5, 4]), ratings_of([2.0, 3, 3, 4, 5])
    >>> round(inflation(judge, human, draws=0).value, 9)
    1.0
    """
    shared = np.intersect1d(judge.item, human.item)
    judge, human = (one.only(np.isin(one.item, shared)) for one in (judge, human))
    of_judge, of_human = (_item_means(one, shared) for one in (judge, human))
    owner = np.full(len(shared), -1)
    owner[np.searchsorted(shared, human.item)] = human.owner
    sample = Sample(len(shared), len(human.rating), human.sample.n_raters)
    return of_sums(
        lambda sums: over(sums, 0, 1)[:, None],
        np.column_stack([of_judge - of_human, np.ones(len(shared))]),
        owner,
        [sample],
        [Reason.NO_OVERLAP],
        seed=stable_seed(seed, "inflation"),
        draws=draws,
    )[0]


def terms_of(ratings: Ratings, *, not_better: bool = False) -> Terms:
    """Return ratings as sums for the difference of two arms: of the gap, or of the share <= 3."""
    rating, ones = ratings.rating, np.ones(len(ratings.rating))
    top = (rating <= MIDDLE).astype(np.float64) if not_better else rating - MIDDLE
    return Terms(top, ones, ratings.owner, ratings.item, ones.astype(np.int64))


def ratings_of(rating: list[float]) -> Ratings:
    """Return ratings of as many items, by one rater, that nobody owns."""
    n = len(rating)
    return Ratings(np.array(rating), np.arange(n), np.full(n, -1), np.zeros(n, np.int64))


def _item_means(ratings: Ratings, items: IntArray) -> FloatArray:
    place = np.searchsorted(items, ratings.item)
    total = np.bincount(place, weights=ratings.rating, minlength=len(items))
    return total / np.maximum(np.bincount(place, minlength=len(items)), 1)
