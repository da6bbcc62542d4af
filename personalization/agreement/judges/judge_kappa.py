"""Kappa of a judge against many humans: pooled over ratings, or averaged over raters.

Two numbers, two labels. Neither puts the judge among the humans.
"""

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.coefficients.cohen import MeanKappa, kappas
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate, Reason, Sample, defined, undefined
from personalization.agreement.intervals.annotators import annotator_interval
from personalization.agreement.intervals.bootstrap import DRAWS, Statistic, estimated
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.intervals.sums import quotient
from personalization.agreement.keys import row_sums
from personalization.agreement.patterns import collapse


def pooled_kappa(
    hist: IntArray,
    judge: IntArray,
    weights: Weights = Weights.PLAIN,
    owner: IntArray | None = None,
    n_raters: int | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return Cohen's kappa of one table of all human ratings against the judge (Cohen 1960, 1968).

    C_ck = sum of n_ic over items with j_i = k, then `cohen.kappas`. hist: (N, V); judge: (N,),
    < 0 = no value, such items are left out. The bootstrap draws items, each with all its ratings,
    or owners. Undefined: no rated item with a verdict; all ratings and verdicts equal.

    >>> pooled_kappa(np.array([[2, 0], [1, 1]]), np.array([0, 1]), draws=0).value
    0.5
    """
    used = (judge >= 0) & (row_sums(hist) > 0)
    sample = Sample(int(used.sum()), int(hist[used].sum()), n_raters)
    held = None if owner is None else owner[used]
    patterns = collapse(np.column_stack([hist[used], judge[used]]), held)
    statistic = _of_patterns(patterns.counts[:, :-1], patterns.counts[:, -1], weights)
    missing = Reason.NO_VARIATION if sample.n_items else Reason.NO_OVERLAP
    key = stable_seed(seed, "pooled kappa", weights)
    return estimated(statistic, patterns, missing, sample, seed=key, draws=draws)


def pooled_kappa_by_annotator(
    tables: IntArray, weights: Weights = Weights.PLAIN, *, seed: int | str = 0, draws: int = DRAWS
) -> Estimate:
    """Return the pooled kappa with the bootstrap over annotators (Cohen 1960, 1968).

    tables: (R, V, V) from `cohen.confusions_by_rater`; draws raters with replacement and adds their
    tables, from 5 raters on. n_items and n_ratings both count ratings with a verdict. Undefined: no
    such rating; all ratings and verdicts equal.

    >>> pooled_kappa_by_annotator(np.array([[[2, 0], [0, 0]], [[0, 1], [0, 1]]]), draws=0).value
    0.5
    """
    n_values, tables = tables.shape[-1], tables[tables.any(axis=(1, 2))]
    cells = tables.reshape(len(tables), n_values**2).astype(np.float64)
    sample = _sample_of(tables)
    value = float(kappas(tables.sum(axis=0), weights))
    if np.isnan(value):
        missing = Reason.NO_VARIATION if sample.n_ratings else Reason.NO_OVERLAP
        return undefined(missing, sample)

    def kappa(sums: FloatArray) -> FloatArray:
        return kappas(sums.reshape(-1, n_values, n_values), weights)

    key = stable_seed(seed, "kappa by annotator")
    return defined(value, sample, annotator_interval(kappa, cells, seed=key, draws=draws))


def mean_rater_kappa(
    tables: IntArray,
    weights: Weights = Weights.PLAIN,
    *,
    by_overlap: bool = False,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> MeanKappa:
    """Return the mean over raters of Cohen's kappa with the judge, at most 1 (Cohen 1960, 1968).

    tables: (R, V, V) from `cohen.confusions_by_rater`. Every rater weighs the same, or by items
    shared with the judge; raters without a kappa are left out and counted. The bootstrap draws
    annotators, from 5 on. n_items and n_ratings both count ratings with a verdict. Undefined: no
    rater with a kappa.

    >>> mean_rater_kappa(np.array([[[2, 1], [0, 1]], [[1, 0], [0, 1]]]), draws=0).kappa.value
    0.75
    """
    found = kappas(tables, weights)
    known = ~np.isnan(found)
    rated = int((tables.sum(axis=(1, 2)) > 0).sum())
    used, values = tables[known], found[known]
    if not len(used):
        missing = Reason.NO_VARIATION if rated else Reason.NO_OVERLAP
        return MeanKappa(undefined(missing, _sample_of(tables)), 0, rated)
    weight = used.sum(axis=(1, 2)).astype(np.float64) if by_overlap else np.ones(len(used))
    terms = np.stack([values * weight, weight], axis=1)
    key = stable_seed(seed, "kappa by annotator")
    drawn = annotator_interval(quotient, terms, seed=key, draws=draws)
    kappa = defined(float(np.average(values, weights=weight)), _sample_of(used), drawn)
    return MeanKappa(kappa, len(used), rated - len(used))


def _of_patterns(counts: IntArray, judge: IntArray, weights: Weights) -> Statistic:
    n_values = counts.shape[1]
    by_verdict = [(judge == k, counts[judge == k].astype(np.float64)) for k in range(n_values)]

    def value(drawn: FloatArray) -> FloatArray:
        columns = [drawn[:, said] @ ratings for said, ratings in by_verdict]
        return kappas(np.stack(columns, axis=-1), weights)

    return value


def _sample_of(tables: IntArray) -> Sample:
    n_ratings = int(tables.sum())
    return Sample(n_ratings, n_ratings, int((tables.sum(axis=(1, 2)) > 0).sum()))
