"""Whether right answers are stated with more certainty than wrong ones."""

import numpy as np

from personalization.agreement.arrays import FloatArray, ratio
from personalization.agreement.certainty.answers import Answers, cells_of
from personalization.agreement.estimate import Estimate, Reason, defined, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, interval
from personalization.agreement.intervals.draws import stable_seed


def auroc(answers: Answers, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return P(c_right > c_wrong) + P(c_right = c_wrong) / 2, 0 to 1, .5 at chance (Hanley 1982).

    Over pairs of a right and a wrong answer that state a certainty, from how many of each there are
    at each certainty. Only the order of certainties counts, so they need not be probabilities.
    n_items counts answers with a certainty; bootstrap by item or owner. Undefined: no such answer
    (`no_valid_verdict`; `no_overlap` where no item counts); all right or all wrong
    (`no_variation`).

    Certainties 90, 80, 80, 60, the first two right: 3 pairs ordered, 1 tied, of 4.

    >>> four = Answers(np.array([90, 80, 80, 60]), np.array([True, True, False, False]),
    ...     np.ones(4, int), None, np.arange(4))
    >>> auroc(four, draws=0).value
    0.875
    """
    stated = answers.certain()
    if not len(stated.certainty):
        return undefined(answers.missing, stated.sample)
    if stated.right.all() or not stated.right.any():
        return undefined(Reason.NO_VARIATION, stated.sample)
    levels, code = np.unique(stated.certainty, return_inverse=True)
    cells = cells_of(stated, code, len(levels))
    key = stable_seed(seed, "auroc")
    found = interval(_area, cells.number, cells.owners, seed=key, draws=draws)
    value = float(_area(cells.number[None, :].astype(np.float64))[0])
    return defined(value, stated.sample, found)


def _area(weights: FloatArray) -> FloatArray:
    wrong, right = weights[:, ::2], weights[:, 1::2]
    below = wrong.cumsum(axis=1) - wrong / 2
    pairs = wrong.sum(axis=1) * right.sum(axis=1)
    return ratio((right * below).sum(axis=1), pairs, pairs > 0)
