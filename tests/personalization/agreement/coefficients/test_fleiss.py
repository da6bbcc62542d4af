import numpy as np
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from personalization.agreement.coefficients.fleiss import (
    fleiss_kappa,
    fleiss_kappa_pooled,
    fleiss_se,
)
from personalization.agreement.estimate import Reason
from personalization.agreement.patterns import Patterns, collapse


def test_4x12_item_mean(table_patterns: Patterns) -> None:
    found = fleiss_kappa(table_patterns)
    assert found.value == pytest.approx(0.761169, abs=5e-7)
    assert fleiss_se(table_patterns) == pytest.approx(0.153019, abs=5e-7)
    # t(.975, 11) = 2.200985: .761169 - 2.200985 * .153019
    assert found.low == pytest.approx(0.424376, abs=1e-6)
    assert (found.high, found.method) == (1.0, "Gwet t interval")


def test_4x12_pooled(table_patterns: Patterns) -> None:
    found = fleiss_kappa_pooled(table_patterns)
    assert found.value == pytest.approx(0.712568, abs=5e-7)
    assert found.method == "item bootstrap, B=1000"
    assert (found.n_items, found.n_ratings) == (11, 41)


@pytest.mark.parametrize("seed", range(10))
def test_both_equal_the_library_when_every_item_has_as_many(seed: int) -> None:
    hist = np.random.default_rng(seed).multinomial(4, [0.5, 0.3, 0.2], 30)
    theirs = statsmodels_fleiss(hist)
    assert fleiss_kappa(collapse(hist), draws=0).value == pytest.approx(theirs, abs=1e-9)
    assert fleiss_kappa_pooled(collapse(hist), draws=0).value == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("statistic", [fleiss_kappa, fleiss_kappa_pooled])
def test_perfect_constant_and_alone(statistic: type) -> None:
    assert statistic(collapse(np.array([[3, 0], [0, 2]]))).value == 1
    assert statistic(collapse(np.array([[3, 0], [2, 0]]))).reason is Reason.NO_VARIATION
    assert statistic(collapse(np.array([[1, 0], [0, 1]]))).reason is Reason.NO_OVERLAP
    assert statistic(collapse(np.zeros((2, 2), int))).reason is Reason.TOO_FEW_ITEMS
    assert statistic(collapse(np.array([[3], [2]]))).reason is Reason.NO_VARIATION


def test_the_standard_error_needs_two_items() -> None:
    one = collapse(np.array([[2, 1]]))
    assert fleiss_se(one) is None
    assert (fleiss_kappa(one).low, fleiss_kappa(one).method) == (None, None)


def test_owners_bring_the_owner_bootstrap() -> None:
    hist = np.random.default_rng(0).multinomial(3, [0.5, 0.5], 60)
    found = fleiss_kappa(collapse(hist, np.arange(60) // 3))
    assert found.method == "owner bootstrap, B=1000"
    assert fleiss_kappa(collapse(hist)).value == pytest.approx(found.value)
    few = fleiss_kappa(collapse(hist, np.arange(60) // 20))
    assert (few.low, few.method) == (None, "no owner bootstrap: 3 of 10 owners")
