"""Raw agreement of a judge with the people who rated an item."""

import numpy as np

from personalization.agreement.arrays import IntArray
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.judges.accuracy import NOT_ASKED
from personalization.agreement.judges.credit import Accuracy, Verdicts, accuracy_of
from personalization.agreement.keys import row_sums


def judge_agreement(
    hist: IntArray,
    judge: IntArray,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Accuracy:
    """Return the item mean of the share of humans who said what the judge says, 0 to 1.

    mean over rated items of n_i,j(i) / m_i (a mean of proportions; bootstrap by item or owner).
    hist: (N, V); judge: (N,), INVALID and NOT_ASKED as in `accuracy`. Undefined: no rated item was
    judged (`no_overlap`); no verdict is readable (`no_valid_verdict`, valid only).

    >>> judge_agreement(np.array([[2, 0], [1, 3]]), np.array([0, 0]), draws=0).valid_only.value
    0.625
    """
    m = row_sums(hist)
    verdicts = _agreeing(hist, judge, np.minimum(m, 1), np.maximum(m, 1))
    key = stable_seed(seed, "judge agreement, item mean")
    return accuracy_of(verdicts, owner, n_raters, seed=key, draws=draws)


def judge_agreement_micro(
    hist: IntArray,
    judge: IntArray,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Accuracy:
    """Return the share of human ratings equal to the judge's value, 0 to 1: one rating, one vote.

    sum_i n_i,j(i) / sum_i m_i. n_invalid counts ratings that met an unreadable verdict; the rest as
    in `judge_agreement`.

    >>> judge_agreement_micro(np.array([[2, 0], [1, 3]]), np.array([0, 0]), draws=0).valid_only.value
    0.5
    """
    verdicts = _agreeing(hist, judge, row_sums(hist), np.ones(len(hist), np.int64))
    key = stable_seed(seed, "judge agreement, micro")
    return accuracy_of(verdicts, owner, n_raters, seed=key, draws=draws)


def _agreeing(hist: IntArray, judge: IntArray, weight: IntArray, divisor: IntArray) -> Verdicts:
    m = row_sums(hist)
    agreeing = np.where(judge >= 0, hist[np.arange(len(judge)), np.maximum(judge, 0)], 0)
    return Verdicts(
        credit=agreeing / divisor,
        readable=weight * (judge >= 0),
        asked=np.maximum(weight, 1) * (judge != NOT_ASKED),
        labelled=m > 0,
        ratings=m,
    )
