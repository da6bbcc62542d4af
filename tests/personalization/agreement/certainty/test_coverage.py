import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from personalization.agreement.certainty.coverage import coverage_curve
from personalization.agreement.estimate import Reason, Sample
from personalization.agreement.intervals.sums import share
from tests.personalization.agreement.certainty.answering import FOUR, answers, drawn, shuffled


def test_at_each_distinct_certainty() -> None:
    """90, 80, 80, 60, right 1, 1, 0, 0 -> (60: 4, .5) (80: 3, .667) (90: 1, 1.0) (row 8)."""
    curve = coverage_curve(FOUR)
    assert [point.threshold for point in curve] == [60, 80, 90]
    assert [point.agreement.n_items for point in curve] == [4, 3, 1]
    assert [point.agreement.value for point in curve] == pytest.approx([0.5, 2 / 3, 1])
    assert [point.coverage.value for point in curve] == pytest.approx([1, 0.75, 0.25])


def test_unreadable_and_abstained_stay_in_all_items() -> None:
    """Four of eight items are silent: coverage halves, agreement does not move (row 8)."""
    silent = answers([90, -1, 80, -1, 80, 60, -1, -1], [1, 0, 1, 1, 0, 0, 0, 0])
    curve, known = coverage_curve(silent), coverage_curve(FOUR)
    assert [point.coverage.value for point in curve] == pytest.approx([0.5, 0.375, 0.125])
    assert [point.agreement for point in curve] == [point.agreement for point in known]
    assert {point.coverage.n_items for point in curve} == {8}


def test_wilson_where_nobody_owns_an_item() -> None:
    given = drawn(200, silent=0.2)
    for point in coverage_curve(given):
        n = point.agreement.n_items
        assert point.agreement.value is not None
        low, high = proportion_confint(round(n * point.agreement.value), n, method="wilson")
        assert (point.agreement.low, point.agreement.high) == pytest.approx((low, high), abs=1e-9)
        low, high = proportion_confint(n, 200, method="wilson")
        assert (point.coverage.low, point.coverage.high) == pytest.approx((low, high), abs=1e-9)
        assert point.agreement.method == point.coverage.method == "Wilson"


def test_owners_are_drawn_along_the_curve() -> None:
    """Each point has the interval that its own share has when owners are drawn."""
    given = drawn(600, owners=40, silent=0.2)
    assert given.owner is not None
    for point in coverage_curve(given):
        above = given.certainty >= point.threshold
        every, sample = np.ones(600, bool), Sample(600)
        for found, top, bottom in (
            (point.agreement, given.right & above, above),
            (point.coverage, above, every),
        ):
            known = share(top, bottom, given.owner, sample, Reason.NO_OVERLAP, seed=1, draws=1000)
            assert found.value == pytest.approx(known.value)
            assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=0.012)
            assert found.method == "owner bootstrap, B=1000"


def test_few_owners() -> None:
    """No interval over 9 owners, and none by item instead."""
    point = coverage_curve(drawn(200, owners=9))[0]
    assert point.agreement.low is point.coverage.low is None
    assert point.agreement.method == "no owner bootstrap: 9 of 10 owners"


def test_nothing_stated() -> None:
    assert coverage_curve(answers([-1, -1], [0, 0])) == []
    assert coverage_curve(answers([], [])) == []


def test_human_labels_behind_each_point() -> None:
    given = drawn(50)
    assert [p.agreement.n_ratings for p in coverage_curve(given)] == [
        p.agreement.n_items for p in coverage_curve(given)
    ]


def test_shuffled_items_change_nothing() -> None:
    given = drawn(300, owners=30, silent=0.1)
    order = np.random.default_rng(0).permutation(300)
    assert coverage_curve(given) == coverage_curve(shuffled(given, order))
