import numpy as np
import pytest

from personalization.agreement.estimate import Reason
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.judges.judge_agreement import judge_agreement, judge_agreement_micro

HIST = np.array([[2, 1], [0, 1], [4, 0], [0, 0]])


def test_items_or_ratings_weigh_the_same() -> None:
    judge = np.array([0, 1, 1, 0])
    assert judge_agreement(HIST, judge).valid_only.value == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert judge_agreement_micro(HIST, judge).valid_only.value == pytest.approx(3 / 8)
    assert judge_agreement(HIST, judge).n_left_out == 1
    assert judge_agreement_micro(HIST, judge).n_left_out == 1


def test_invalid_is_left_out_or_wrong() -> None:
    judge = np.array([0, INVALID, INVALID, NOT_ASKED])
    item, micro = judge_agreement(HIST, judge), judge_agreement_micro(HIST, judge)
    assert item.valid_only.value == micro.valid_only.value == pytest.approx(2 / 3)
    assert item.invalid_wrong.value == pytest.approx(2 / 9)
    assert micro.invalid_wrong.value == pytest.approx(2 / 8)
    assert (item.n_invalid, micro.n_invalid, item.n_left_out) == (2, 5, 0)


def test_undefined() -> None:
    for statistic in (judge_agreement, judge_agreement_micro):
        assert statistic(HIST, np.full(4, NOT_ASKED)).invalid_wrong.reason is Reason.NO_OVERLAP
        assert statistic(HIST, np.full(4, INVALID)).valid_only.reason is Reason.NO_VALID_VERDICT


def test_the_interval_draws_items() -> None:
    hist = np.random.default_rng(0).multinomial(3, [0.6, 0.4], 60)
    found = judge_agreement_micro(hist, np.zeros(60, int)).valid_only
    assert found.method == "item bootstrap, B=1000"
    assert found.n_ratings == 180
