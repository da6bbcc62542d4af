"""Raw agreement: the share of rater pairs that chose the same value."""

import numpy as np

from personalization.agreement.arrays import FloatArray, ratio
from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.intervals.bootstrap import DRAWS, Statistic, estimated
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.patterns import Patterns


def raw_agreement(patterns: Patterns, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the item mean of the share of agreeing rater pairs, 0 to 1 (Fleiss 1971).

    pa = mean over items with m_i >= 2 of sum_c n_ic (n_ic - 1) / (m_i (m_i - 1)), where item i
    has m_i ratings, n_ic of them for value c. Every item weighs the same. n_items and n_ratings
    count items with two or more ratings. Undefined: no such item.

    Two items, (3, 0) agrees fully and (2, 1) in one pair of three:

    >>> two = Patterns(np.array([[3, 0], [2, 1]]), np.array([1, 1]))
    >>> round(raw_agreement(two, draws=0).value, 4)
    0.6667
    """
    pairable = patterns.rated(at_least=2)
    agreeing, pairs = pair_counts(pairable)
    statistic = _weighted_share(agreeing / pairs, np.ones(len(pairs)))
    key = stable_seed(seed, "raw agreement, item mean")
    return estimated(statistic, pairable, why_no_pairs(patterns), seed=key, draws=draws)


def raw_agreement_micro(patterns: Patterns, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the share of agreeing rater pairs, one pair, one vote, 0 to 1.

    sum_ic n_ic (n_ic - 1) / sum_i m_i (m_i - 1). An item weighs m_i (m_i - 1); equal to the item
    mean when all m_i are equal. Undefined: no item with two ratings.

    Of four pairs, one in (2, 0) and three in (2, 1), two agree:

    >>> two = Patterns(np.array([[2, 0], [2, 1]]), np.array([1, 1]))
    >>> raw_agreement_micro(two, draws=0).value
    0.5
    """
    pairable = patterns.rated(at_least=2)
    statistic = _weighted_share(*pair_counts(pairable))
    key = stable_seed(seed, "raw agreement, micro")
    return estimated(statistic, pairable, why_no_pairs(patterns), seed=key, draws=draws)


def pair_counts(patterns: Patterns) -> tuple[FloatArray, FloatArray]:
    """Return ordered rater pairs of an item of each pattern: the agreeing ones, and all."""
    counts, m = patterns.counts, patterns.ratings
    agreeing = (counts * (counts - 1)).sum(axis=1)
    return agreeing.astype(np.float64), (m * (m - 1)).astype(np.float64)


def why_no_pairs(patterns: Patterns) -> Reason:
    """Return why no item of these patterns has two ratings."""
    return no_pairs(patterns.sample.n_ratings, patterns.n_raters)


def no_pairs(n_ratings: int, n_raters: int | None) -> Reason:
    """Return why so many ratings hold no pair of ratings of one item."""
    if not n_ratings:
        return Reason.TOO_FEW_ITEMS
    return Reason.TOO_FEW_RATERS if n_raters == 1 else Reason.NO_OVERLAP


def _weighted_share(top: FloatArray, bottom: FloatArray) -> Statistic:
    def share(weights: FloatArray) -> FloatArray:
        whole = weights @ bottom
        return ratio(weights @ top, whole, whole > 0)

    return share
