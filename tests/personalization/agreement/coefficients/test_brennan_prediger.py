import numpy as np
import pytest

from personalization.agreement.coefficients.brennan_prediger import (
    brennan_prediger,
    brennan_prediger_se,
)
from personalization.agreement.estimate import Reason
from personalization.agreement.patterns import Patterns, collapse


def test_4x12(table_patterns: Patterns) -> None:
    # pa = 9/11, pe = 1/5
    assert brennan_prediger(table_patterns).value == pytest.approx((9 / 11 - 0.2) / 0.8)


def test_equal_labels_are_1() -> None:
    assert brennan_prediger(collapse(np.array([[3, 0], [2, 0]]))).value == 1


@pytest.mark.parametrize(
    ("hist", "reason"),
    [
        ([[0, 0]], Reason.TOO_FEW_ITEMS),
        ([[1, 0], [0, 1]], Reason.NO_OVERLAP),
        ([[2], [3]], Reason.NO_VARIATION),
    ],
)
def test_undefined(hist: list[list[int]], reason: Reason) -> None:
    assert brennan_prediger(collapse(np.array(hist))).reason is reason


def test_the_standard_error_is_that_of_a_mean() -> None:
    # pe is fixed, so K is linear in pa: pa_i = 1, 0, 1, K = 1/3, k_i = 1, -1, 1
    merged = collapse(np.array([[2, 0], [1, 1], [0, 2]]))
    assert brennan_prediger(merged).value == pytest.approx(1 / 3)
    assert brennan_prediger_se(merged) == pytest.approx(np.std([1, -1, 1], ddof=1) / np.sqrt(3))
