"""A judge against people with the raters, too, as a sample: draw them, or leave one out."""

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import Estimate, with_interval
from personalization.agreement.intervals.annotators import annotator_interval
from personalization.agreement.intervals.bootstrap import DRAWS, Statistic
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.jackknife import jackknife_of_items
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.intervals.sums import quotient
from personalization.agreement.intervals.two_way import DRAWS as TWO_WAY_DRAWS
from personalization.agreement.intervals.two_way import two_way_interval
from personalization.agreement.judges.accuracy import NO_LABEL, accuracy_majority, majority
from personalization.agreement.judges.judge_agreement import judge_agreement


def judge_agreement_by_annotator(
    ratings: Ratings, judge: IntArray, *, seed: int | str = 0, draws: int = DRAWS
) -> Estimate:
    """Return the item mean of agreeing humans with the annotator bootstrap (see `judge_agreement`).

    A rating of item i keeps its weight 1/m_i: a draw is sum_h a_h / sum_h b_h over the raters drawn,
    a_h = sum of [value = judge] / m_i over the rater's items with a readable verdict, b_h = sum of
    1/m_i. judge: (N,), < 0 = nothing readable, such items are left out. Undefined: as
    `judge_agreement`. No interval: fewer than 5 raters.

    Five raters say 0 of two items, the judge says 0 of one:

    >>> ratings = Ratings(np.repeat([0, 1], 5), np.tile(np.arange(5), 2), np.zeros(10, int), 2, 5, 2)
    >>> found = judge_agreement_by_annotator(ratings, np.array([0, 1]))
    >>> found.value, found.low, found.method
    (0.5, 0.5, 'annotator bootstrap, B=1000')
    """
    found = judge_agreement(ratings.histogram, judge, n_raters=ratings.n_raters, draws=0).valid_only
    share, counted = _shares(ratings), judge[ratings.item] >= 0
    agreeing = judge[ratings.item] == ratings.value
    terms = np.stack([_by_rater(ratings, share * agreeing), _by_rater(ratings, share * counted)], 1)
    key = stable_seed(seed, "judge agreement by annotator")
    drawn = annotator_interval(quotient, terms[terms[:, 1] > 0], seed=key, draws=draws)
    return with_interval(found, drawn)


def judge_agreement_two_way(
    ratings: Ratings,
    judge: IntArray,
    owner: IntArray | None = None,
    *,
    seed: int | str = 0,
    draws: int = TWO_WAY_DRAWS,
) -> Estimate:
    """Return the item mean of agreeing humans with the two-way bootstrap (see `judge_agreement`).

    A draw: sum_i u_i W_ij(i) / W_i / sum_i u_i over items with W_i > 0 and a readable verdict j(i),
    letters as in `two_way_interval`. judge, owner: (N,). Undefined: as `judge_agreement`. No
    interval: fewer than 5 raters, fewer than 10 owners where items have owners.

    >>> ratings = Ratings(np.repeat([0, 1], 5), np.tile(np.arange(5), 2), np.zeros(10, int), 2, 5, 2)
    >>> judge_agreement_two_way(ratings, np.array([0, 0])).low
    1.0
    """
    found = judge_agreement(ratings.histogram, judge, n_raters=ratings.n_raters, draws=0).valid_only
    read = ratings.only(np.flatnonzero(judge[ratings.item] >= 0))
    agreeing = (judge[read.item] == read.value).astype(np.int64)
    key = stable_seed(seed, "judge agreement, two-way")
    drawn = two_way_interval(
        _agreeing, quotient, read.with_values(agreeing, 2), owner, seed=key, draws=draws
    )
    return with_interval(found, drawn)


def accuracy_majority_by_rater(ratings: Ratings, judge: IntArray) -> Estimate:
    """Return the accuracy over readable verdicts with the delete-one-rater jackknife.

    The number is `accuracy_majority`, valid only, within 0 and 1. A majority pairs people with
    people: a rater drawn twice would outvote the others, and draws would lie below the number they
    stand for. So raters are left out, not drawn. judge: (N,). Undefined: as `accuracy_majority`. No
    interval: fewer than 5 raters; no majority left without one of them.

    Five raters who disagree on one item of four; the judge misses another:

    >>> item, rater = np.divmod(np.arange(20), 5)
    >>> ratings = Ratings(item, rater, ((item == 3) & (rater < 2)).astype(int), 4, 5, 2)
    >>> found = accuracy_majority_by_rater(ratings, np.array([0, 0, 1, 0]))
    >>> found.value, round(found.low, 4), round(found.high, 4)
    (0.75, 0.5233, 0.9767)
    """
    hist = ratings.histogram
    found = accuracy_majority(hist, judge, n_raters=ratings.n_raters, draws=0).valid_only
    if found.value is None:
        return found
    around = jackknife_of_items(_accuracy_of_rows, ratings, beside=judge, least=0.0, most=1.0)
    return with_interval(found, around)


def _accuracy_of_rows(rows: IntArray) -> Statistic:
    label, said = majority(rows[:, :-1]), rows[:, -1]
    counted = (label != NO_LABEL) & (said >= 0)
    terms = np.stack([counted & (label == said), counted], axis=1).astype(np.float64)
    return lambda weights: quotient(weights @ terms)


def _agreeing(counts: FloatArray, _squares: FloatArray) -> tuple[FloatArray, FloatArray]:
    agreeing, whole = counts[1], counts.sum(axis=0)
    met = whole > 0
    return np.divide(agreeing, whole, out=np.zeros_like(whole), where=met), met


def _shares(ratings: Ratings) -> FloatArray:
    """Return 1 / m_i of the item of each rating, (M,)."""
    return 1 / np.bincount(ratings.item, minlength=1)[ratings.item]


def _by_rater(ratings: Ratings, amount: FloatArray) -> FloatArray:
    total = np.bincount(ratings.rater, amount, ratings.n_raters)
    return total.astype(np.float64)
