"""A matcher beside people: which attributes it finds relevant to a query, and which they do."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arms.sums import of_sums, over
from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
from personalization.agreement.estimate import Estimate, Reason, Sample
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed

BOTH, MATCHER, PEOPLE, NEITHER = range(4)


@dataclass(frozen=True, slots=True)
class Matching:
    """A matcher's answers against those of one panel, all on the items that have both."""

    yes_rate: Estimate
    people_yes_rate: Estimate
    over_selection: Estimate
    precision: Estimate
    recall: Estimate
    f1: Estimate
    kappa: Estimate


def matching(
    judge: IntArray,
    people: IntArray,
    owner: IntArray | None = None,
    ratings: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Matching:
    """Return a matcher's yes rate and hits against a panel's answers: 1 yes, 0 no, < 0 none (RH).

    On the items with both answers, a = both yes, b = the matcher alone, c = people alone, d = both
    no, n = a + b + c + d: over-selection = yes rate of the matcher / yes rate of people =
    (a + b)/(a + c); precision a/(a + b), recall a/(a + c), F1 = 2a/(2a + b + c) (so 0 where both say
    yes, but never together); kappa = (po - pe)/(1 - pe), po = (a + d)/n,
    pe = ((a+b)(a+c) + (c+d)(b+d))/n^2. judge, people, owner: (N,); people: the owner's answer or the
    strict majority of strangers. Bootstrap by owner. Undefined: no item with both
    (`no_overlap`); `no_variation`: over-selection and recall where people never say yes, precision
    where the matcher never does, F1 where neither does, kappa where all answers are the same.

    A matcher that says yes to 3 of 4 where people do to 1, and finds that one:

    >>> found = matching(np.array([1, 1, 1, 0]), np.array([1, 0, 0, 0]), draws=0)
    >>> found.over_selection.value, found.recall.value, found.f1.value
    (3.0, 1.0, 0.5)
    """
    kept = (judge >= 0) & (people >= 0)
    behind = np.ones(len(judge), np.int64) if ratings is None else ratings
    sample = Sample(int(kept.sum()), int(behind[kept].sum()))
    constant = Reason.NO_VARIATION if kept.any() else Reason.NO_OVERLAP
    found = of_sums(
        _numbers,
        _terms(judge[kept] > 0, people[kept] > 0),
        None if owner is None else owner[kept],
        [sample] * 7,
        [Reason.NO_OVERLAP] * 2 + [constant] * 5,
        seed=stable_seed(seed, "matching"),
        draws=draws,
    )
    return Matching(*found)


def yes_rate(
    judge: IntArray, owner: IntArray | None = None, *, seed: int | str = 0, draws: int = DRAWS
) -> Estimate:
    """Return the share of a matcher's readable answers that are yes, whoever else answered.

    judge: (N,) 1 yes, 0 no, < 0 none. Undefined: no readable answer (`no_valid_verdict`).

    >>> yes_rate(np.array([1, 0, 0, -1, 0]), draws=0).value
    0.25
    """
    kept = judge >= 0
    n = int(kept.sum())
    return of_sums(
        lambda sums: over(sums, 0, 1)[:, None],
        np.column_stack([judge[kept] > 0, np.ones(n)]).astype(np.float64),
        None if owner is None else owner[kept],
        [Sample(n, n, 1)],
        [Reason.NO_VALID_VERDICT],
        seed=stable_seed(seed, "yes rate"),
        draws=draws,
    )[0]


def _terms(judge: BoolArray, people: BoolArray) -> FloatArray:
    cells = [judge & people, judge & ~people, ~judge & people, ~judge & ~people]
    return np.stack(cells, axis=1).astype(np.float64)


def _numbers(sums: FloatArray) -> FloatArray:
    both, matcher, people, neither = sums.T
    n, said, true = sums.sum(axis=1), both + matcher, both + people
    pe_top = said * true + (n - said) * (n - true)
    return np.stack(
        [
            ratio(said, n, n > 0),
            ratio(true, n, n > 0),
            ratio(said, true, true > 0),
            ratio(both, said, said > 0),
            ratio(both, true, true > 0),
            ratio(2 * both, said + true, said + true > 0),
            ratio(n * (both + neither) - pe_top, n**2 - pe_top, n**2 - pe_top > 0),
        ],
        axis=1,
    )
