"""Annotators drawn with replacement: how a judge would do beside other people of the same kind."""

import numpy as np

from personalization.agreement.arrays import FloatArray
from personalization.agreement.estimate import Interval
from personalization.agreement.intervals.bootstrap import DRAWS, interval
from personalization.agreement.intervals.sums import Finish
from personalization.agreement.minimums import current


def annotator_interval(
    finish: Finish,
    terms: FloatArray,
    *,
    seed: int | str,
    draws: int = DRAWS,
    at_least: int | None = None,
) -> Interval:
    """Return the annotator bootstrap interval, 2.5 to 97.5 %, of a function of summed terms.

    For a judge against people, where a number is finish of sum_h terms_h: raters are drawn with
    replacement, and what they bring is added up. Not for numbers that pair people with people
    (alpha, kappa among humans, majorities): who is drawn twice agrees with himself there, see
    `jackknife`. terms: (R, K) sums of each rater, such as his table against the judge; raters
    without a rating must not be among them. No interval: fewer than `at_least` (5)
    raters.

    Five raters agree with a judge on 5, 6, 7, 8 and 9 of ten items each:

    >>> agreeing = np.array([[5.0, 10], [6, 10], [7, 10], [8, 10], [9, 10]])
    >>> found = annotator_interval(lambda sums: sums[:, 0] / sums[:, 1], agreeing, seed=0)
    >>> round(found.low, 2), round(found.high, 2), found.method
    (0.58, 0.82, 'annotator bootstrap, B=1000')
    """
    return interval(
        lambda weights: finish(weights @ terms),
        np.ones(len(terms), np.int64),
        seed=seed,
        draws=draws,
        unit="annotator",
        at_least=current().interval_raters if at_least is None else at_least,
    )
