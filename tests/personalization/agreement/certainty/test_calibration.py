import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from personalization.agreement.certainty.calibration import Bin, brier_base_rate, calibration_raw
from personalization.agreement.estimate import Estimate, Reason
from tests.personalization.agreement.certainty.answering import FOUR, answers, drawn, shuffled


def test_by_hand() -> None:
    """Read as if a probability: ECE .325, Brier (.01 + .04 + .64 + .36) / 4 (row 10)."""
    found = calibration_raw(FOUR, draws=0)
    assert found.ece.value == pytest.approx(0.1 / 4 + 0.3 / 2 + 0.6 / 4)
    assert found.brier.value == pytest.approx(1.05 / 4)
    drawn_bins = [(one.n, one.forecast, one.right) for one in found.bins]
    assert drawn_bins == [(1, 0.6, 0), (2, 0.8, 0.5), (1, 0.9, 1)]


def test_ten_bins_of_equal_width() -> None:
    """b = min(floor(c / 10), 9): 9 and 10 part, 90 and 100 do not."""
    found = calibration_raw(answers([1, 9, 10, 19, 90, 99, 100], [1] * 7), draws=0)
    assert [one.n for one in found.bins] == [2, 2, 3]
    assert [one.forecast for one in found.bins] == pytest.approx([0.05, 0.145, 2.89 / 3])


def test_against_scikit_learn() -> None:
    stated = drawn(200)
    known = brier_score_loss(stated.right, stated.certainty / 100)
    assert calibration_raw(stated, draws=0).brier.value == pytest.approx(known, abs=1e-12)
    constant = brier_score_loss(stated.right, np.full(200, stated.right.mean()))
    assert brier_base_rate(stated, draws=0).value == pytest.approx(constant, abs=1e-12)


def test_the_sum_over_bins() -> None:
    stated = drawn(300)
    forecast, right = stated.certainty / 100, stated.right
    inside = [np.minimum(stated.certainty // 10, 9) == b for b in range(10)]
    known = sum(
        one.mean() * abs(forecast[one].mean() - right[one].mean()) for one in inside if one.any()
    )
    found = calibration_raw(stated, draws=0)
    assert found.ece.value == pytest.approx(known, abs=1e-12)
    assert sum(one.n for one in found.bins) == 300


def test_a_perfect_forecast_and_a_constant_one() -> None:
    """Half of those at 50 are right: no calibration error, and the Brier score of the base rate."""
    stated = answers([50] * 10, [1, 0] * 5)
    found = calibration_raw(stated, draws=0)
    assert found.ece.value == 0
    assert found.brier.value == brier_base_rate(stated, draws=0).value == 0.25
    sure = calibration_raw(answers([100] * 4, [1] * 4), draws=0)
    assert (sure.ece.value, sure.brier.value) == (0, 0)


def test_silent_answers_are_left_out() -> None:
    more = answers([90, 80, -1, 80, 60, -1], [1, 1, 1, 0, 0, 0])
    assert calibration_raw(more, draws=0) == calibration_raw(FOUR, draws=0)
    assert brier_base_rate(more, draws=0) == brier_base_rate(FOUR, draws=0)


def test_undefined() -> None:
    for given, reason in (
        (answers([], []), Reason.NO_OVERLAP),
        (answers([-1], [1]), Reason.NO_VALID_VERDICT),
    ):
        found = calibration_raw(given)
        assert found.ece.reason is found.brier.reason is reason
        assert found.bins == []
        assert brier_base_rate(given).reason is reason


def test_intervals_by_item() -> None:
    """Half width of a mean; bars carry Wilson's interval."""
    stated = drawn(400)
    found = calibration_raw(stated)
    each = (stated.certainty / 100 - stated.right) ** 2
    half = 1.96 * each.std() / 20
    assert (found.brier.low, found.brier.high) == pytest.approx(
        (each.mean() - half, each.mean() + half), abs=0.005
    )
    assert found.brier.method == found.ece.method == "item bootstrap, B=1000"
    whole = calibration_raw(answers([80] * 10, [1] * 8 + [0] * 2))
    assert (whole.bins[0].low, whole.bins[0].high) == pytest.approx((0.490162, 0.943318), abs=1e-6)
    rate = brier_base_rate(stated)
    assert rate.low is not None
    assert rate.value is not None
    assert rate.low < rate.value


def test_intervals_by_owner() -> None:
    """Owners answer alike: the interval is wider than that of single items, bars included."""
    rng = np.random.default_rng(0)
    owner = np.repeat(np.arange(30), 20)
    right = np.repeat(rng.random(30) < 0.6, 20)
    certainty = np.repeat(10 * rng.integers(5, 8, 30), 20)
    by_item = calibration_raw(answers(certainty, right))
    by_owner = calibration_raw(answers(certainty, right, owner))
    assert by_owner.brier.method == "owner bootstrap, B=1000"
    assert by_owner.brier.value == by_item.brier.value
    assert _width(by_owner.brier) > 2 * _width(by_item.brier)
    for one, other in zip(by_owner.bins, by_item.bins, strict=True):
        assert _width(one) > 2 * _width(other)


def _width(one: Estimate | Bin) -> float:
    assert one.low is not None
    assert one.high is not None
    return one.high - one.low


def test_shuffled_items_change_nothing() -> None:
    stated = drawn(200, owners=20)
    order = np.random.default_rng(0).permutation(200)
    assert calibration_raw(stated) == calibration_raw(shuffled(stated, order))
    assert brier_base_rate(stated) == brier_base_rate(shuffled(stated, order))
