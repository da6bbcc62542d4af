"""Pairs of which a judge's model family wrote one side, as sums that judges and people add to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.judges.accuracy import majority
from personalization.agreement.judges.votes import votes_for_first

# Terms of the judge itself, then three of every other judge.
PAIRS, OWN, HUMAN, HUMAN_OWN, OWN_THERE, HUMAN_OTHER, OTHER_THERE = range(7)
OTHERS = 7


@dataclass(frozen=True, slots=True, eq=False)
class Preferences:
    """One judge's verdicts on pairs: credit for the first candidate, both orders averaged, (N,).

    credit: 1 chosen, 1/2 tie or chosen for its position, 0 not chosen, nan = nothing readable;
    asked: (N,) whether it was asked at all; family: code of its model family.
    """

    credit: FloatArray
    asked: BoolArray
    family: int


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """What is known of the pairs: who wrote them and what people say.

    family_a, family_b: (N,) codes of the families of the first and second candidate, -1 = unknown;
    hist: (N, V) ratings of people; candidates: the options that name the first and the second.
    """

    family_a: IntArray
    family_b: IntArray
    hist: IntArray
    candidates: tuple[int, int]


def own_side(family_a: IntArray, family_b: IntArray, family: int) -> IntArray:
    """Return which candidate is by the family: 0 first, 1 second, -1 neither, both or unknown, (N,).

    >>> own_side(np.array([4, 2, 4, 4]), np.array([2, 4, 4, -1]), 4).tolist()
    [0, 1, -1, -1]
    """
    known = (family_a >= 0) & (family_b >= 0)
    first, second = family_a == family, family_b == family
    return np.where(known & (first ^ second), 1 * second, -1)


def own_terms(
    judge: Preferences, others: Sequence[Preferences], pairs: Pairs, rows: IntArray
) -> FloatArray:
    """Return what each of the pairs `rows` adds to the sums, (n, 7 + 3 K).

    1; credit of the judge's own side by the judge, and by people; whether people prefer it, and the
    judge's credit for it there; whether people prefer the other side, and the judge's credit for
    that there. Then for each of K judges of another family: whether it shares the pair and wrote
    neither side, its credit for the first judge's side there, and people's.

    >>> pairs = Pairs(np.array([0]), np.array([1]), np.array([[3, 1]]), (0, 1))
    >>> own_terms(Preferences(np.array([0.5]), np.array([True]), 0), [], pairs, np.array([0]))[0].tolist()
    [1.0, 0.5, 0.75, 1.0, 0.5, 0.0, 0.0]
    """
    hist = pairs.hist[rows]
    side = own_side(pairs.family_a[rows], pairs.family_b[rows], judge.family)
    own = _for_side(judge.credit[rows], side)
    votes, ratings = votes_for_first(hist, pairs.candidates), hist.sum(axis=1)
    # Turned before it is divided: 1 - 2/3 is not quite 1/3, and equal pairs would look different.
    human = np.where(side == 0, votes, ratings - votes) / ratings
    preferred = majority(hist)
    first, second = pairs.candidates
    likes_own = preferred == np.where(side == 0, first, second)
    likes_other = preferred == np.where(side == 0, second, first)
    terms = [np.ones(len(rows)), own, human]
    terms += [likes_own, own * likes_own, likes_other, (1 - own) * likes_other]
    for other in others:
        if other.family in (judge.family, -1):
            continue
        neither = (pairs.family_a[rows] != other.family) & (pairs.family_b[rows] != other.family)
        credit = _for_side(other.credit[rows], side)
        shared = neither & other.asked[rows] & ~np.isnan(credit)
        terms += [shared, np.where(shared, credit, 0), np.where(shared, human, 0)]
    return np.stack(terms, axis=1).astype(np.float64)


def _for_side(credit: FloatArray, side: IntArray) -> FloatArray:
    """Turn credit for the first candidate into credit for the side."""
    return np.where(side == 0, credit, 1 - credit)
