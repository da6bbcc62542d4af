"""Cohen's kappa, plain and weighted, from confusion tables in declared order."""

from dataclasses import dataclass

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray, ratio
from personalization.agreement.coefficients.weights import Weights, distances
from personalization.agreement.estimate import Estimate, Reason, Sample, defined, undefined
from personalization.agreement.intervals.bootstrap import DRAWS, Statistic, interval
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.keys import check_codes
from personalization.agreement.patterns import OwnerCounts, count_by_owner


@dataclass(frozen=True, slots=True)
class MeanKappa:
    """A mean over raters or rater pairs, how many it holds, and how many had no kappa to add."""

    kappa: Estimate
    n_members: int
    n_undefined: int


def confusion(value_a: IntArray, value_b: IntArray, n_values: int) -> IntArray:
    """Count items by the two values: (V, V), rows a, columns b; items with a value < 0 left out.

    >>> confusion(np.array([0, 1, 1]), np.array([0, 1, -1]), 2).tolist()
    [[1, 0], [0, 1]]
    """
    one_rater = np.zeros_like(value_a)
    table: IntArray = confusions_by_rater(one_rater, value_a, value_b, 1, n_values)[0]
    return table


def confusions_by_rater(
    rater: IntArray, value: IntArray, judge_value: IntArray, n_raters: int, n_values: int
) -> IntArray:
    """Count each rater's ratings against the judge's value of the same item: (R, V, V).

    rater, value, judge_value: one entry per rating; a value < 0 leaves the rating out.
    """
    if min(value.min(initial=0), judge_value.min(initial=0)) < 0:
        kept = (value >= 0) & (judge_value >= 0)
        rater, value, judge_value = rater[kept], value[kept], judge_value[kept]
    check_codes(rater, n_raters)
    check_codes(value, n_values)
    check_codes(judge_value, n_values)
    cell = np.multiply(rater, n_values, dtype=np.int64)
    cell += value
    cell *= n_values
    cell += judge_value
    counts = np.bincount(cell, minlength=n_raters * n_values * n_values)
    return counts.reshape(n_raters, n_values, n_values)


def kappas(tables: IntArray | FloatArray, weights: Weights = Weights.PLAIN) -> FloatArray:
    """Return Cohen's kappa of each (..., V, V) table of counts, nan where undefined (Cohen 1968).

    kappa = 1 - n sum_ck C_ck d_ck / sum_ck a_c b_k d_ck, margins a and b, n = sum C;
    d = [c != k], |c - k| or (c - k)^2. All terms are whole numbers, so 0 is exact.

    >>> kappas(np.array([[[2, 1], [0, 1]], [[3, 0], [0, 0]]])).tolist()
    [0.5, nan]
    """
    d = distances(weights, tables.shape[-1])
    a, b = tables.sum(axis=-1), tables.sum(axis=-2)
    observed = (tables * d).sum(axis=(-2, -1))
    return kappas_of_margins(observed, (a @ d * b).sum(axis=-1), a.sum(axis=-1))


def kappas_of_margins(observed: FloatArray, expected: FloatArray, n: FloatArray) -> FloatArray:
    """Return kappa from sum C d, sum a b d and n; nan where nothing else could be expected."""
    return 1 - ratio(n * observed, expected, expected > 0)


def one_side_constant(tables: IntArray | FloatArray) -> BoolArray:
    """Return which (..., V, V) tables have a rater with a single value: kappa is 0 there at best."""
    used_a, used_b = tables.sum(axis=-1) > 0, tables.sum(axis=-2) > 0
    constant: BoolArray = (used_a.sum(axis=-1) == 1) | (used_b.sum(axis=-1) == 1)
    return constant


def cohen_kappa(
    table: IntArray,
    weights: Weights = Weights.PLAIN,
    owners: OwnerCounts | None = None,
    *,
    seed: int | str = 0,
    draws: int = DRAWS,
) -> Estimate:
    """Return Cohen's kappa of two raters, at most 1, 0 at chance (Cohen 1960; weighted: 1968).

    table: (V, V) counts of items, options in declared order; owners: `cells_by_owner`. The formula
    is that of `kappas`; the bootstrap draws items (cells of the table) or owners. One constant rater
    gives a defined 0 (`one_side_constant`). Undefined: no shared item; both raters constant and equal.

    n = 4, three of them equal; margins (3, 1) and (2, 2), so 1 - 4 * 1 / (3 * 2 + 1 * 2):

    >>> cohen_kappa(np.array([[2, 1], [0, 1]]), draws=0).value
    0.5
    """
    n, value = int(table.sum()), float(kappas(table, weights))
    sample = Sample(n, 2 * n, 2)
    if np.isnan(value):
        return undefined(Reason.NO_VARIATION if n else Reason.NO_OVERLAP, sample)
    key = stable_seed(seed, "cohen kappa", weights)
    statistic = _of_cells(len(table), weights)
    return defined(value, sample, interval(statistic, table.ravel(), owners, seed=key, draws=draws))


def cells_by_owner(
    value_a: IntArray, value_b: IntArray, owner: IntArray, n_values: int
) -> OwnerCounts | None:
    """Count the cells of a confusion table by owner; None where no item has one (-1 = nobody)."""
    kept = (value_a >= 0) & (value_b >= 0)
    if not (owner[kept] >= 0).any():
        return None
    cell = value_a[kept].astype(np.int64) * n_values + value_b[kept]
    return count_by_owner(owner[kept], cell, n_patterns=n_values * n_values)


def _of_cells(n_values: int, weights: Weights) -> Statistic:
    return lambda drawn: kappas(drawn.reshape(-1, n_values, n_values), weights)
