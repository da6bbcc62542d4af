import numpy as np
import pytest

from personalization.agreement.arrays import FloatArray
from personalization.agreement.estimate import Reason
from personalization.agreement.estimation.rogan_gladen import (
    Calibration,
    rogan_gladen,
    rogan_gladen_of,
)

KNOWN = Calibration(p=0.4, n=1000, q0=0.7, m0=200, q1=0.9, m1=200)


def study(
    seed: int, share: float = 0.3, sensitivity: float = 0.9, specificity: float = 0.75
) -> tuple[FloatArray, FloatArray]:
    """200 items with truth and score, 800 with the score alone."""
    rng = np.random.default_rng(seed)
    truth = rng.random(1000) < share
    yes = np.where(truth, sensitivity, 1 - specificity)
    score = (rng.random(1000) < yes).astype(float)
    return np.where(np.arange(1000) < 200, truth, np.nan), score


def test_the_readme_of_the_authors() -> None:
    """theta = (.4 + .7 - 1) / (.7 + .9 - 1) = 1/6 [.056351, .262733]."""
    found = rogan_gladen_of(KNOWN)
    assert found.value == pytest.approx(1 / 6)
    assert found.low == pytest.approx(0.05635072484160894, abs=1e-12)
    assert found.high == pytest.approx(0.2627330257859588, abs=1e-12)
    assert (found.n_items, found.n_ratings, found.method) == (1400, 400, "Lee et al.")


@pytest.mark.parametrize(
    ("p", "value"),
    [(0.3, 0), (0.29, 0), (0.9, 1), (0.95, 1), (0.6, 0.5)],
    ids=["all mistakes", "fewer than its mistakes", "all there are", "more", "between"],
)
def test_the_share_stays_between_0_and_1(p: float, value: float) -> None:
    """A judge with q0 .7 says yes to 30 % of nothing, and with q1 .9 to 90 % of everything."""
    found = rogan_gladen_of(Calibration(p, 1000, 0.7, 200, 0.9, 200))
    assert found.value == pytest.approx(value)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.high <= 1


@pytest.mark.parametrize(
    ("calibration", "reason"),
    [
        (Calibration(0.4, 0, 0.7, 20, 0.9, 20), Reason.NO_OVERLAP),
        (Calibration(0.4, 100, 0, 0, 0, 0), Reason.NO_OVERLAP),
        (Calibration(0.4, 100, 0, 0, 0.9, 20), Reason.NO_VARIATION),
        (Calibration(0.4, 100, 0.7, 20, 0, 0), Reason.NO_VARIATION),
        (Calibration(0.4, 100, 0.5, 20, 0.5, 20), Reason.JUDGE_NOT_BETTER_THAN_CHANCE),
        (Calibration(0.4, 100, 0.3, 20, 0.5, 20), Reason.JUDGE_NOT_BETTER_THAN_CHANCE),
    ],
)
def test_undefined(calibration: Calibration, reason: Reason) -> None:
    found = rogan_gladen_of(calibration)
    assert (found.value, found.low, found.reason) == (None, None, reason)


def test_hardly_better_than_chance_has_no_interval() -> None:
    """q0 + q1 = 1.1, but with one true positive added counts pull it to .77."""
    found = rogan_gladen_of(Calibration(0.9, 100, 0.1, 1000, 1, 1))
    assert found.value == 0
    assert (found.low, found.high) == (None, None)
    assert found.method == "no interval: the judge is hardly better than chance"


def test_from_items() -> None:
    """Positives 1 1 1 said 1 1 0; negatives 0 0 said 0 1; of four others three are said 1."""
    truth = np.array([1, 1, 1, 0, 0, np.nan, np.nan, np.nan, np.nan, 1])
    score = np.array([1, 1, 0, 0, 1, 1, 1, 1, 0, np.nan])
    assert rogan_gladen(truth, score) == rogan_gladen_of(Calibration(3 / 4, 4, 1 / 2, 2, 2 / 3, 3))


def test_the_interval_covers_and_the_bias_is_gone() -> None:
    """300 studies whose judge says yes to 44.5 %, where 30 % are: the interval holds .3."""
    found = [rogan_gladen(*study(seed)) for seed in range(300)]
    held = [one.low <= 0.3 <= one.high for one in found if one.low is not None and one.high]
    assert len(held) == 300
    assert 0.91 <= np.mean(held) <= 0.99
    assert np.mean([one.value for one in found if one.value is not None]) == pytest.approx(
        0.3, abs=0.01
    )


def test_owners_are_drawn_whole() -> None:
    """Each item ten times, of one owner: as wide as the items' own interval."""
    truth, score = study(0)
    single = rogan_gladen(truth, score, np.arange(1000))
    ten = rogan_gladen(np.repeat(truth, 10), np.repeat(score, 10), np.repeat(np.arange(1000), 10))
    alone = rogan_gladen(truth, score)
    assert ten.method == "owner bootstrap, B=1000"
    assert ten.value == pytest.approx(alone.value)
    assert ten.low == pytest.approx(single.low, abs=1e-9)
    assert ten.high == pytest.approx(single.high, abs=1e-9)
    assert alone.low == pytest.approx(ten.low, abs=0.03)
    assert alone.high == pytest.approx(ten.high, abs=0.03)


def test_order_changes_nothing() -> None:
    truth, score = study(1)
    order = np.random.default_rng(0).permutation(1000)
    assert rogan_gladen(truth[order], score[order]) == rogan_gladen(truth, score)
