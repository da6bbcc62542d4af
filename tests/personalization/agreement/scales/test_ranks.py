"""What one more item would move, against moving it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from personalization.agreement.arrays import FloatArray
from personalization.agreement.scales.cells import Cells
from personalization.agreement.scales.ranks import (
    below_less_above,
    inversions,
    kendall_influence,
    kendall_of,
    pearson_influence,
    spearman_influence,
    spearman_of,
)
from tests.personalization.agreement.scales.pairs import cells, related

STEP = 1e-5


def centred(both: Cells) -> tuple[FloatArray, FloatArray]:
    x, y = both.x[both.row], both.y[both.column]
    return x - np.average(x, weights=both.items), y - np.average(y, weights=both.items)


def pearson_of(both: Cells) -> Callable[[FloatArray], FloatArray]:
    x, y = centred(both)

    def value(weights: FloatArray) -> FloatArray:
        tables = [np.cov(x, y, aweights=row, ddof=0) for row in weights]
        return np.array([table[0, 1] / np.sqrt(table[0, 0] * table[1, 1]) for table in tables])

    return value


@pytest.mark.parametrize(
    ("value_of", "influence_of"),
    [
        (pearson_of, lambda both: pearson_influence(*centred(both), both.items)),
        (spearman_of, spearman_influence),
        (kendall_of, kendall_influence),
    ],
)
def test_influence_is_the_derivative(
    value_of: Callable[[Cells], Callable[[FloatArray], FloatArray]],
    influence_of: Callable[[Cells], FloatArray],
) -> None:
    both = cells(*related(80))
    value, influence = value_of(both), influence_of(both)
    weights = np.tile(both.items.astype(float), (len(both.items), 1))
    step = STEP * np.eye(len(both.items))
    slope = (value(weights + step) - value(weights - step)) / (2 * STEP)
    assert influence == pytest.approx(80 * slope, abs=1e-6)
    assert both.items @ influence == pytest.approx(0, abs=1e-9)


def test_mid_ranks_from_the_middle() -> None:
    x, _ = related(40)
    ranks = stats.rankdata(x)
    levels, place, number = np.unique(x, return_inverse=True, return_counts=True)
    twice = below_less_above(number.astype(float))
    assert twice[place] == pytest.approx(2 * (ranks - ranks.mean()))
    assert len(levels) == 5


def test_a_side_without_variation_has_no_value() -> None:
    both = cells([1, 1, 2], [1, 2, 2])
    none = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    for value in (spearman_of(both), kendall_of(both)):
        assert np.isnan(value(none)).all()
    again = replace(both, items=np.array([2, 2, 2]))
    for of in (spearman_of, kendall_of):
        assert of(again)(again.items[None].astype(float)) == pytest.approx(
            of(both)(np.ones((1, 3)))
        )


@pytest.mark.parametrize(("n", "codes"), [(1, 1), (5, 3), (50, 7), (200, 1000), (300, 1)])
def test_inversions_are_those_of_every_pair(n: int, codes: int) -> None:
    code = np.random.default_rng(n).integers(0, codes, n)
    every = sum(int((code[:place] > code[place]).sum()) for place in range(n))
    assert inversions(code) == every
