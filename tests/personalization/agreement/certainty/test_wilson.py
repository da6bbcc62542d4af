import pytest
from statsmodels.stats.proportion import proportion_confint

from personalization.agreement.certainty.wilson import wilson
from personalization.agreement.estimate import NO_INTERVAL


def test_by_hand() -> None:
    """8/10: [.490162, .943318]; 0/5: [0, .434482]; 133/149: (.833, .933)."""
    found = wilson(8, 10)
    assert (found.low, found.high) == pytest.approx((0.490162, 0.943318), abs=1e-6)
    none = wilson(0, 5)
    assert none.low == 0
    assert none.high == pytest.approx(0.434482, abs=1e-6)
    many = wilson(133, 149)
    assert (many.low, many.high) == pytest.approx((0.833, 0.933), abs=5e-4)


@pytest.mark.parametrize("n", [1, 2, 7, 100, 12345])
def test_against_statsmodels(n: int) -> None:
    for k in sorted({0, 1, n // 3, n - 1, n}):
        low, high = proportion_confint(k, n, method="wilson")
        found = wilson(k, n)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= k / n <= found.high <= 1


def test_turned_round() -> None:
    """The interval of failures mirrors that of successes."""
    one, other = wilson(3, 17), wilson(14, 17)
    assert one.low is not None
    assert one.low == pytest.approx(1 - (other.high or 0), abs=1e-15)


def test_nothing_seen() -> None:
    assert wilson(0, 0) == NO_INTERVAL
