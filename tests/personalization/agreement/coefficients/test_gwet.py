import numpy as np
import pytest

from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2, gwet_se
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Reason
from personalization.agreement.patterns import Patterns, collapse


def test_4x12_ac1(table_patterns: Patterns) -> None:
    assert gwet_ac1(table_patterns).value == pytest.approx(0.775444, abs=5e-7)
    assert gwet_se(table_patterns) == pytest.approx(0.142950, abs=5e-7)


def test_4x12_ac2(table_patterns: Patterns) -> None:
    linear = gwet_ac2(table_patterns, Weights.LINEAR)
    assert linear.value == pytest.approx(0.858739, abs=5e-7)
    assert gwet_ac2(table_patterns).value == pytest.approx(0.914001, abs=5e-7)
    assert gwet_se(table_patterns, Weights.QUADRATIC) == pytest.approx(0.103962, abs=5e-7)


def test_declared_options_count_even_unused(table_patterns: Patterns) -> None:
    wider = Patterns(np.pad(table_patterns.counts, ((0, 0), (0, 1))), table_patterns.items)
    assert gwet_ac1(wider, draws=0).value != gwet_ac1(table_patterns, draws=0).value


def test_equal_labels_are_1() -> None:
    found = gwet_ac1(collapse(np.array([[3, 0], [2, 0], [3, 0]])))
    assert (found.value, found.low, found.high) == (1, 1, 1)


def test_chance_is_near_0() -> None:
    hist = np.random.default_rng(0).multinomial(3, [1 / 3] * 3, 3000)
    assert gwet_ac1(collapse(hist), draws=0).value == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize(
    ("hist", "reason"),
    [
        ([[0, 0]], Reason.TOO_FEW_ITEMS),
        ([[1, 0], [0, 1]], Reason.NO_OVERLAP),
        ([[2], [3]], Reason.NO_VARIATION),
    ],
)
def test_undefined(hist: list[list[int]], reason: Reason) -> None:
    merged = collapse(np.array(hist))
    assert gwet_ac1(merged).reason is gwet_ac2(merged).reason is reason
    assert gwet_se(merged) is None


def test_no_draws_no_interval(table_patterns: Patterns) -> None:
    assert gwet_ac1(table_patterns, draws=0).method is None


def test_owners_bring_the_owner_bootstrap() -> None:
    hist = np.random.default_rng(0).multinomial(3, [0.7, 0.3], 60)
    assert gwet_ac1(collapse(hist, np.arange(60) // 3)).method == "owner bootstrap, B=1000"


def test_the_t_interval_is_near_the_item_bootstrap() -> None:
    hist = np.random.default_rng(0).multinomial(3, [0.7, 0.2, 0.1], 400)
    analytic = gwet_ac1(collapse(hist))
    drawn = gwet_ac1(collapse(hist, np.arange(400)))
    assert analytic.low == pytest.approx(drawn.low, abs=0.01)
    assert analytic.high == pytest.approx(drawn.high, abs=0.01)
