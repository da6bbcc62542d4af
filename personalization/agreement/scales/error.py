"""How far numbers lie from each other: people among themselves, a judge from people."""

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.coefficients.raw import why_no_pairs
from personalization.agreement.estimate import Estimate, Reason, Sample, defined, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, estimated
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.sums import quotient, share
from personalization.agreement.judges.accuracy import INVALID
from personalization.agreement.patterns import Patterns
from personalization.agreement.scales.cells import Cells
from personalization.agreement.scales.numbers import Numbers


def mae_micro(
    patterns: Patterns, scores: FloatArray, *, seed: int | str = 0, draws: int = DRAWS
) -> Estimate:
    """Return the mean absolute difference of two ratings of an item: one pair, one vote.

    sum_i sum_{c<k} n_ic n_ik |x_c - x_k| / sum_i m_i (m_i - 1) / 2 over items with m_i >= 2, in units
    of the scores x (V,). Busy items weigh more; the mean over rater pairs (`mae_pair_mean`) differs
    where m varies. Interval: bootstrap by item or owner. Undefined: no such item.

    Pairs (1, 1), (1, 3), (1, 3) of one item and (2, 3) of another:

    >>> two = Patterns(np.array([[2, 0, 1], [0, 1, 1]]), np.array([1, 1]))
    >>> mae_micro(two, np.array([1.0, 2, 3]), draws=0).value
    1.25
    """
    pairable = patterns.rated(at_least=2)
    m = pairable.ratings.astype(np.float64)
    terms = np.stack([_spread(pairable.counts, scores), m * (m - 1) / 2], axis=1)

    def value(weights: FloatArray) -> FloatArray:
        return quotient(weights @ terms)

    key = stable_seed(seed, "mae, micro")
    return estimated(value, pairable, why_no_pairs(patterns), seed=key, draws=draws)


def _spread(counts: IntArray, scores: FloatArray) -> FloatArray:
    """Return the sum of |x - x'| over the pairs of ratings of each row, (P,).

    A gap between neighbouring scores counts once for each pair with one rating on either side.
    """
    order = scores.argsort(kind="stable")
    upto = counts[:, order].cumsum(axis=1).astype(np.float64)
    result: FloatArray = (upto * (upto[:, -1:] - upto))[:, :-1] @ np.diff(scores[order])
    return result


def mae(cells: Cells, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the mean over items of |judge - human mean|, in units of the scores.

    cells: the cross-table of the judge's numbers with the humans' means (`cells_of`). A mean of
    several people is nearer to everything than one person is: compare it with judges, and
    `judge_mae_micro` with `mae_micro` of the people. Interval: bootstrap by item or owner. Undefined:
    no item has both (`no_overlap`, or `no_valid_verdict` where the judge was unreadable).

    >>> from personalization.agreement.scales.cells import cells_of
    >>> from personalization.agreement.scales.numbers import numbers_of
    >>> judge, human = numbers_of(np.array([4.0, 2.0])), numbers_of(np.array([3.5, 3.0]))
    >>> mae(cells_of(judge, human), draws=0).value
    0.75
    """
    far = np.abs(cells.x[cells.row] - cells.y[cells.column])
    return mean_of_cells(cells, far, seed=stable_seed(seed, "mae"), draws=draws)


def mean_of_cells(cells: Cells, amount: FloatArray, *, seed: int, draws: int) -> Estimate:
    """Return the mean over items of what an item of each cell (P,) amounts to."""
    if not cells.items.size:
        return undefined(cells.missing, cells.sample)
    value = float(np.average(amount, weights=cells.items))
    return defined(value, cells.sample, cells.interval_of_mean(amount, seed=seed, draws=draws))


def judge_mae_micro(
    judge: Numbers,
    hist: IntArray,
    scores: FloatArray,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return the mean over human ratings of |judge - rating|, in units of the scores (V,).

    sum_i sum_c n_ic |j_i - x_c| / sum_i m_i: one rating, one vote; stands beside `mae_micro` of the
    people, where one person meets another. judge: N numbers; hist: (N, V). Undefined as in `mae`.

    >>> from personalization.agreement.scales.numbers import numbers_of
    >>> hist = np.array([[1, 0, 1], [0, 1, 0]])
    >>> judge_mae_micro(numbers_of(np.array([1.0, 2.5])), hist, np.array([1.0, 2, 3]), draws=0).value
    0.8333333333333334
    """
    m = hist.sum(axis=1)
    met = np.flatnonzero((judge.code >= 0) & (m > 0))
    sample = Sample(len(met), int(m[met].sum()), n_raters)
    unread = ((judge.code == INVALID) & (m > 0)).any()
    far = np.abs(judge.levels[:, None] - scores)
    return share(
        np.einsum("nv,nv->n", hist[met], far[judge.code[met]]),
        m[met],
        None if owner is None else owner[met],
        sample,
        Reason.NO_VALID_VERDICT if unread else Reason.NO_OVERLAP,
        seed=stable_seed(seed, "mae, micro, judge"),
        draws=draws,
    )
