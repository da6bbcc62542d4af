"""The human ceiling: how well one human agrees with the others, and a judge on the same rows.

Each rating of an item with two or more is left out in turn and scored against the other humans; the
judge's answer is scored against the same others. What a rating scores depends on the item's
histogram, its own value and the judge's value alone, so patterns of items are enough.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.ceilings.judged import Judged, means_over_ratings
from personalization.agreement.ceilings.others import (
    Scoring,
    error_to_others,
    plurality_of_others,
    share_of_others,
    total,
)
from personalization.agreement.coefficients.raw import why_no_pairs
from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.patterns import Patterns

Maker: TypeAlias = Callable[[IntArray], Scoring]
"""(P, V) counts -> scoring"""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The human left out and the judge, each against the same others: two means over one set of rows."""

    human: Estimate
    judge: Estimate


@dataclass(frozen=True, slots=True)
class Ceilings:
    """Rows with a readable answer, and all rows with an unreadable one as wrong.

    n_invalid: items with an unreadable answer.
    """

    valid_only: Ceiling
    invalid_wrong: Ceiling
    n_invalid: int


def leave_one_out_plurality(judged: Judged, *, seed: int | str = 0, draws: int = DRAWS) -> Ceilings:
    """Return the mean credit of a human and of the judge against the plurality of the others, 0 to 1.

    For each rating (i, h) with m_i >= 2: P = values most frequent among the other humans; human
    [v_ih in P] / |P|, judge [j_i in P] / |P| on the same rows; mean over ratings (agreement.md 4.6).
    n_items and n_ratings count the rows. Undefined: the judge was asked about no item with two
    ratings (`no_overlap`); no answer is readable (`no_valid_verdict`, valid only).

    Item (2, 1), the judge says 0. Left out one of the two: the others are split, both get 1/2, twice.
    Left out the third: both others say 0, so he gets 0 and the judge 1.

    >>> from personalization.agreement.ceilings.judged import collapse_judged
    >>> found = leave_one_out_plurality(collapse_judged(np.array([[2, 1]]), np.array([0])), draws=0)
    >>> round(found.valid_only.human.value, 4), round(found.valid_only.judge.value, 4)
    (0.3333, 0.6667)
    """
    key = stable_seed(seed, "plurality of others")
    return _both_readings(judged, plurality_of_others, seed=key, draws=draws)


def leave_one_out_share(judged: Judged, *, seed: int | str = 0, draws: int = DRAWS) -> Ceilings:
    """Return the mean share of the others who agree with a human and with the judge, 0 to 1.

    For each rating (i, h) with m_i >= 2: human (n_i,v - 1) / (m_i - 1); judge
    (n_i,j - [j = v]) / (m_i - 1), which is n_i,j / m_i over the ratings of an item; mean over ratings
    (agreement.md 4.6). With three humans equal to the form by plurality. Undefined as there.

    >>> from personalization.agreement.ceilings.judged import collapse_judged
    >>> found = leave_one_out_share(collapse_judged(np.array([[3, 1]]), np.array([0])), draws=0)
    >>> found.valid_only.human.value, found.valid_only.judge.value
    (0.5, 0.75)
    """
    key = stable_seed(seed, "share of others")
    return _both_readings(judged, share_of_others, seed=key, draws=draws)


def leave_one_out_error(
    judged: Judged,
    scores: FloatArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Ceiling:
    """Return the mean absolute error of a human and of the judge to the mean of the others, >= 0.

    For each rating (i, h) with m_i >= 2: |x_ih - mean of the others|, |x_j - mean of the others|, in
    units of the options' scores (positions where none are given); mean over ratings with a readable
    answer: an unreadable one has no distance (agreement.md 4.6). Undefined: as by plurality.

    >>> from personalization.agreement.ceilings.judged import collapse_judged
    >>> found = leave_one_out_error(collapse_judged(np.array([[2, 0, 1]]), np.array([1])), draws=0)
    >>> round(found.human.value, 4), round(found.judge.value, 4)
    (1.3333, 0.3333)
    """

    def scoring(counts: IntArray) -> Scoring:
        x = np.arange(counts.shape[1]) if scores is None else scores
        return error_to_others(counts, x.astype(np.float64))

    key = stable_seed(seed, "error to others")
    return _on_same_rows(judged.readable, scoring, judged.missing, seed=key, draws=draws)


def ceiling_plurality(patterns: Patterns, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return how often a human says what most of the others say, 0 to 1, without any judge.

    Mean over the ratings of items with m_i >= 2 of [v_ih in P] / |P| (agreement.md 4.6). Undefined:
    no such item.

    >>> found = ceiling_plurality(Patterns(np.array([[3, 0], [2, 1]]), np.array([1, 1])), draws=0)
    >>> round(found.value, 4)
    0.6667
    """
    key = stable_seed(seed, "plurality of others, people alone")
    return _alone(patterns, plurality_of_others, seed=key, draws=draws)


def ceiling_share(patterns: Patterns, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the mean share of the others who agree with a human, 0 to 1, without any judge.

    Mean over the ratings of items with m_i >= 2 of (n_i,v - 1) / (m_i - 1) (agreement.md 4.6).
    Undefined: no such item.

    >>> ceiling_share(Patterns(np.array([[3, 1]]), np.array([1])), draws=0).value
    0.5
    """
    key = stable_seed(seed, "share of others, people alone")
    return _alone(patterns, share_of_others, seed=key, draws=draws)


def _both_readings(judged: Judged, maker: Maker, *, seed: int, draws: int) -> Ceilings:
    valid = _on_same_rows(judged.readable, maker, judged.missing, seed=seed, draws=draws)
    wrong = valid
    if judged.n_invalid:
        wrong = _on_same_rows(judged, maker, judged.missing, seed=seed, draws=draws)
    return Ceilings(valid, wrong, judged.n_invalid)


def _on_same_rows(
    judged: Judged, maker: Maker, missing: Reason, *, seed: int, draws: int
) -> Ceiling:
    patterns, readable = judged.patterns, judged.said >= 0
    scoring = maker(patterns.counts)
    human = total(patterns.counts, scoring)
    judge = np.where(readable, total(patterns.counts, scoring, np.maximum(judged.said, 0)), 0)
    return Ceiling(*means_over_ratings([human, judge], patterns, missing, seed=seed, draws=draws))


def _alone(patterns: Patterns, maker: Maker, *, seed: int, draws: int) -> Estimate:
    pairable = patterns.rated(at_least=2)
    scores = total(pairable.counts, maker(pairable.counts))
    missing = why_no_pairs(patterns)
    return means_over_ratings([scores], pairable, missing, seed=seed, draws=draws)[0]
