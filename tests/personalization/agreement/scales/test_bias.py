import numpy as np
import pytest

from personalization.agreement.estimate import Reason
from personalization.agreement.scales.bias import signed_bias
from personalization.agreement.scales.numbers import human_means
from tests.personalization.agreement.scales.pairs import cells, related


def test_inflation() -> None:
    """Ratings 2, 3, 3, 4, 5, mean 3.4, of each item; the judge's mean is 4.4: +1.0 (row 30)."""
    hist = np.tile([0, 1, 2, 1, 1], (5, 1))
    human = human_means(hist, np.array([1.0, 2, 3, 4, 5])).values
    assert signed_bias(cells([4, 4, 4, 5, 5], human), draws=0).value == pytest.approx(1)


def test_a_harsh_judge_lies_below() -> None:
    x, y = related(80)
    found = signed_bias(cells(x - 2, y))
    assert found.value == pytest.approx((x - 2 - y).mean())
    assert found.high is not None
    assert found.high < 0
    mild = signed_bias(cells(y, x - 2))
    assert (mild.value, mild.n_items) == (pytest.approx(-found.value), 80)  # type: ignore[operator]


def test_too_high_and_too_low_cancel_out() -> None:
    """A judge that never leaves the middle has no bias, and no use: hence the shares beside it."""
    assert signed_bias(cells([3, 3], [1, 5]), draws=0).value == 0


def test_the_interval_draws_owners() -> None:
    x, y = related(120)
    found = signed_bias(cells(x, y, np.arange(120) // 8))
    assert found.method == "owner bootstrap, B=1000"


def test_undefined() -> None:
    assert signed_bias(cells([np.nan, 1], [1, np.nan])).reason is Reason.NO_OVERLAP
