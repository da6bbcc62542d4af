import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.brennan_prediger import brennan_prediger
from personalization.agreement.coefficients.by_rater import (
    alpha_by_rater,
    gwet_ac1_by_rater,
    raw_agreement_two_way,
)
from personalization.agreement.coefficients.fleiss import fleiss_kappa_pooled
from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.coefficients.raw import raw_agreement
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Level, Reason
from personalization.agreement.intervals.jackknife import jackknife
from personalization.agreement.intervals.ratings import Ratings
from personalization.agreement.patterns import Patterns, collapse

SCORES = np.array([0.0, 1.0, 4.0])


def panel(seed: int, n_items: int = 60, n_raters: int = 8, share: float = 0.5) -> Ratings:
    """Three values; raters see the truth more or less often; some items have one rating."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, n_items)
    item, rater = np.nonzero(rng.random((n_items, n_raters)) < share)
    right = rng.random(len(item)) < np.linspace(0.5, 0.95, n_raters)[rater]
    value = np.where(right, truth[item], rng.integers(0, 3, len(item)))
    return Ratings(item, rater, value, n_items, n_raters, 3)


def without(ratings: Ratings, rater: int) -> Patterns:
    return collapse(ratings.only(np.flatnonzero(ratings.rater != rater)).histogram)


@pytest.mark.parametrize(
    ("name", "expected"), [("bp", 0.772727), ("fleiss", 0.712568), ("ac2", 0.858739)]
)
def test_the_table_of_krippendorff(table_patterns: Patterns, name: str, expected: float) -> None:
    """Section 9, by hand: Brennan-Prediger, pooled Fleiss, AC2 with linear weights."""
    found = {
        "bp": brennan_prediger(table_patterns),
        "fleiss": fleiss_kappa_pooled(table_patterns),
        "ac2": gwet_ac2(table_patterns, Weights.LINEAR),
    }[name]
    assert found.value == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize("level", list(Level))
def test_alpha_is_computed_again_without_each_rater(level: Level) -> None:
    ratings = panel(1)
    scores = SCORES if level is Level.INTERVAL else None
    found = alpha_by_rater(ratings, level, scores)
    again = [alpha(without(ratings, one), level, scores, draws=0).value for one in range(8)]
    whole = alpha(collapse(ratings.histogram), level, scores, draws=0).value
    assert found.value == whole
    assert whole is not None
    around = jackknife(whole, np.array(again, float))
    assert found.low == pytest.approx(around.low, abs=1e-12)
    assert found.high == pytest.approx(around.high, abs=1e-12)
    assert found.method == "delete-one-rater jackknife, R=8"


def test_ac1_is_computed_again_without_each_rater() -> None:
    ratings = panel(2)
    found = gwet_ac1_by_rater(ratings)
    again = [gwet_ac1(without(ratings, one), draws=0).value for one in range(8)]
    whole = gwet_ac1(collapse(ratings.histogram), draws=0).value
    assert found.value == whole
    assert whole is not None
    around = jackknife(whole, np.array(again, float))
    assert found.low == pytest.approx(around.low, abs=1e-12)
    assert found.high == pytest.approx(around.high, abs=1e-12)


def test_a_rater_who_shares_no_item_is_not_among_those_left_out_of_alpha() -> None:
    ratings = panel(3)
    lonely = Ratings(
        np.append(ratings.item, [60, 61]),
        np.append(ratings.rater, [8, 8]),
        np.append(ratings.value, [0, 1]),
        62, 9, 3,
    )  # fmt: skip
    before, after = alpha_by_rater(ratings, Level.NOMINAL), alpha_by_rater(lonely, Level.NOMINAL)
    assert (after.value, after.low, after.method) == (before.value, before.low, before.method)
    assert gwet_ac1_by_rater(lonely).method == "delete-one-rater jackknife, R=9"


def ones(n_raters: int, item: IntArray, rater: IntArray) -> Ratings:
    return Ratings(item, rater, np.ones(len(item), int), int(item.max()) + 1, n_raters, 2)


def test_undefined() -> None:
    item, rater = np.divmod(np.arange(60), 5)
    alike = ones(5, item, rater)
    constant = alpha_by_rater(alike, Level.NOMINAL)
    assert (constant.value, constant.low, constant.reason) == (None, None, Reason.NO_VARIATION)
    assert gwet_ac1_by_rater(alike).value == 1
    alone = ones(5, np.arange(5), np.arange(5))
    for found in (
        alpha_by_rater(alone, Level.NOMINAL),
        gwet_ac1_by_rater(alone),
        raw_agreement_two_way(alone),
    ):
        assert (found.value, found.low, found.reason) == (None, None, Reason.NO_OVERLAP)


def test_few_raters_have_a_number_and_no_interval() -> None:
    few = panel(4, n_raters=4)
    for found in (alpha_by_rater(few, Level.NOMINAL), gwet_ac1_by_rater(few)):
        assert (found.low, found.method) == (None, "no rater jackknife: 4 of 5 raters")
        assert found.value is not None
    drawn = raw_agreement_two_way(few)
    assert (drawn.low, drawn.method) == (None, "no two-way bootstrap: 4 of 5 raters")


def test_two_way_is_wider_than_by_item_where_raters_differ() -> None:
    ratings = panel(5, n_items=400, share=0.4)
    patterns = collapse(ratings.histogram)
    by_item, drawn = raw_agreement(patterns), raw_agreement_two_way(ratings, seed=1)
    assert drawn.value == by_item.value
    assert (drawn.n_items, drawn.n_ratings, drawn.n_raters) == (
        by_item.n_items, by_item.n_ratings, 8,
    )  # fmt: skip
    assert drawn.high - drawn.low > 1.5 * (by_item.high - by_item.low)  # type: ignore[operator]
    assert drawn.low < drawn.value < drawn.high  # type: ignore[operator]


def test_two_way_by_owner() -> None:
    found = raw_agreement_two_way(panel(6, n_items=200), np.arange(200) // 5)
    assert str(found.method).startswith("two-way bootstrap by owner and rater, B=200")
