import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss

from personalization.agreement.certainty.answers import Answers
from personalization.agreement.certainty.calibration import brier_base_rate, calibration_raw
from personalization.agreement.certainty.recalibration import (
    calibration_recalibrated,
    equal_mass,
    fold_of,
    isotonic,
)
from personalization.agreement.estimate import Reason
from tests.personalization.agreement.certainty.answering import answers, drawn, shuffled


def cross_fitted(stated: Answers) -> np.ndarray:
    """Return each answer's forecast as scikit-learn fits it on the other folds."""
    fold, forecast = fold_of(stated.unit), np.empty(len(stated.certainty))
    for k in range(5):
        model = IsotonicRegression(out_of_bounds="clip")
        model.fit(stated.certainty[fold != k].astype(float), stated.right[fold != k])
        forecast[fold == k] = model.predict(stated.certainty[fold == k].astype(float))
    return forecast


@pytest.mark.parametrize("owners", [None, 25])
def test_against_scikit_learn(owners: int | None) -> None:
    """Brier score and ECE of forecasts fitted on four folds and read in the fifth."""
    stated = drawn(400, owners)
    found = calibration_recalibrated(stated, draws=0)
    forecast = cross_fitted(stated)
    assert found.brier.value == pytest.approx(brier_score_loss(stated.right, forecast), abs=1e-9)
    bins = equal_mass(forecast.round(12), np.ones(400, np.int64))
    known = sum(abs((forecast[bins == b] - stated.right[bins == b]).sum()) / 400 for b in range(10))
    assert found.ece.value == pytest.approx(known, abs=1e-9)
    assert [one.n for one in found.bins] == np.bincount(bins)[np.unique(bins)].tolist()


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_isotonic_against_scikit_learn(rows: list[tuple[int, int]]) -> None:
    """Never falling; levels without an answer lie between their neighbours."""
    wrong, right = np.array(rows).T
    n, levels = wrong + right, np.arange(len(rows)) * 7 + 3
    if not n.any():
        return
    model = IsotonicRegression(out_of_bounds="clip")
    seen = n > 0
    model.fit(levels[seen].astype(float), right[seen] / n[seen], n[seen])
    found = isotonic(levels, n, right.astype(float))
    assert found == pytest.approx(model.predict(levels.astype(float)), abs=1e-9)
    assert (np.diff(found) >= 0).all()


def test_equal_shares_are_equal_however_they_were_pooled() -> None:
    """46 of 86, then 13 of 39, make 59 of 125: the share of 59 of 125 at once, to the last bit."""
    pooled = isotonic(np.array([10, 20]), np.array([86, 39]), np.array([46.0, 13]))
    assert set(pooled.tolist()) == {59 / 125}


def test_overstated_certainty_is_mended() -> None:
    """Always 70 or 100, right 30 % and 60 %: raw is worse than the base rate, recalibrated better."""
    rng = np.random.default_rng(0)
    certainty = rng.choice([70, 100], 2000)
    stated = answers(certainty, rng.random(2000) < np.where(certainty == 70, 0.3, 0.6))
    raw, found = calibration_raw(stated, draws=0), calibration_recalibrated(stated, draws=0)
    rate = brier_base_rate(stated, draws=0)
    assert found.brier.value is not None
    assert raw.brier.value is not None
    assert rate.value is not None
    assert found.brier.value < rate.value < raw.brier.value
    assert found.ece.value == pytest.approx(0, abs=0.06)
    assert raw.ece.value == pytest.approx(0.4, abs=0.03)


def test_too_few_to_recalibrate() -> None:
    """99 answers, one outcome, or all of one owner: that side has no number, and says so (row 10)."""
    many = drawn(100)
    assert calibration_recalibrated(many, draws=0).brier.value is not None
    fewer = Answers(many.certainty[1:], many.right[1:], many.ratings[1:], None, many.unit[1:])
    mixed = np.arange(200) % 2 == 0
    for stated in (
        fewer,
        answers(np.full(200, 50), np.ones(200)),
        answers(np.full(200, 50), np.zeros(200)),
        answers(np.full(200, 50), mixed, np.zeros(200, int)),
    ):
        found = calibration_recalibrated(stated)
        assert found.ece.reason is found.brier.reason is Reason.NOT_RECALIBRATED
        assert found.bins == []
        assert found.ece.n_items == len(stated.certainty)
    assert calibration_recalibrated(answers([-1], [0])).ece.reason is Reason.NO_VALID_VERDICT
    assert calibration_recalibrated(answers([], [])).ece.reason is Reason.NO_OVERLAP


def test_folds_are_the_same_in_every_process() -> None:
    """By the unit's own number alone; SplitMix64 turns 1234567 into 6457827717110365317."""
    assert fold_of(np.array([1234567])).tolist() == [6457827717110365317 % 5]
    units = np.array([3, 1, 4, 1, 5, 9, 2, 6, 10**12])
    assert fold_of(units)[::2].tolist() == fold_of(units[::2]).tolist()
    shares = np.bincount(fold_of(np.arange(10000))) / 10000
    assert shares == pytest.approx(np.full(5, 0.2), abs=0.02)


def test_bins_of_equal_mass() -> None:
    """Ten bars of ten where nothing is tied; tied forecasts stay together."""
    rng = np.random.default_rng(0)
    assert np.bincount(equal_mass(rng.random(100), np.ones(100, int))).tolist() == [10] * 10
    tied = equal_mass(np.array([0.2, 0.4, 0.2, 0.9]), np.array([40, 10, 40, 10]))
    # 80 at .2 have their middle at 40, 10 at .4 at 85, 10 at .9 at 95, all of 100.
    assert tied.tolist() == [4, 8, 4, 9]
    assert equal_mass(np.array([0.5]), np.array([7])).tolist() == [5]


def test_intervals() -> None:
    found = calibration_recalibrated(drawn(400, owners=40))
    assert found.brier.method == found.ece.method == "owner bootstrap, B=1000"
    assert found.brier.value is not None
    assert found.brier.low is not None
    assert found.brier.high is not None
    assert found.brier.low < found.brier.value < found.brier.high


def test_shuffled_items_change_nothing() -> None:
    stated = drawn(300, owners=30)
    order = np.random.default_rng(0).permutation(300)
    assert calibration_recalibrated(stated) == calibration_recalibrated(shuffled(stated, order))
