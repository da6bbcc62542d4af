import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.cohen import cohen_kappa, confusion, confusions_by_rater
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Reason
from personalization.agreement.judges.judge_kappa import (
    mean_rater_kappa,
    pooled_kappa,
    pooled_kappa_by_annotator,
)
from personalization.agreement.patterns import histogram


@pytest.fixture
def panel() -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """item, rater and value of 40 items x 6 raters, and a judge that misses two items."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 40)
    item, rater = np.divmod(np.arange(240), 6)
    value = np.where(rng.random(240) < 0.7, truth[item], rng.integers(0, 3, 240))
    judge = np.where(rng.random(40) < 0.7, truth, rng.integers(0, 3, 40))
    judge[:2] = -1
    return item, rater, value, judge


Panel = tuple[IntArray, IntArray, IntArray, IntArray]


@pytest.mark.parametrize("weights", list(Weights))
def test_pooled_is_one_table_of_all_ratings(panel: Panel, weights: Weights) -> None:
    item, rater, value, judge = panel
    one_table = cohen_kappa(confusion(value, judge[item], 3), weights, draws=0).value
    found = pooled_kappa(histogram(item, value, 40, 3), judge, weights)
    assert found.value == pytest.approx(one_table, abs=1e-12)
    assert (found.n_items, found.n_ratings) == (38, 228)
    tables = confusions_by_rater(rater, value, judge[item], 6, 3)
    drawn = pooled_kappa_by_annotator(tables, weights)
    assert drawn.value == pytest.approx(one_table, abs=1e-12)
    assert drawn.method == "annotator bootstrap, B=1000"


def test_pooled_draws_items_with_all_their_ratings(panel: Panel) -> None:
    item, _, value, judge = panel
    found = pooled_kappa(histogram(item, value, 40, 3), judge)
    as_if_independent = cohen_kappa(confusion(value, judge[item], 3))
    assert found.method == "item bootstrap, B=1000"
    assert None not in (found.low, found.high, as_if_independent.low, as_if_independent.high)
    width = as_if_independent.high - as_if_independent.low  # type: ignore[operator]
    assert found.high - found.low > 1.3 * width  # type: ignore[operator]


def test_pooled_by_owner(panel: Panel) -> None:
    item, _, value, judge = panel
    found = pooled_kappa(histogram(item, value, 40, 3), judge, owner=np.arange(40) // 2)
    assert found.method == "owner bootstrap, B=1000"


def test_mean_over_raters(panel: Panel) -> None:
    item, rater, value, judge = panel
    tables = confusions_by_rater(rater, value, judge[item], 6, 3)
    each = [cohen_kappa(table, draws=0).value for table in tables]
    found = mean_rater_kappa(tables)
    assert found.kappa.value == pytest.approx(np.mean(np.array(each, float)))
    assert (found.n_members, found.n_undefined) == (6, 0)
    assert found.kappa.method == "annotator bootstrap, B=1000"


def test_raters_weigh_by_their_items_and_the_undefined_are_counted() -> None:
    tables = np.array([[[2, 1], [0, 1]], [[1, 0], [0, 1]], [[3, 0], [0, 0]], [[0, 0], [0, 0]]])
    plain = mean_rater_kappa(tables)
    assert plain.kappa.value == pytest.approx((0.5 + 1) / 2)
    assert (plain.n_members, plain.n_undefined) == (2, 1)
    weighted = mean_rater_kappa(tables, by_overlap=True)
    assert weighted.kappa.value == pytest.approx((4 * 0.5 + 2 * 1) / 6)
    assert weighted.kappa.method == "no annotator bootstrap: 2 of 5 annotators"


@pytest.mark.parametrize(
    ("hist", "judge", "reason"),
    [
        ([[2, 1]], [-1], Reason.NO_OVERLAP),
        ([[0, 0]], [1], Reason.NO_OVERLAP),
        ([[2, 0], [1, 0]], [0, 0], Reason.NO_VARIATION),
    ],
)
def test_pooled_undefined(hist: list[list[int]], judge: list[int], reason: Reason) -> None:
    assert pooled_kappa(np.array(hist), np.array(judge)).reason is reason


@pytest.mark.parametrize(
    ("tables", "reason"),
    [([[[0, 0], [0, 0]]], Reason.NO_OVERLAP), ([[[2, 0], [0, 0]]], Reason.NO_VARIATION)],
)
def test_by_rater_undefined(tables: list[list[list[int]]], reason: Reason) -> None:
    assert pooled_kappa_by_annotator(np.array(tables)).reason is reason
    assert mean_rater_kappa(np.array(tables)).kappa.reason is reason
