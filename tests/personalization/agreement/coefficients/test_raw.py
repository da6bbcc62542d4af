import numpy as np
import pytest

from personalization.agreement.coefficients.raw import raw_agreement, raw_agreement_micro
from personalization.agreement.estimate import Reason
from personalization.agreement.patterns import Patterns, collapse


def test_4x12_item_mean_and_micro(table_patterns: Patterns) -> None:
    # 11 items with two or more ratings: 9 / 11 against 43 of 55 pairs
    assert raw_agreement(table_patterns, draws=0).value == pytest.approx(9 / 11)
    assert raw_agreement_micro(table_patterns, draws=0).value == pytest.approx(43 / 55)


def test_counts_only_items_with_two_ratings(table_patterns: Patterns) -> None:
    found = raw_agreement(table_patterns)
    assert (found.n_items, found.n_ratings, found.n_raters) == (11, 40, 4)
    assert found.method == "item bootstrap, B=1000"
    assert found.low is not None
    assert found.high is not None
    assert found.low < 9 / 11 < found.high <= 1


def test_perfect_agreement() -> None:
    merged = collapse(np.array([[3, 0], [0, 3], [3, 0]]))
    assert raw_agreement(merged).value == raw_agreement_micro(merged).value == 1


def test_two_raters_who_never_agree() -> None:
    assert raw_agreement(collapse(np.array([[1, 1], [1, 1]])), draws=0).value == 0


def test_equal_labels_agree() -> None:
    assert raw_agreement(collapse(np.array([[3, 0], [2, 0]]))).value == 1


@pytest.mark.parametrize(
    ("hist", "n_raters", "reason"),
    [
        ([[0, 0]], None, Reason.TOO_FEW_ITEMS),
        ([[1, 0], [0, 1]], 1, Reason.TOO_FEW_RATERS),
        ([[1, 0], [0, 1]], 2, Reason.NO_OVERLAP),
    ],
)
def test_undefined_without_a_pair(
    hist: list[list[int]], n_raters: int | None, reason: Reason
) -> None:
    merged = collapse(np.array(hist), n_raters=n_raters)
    for statistic in (raw_agreement, raw_agreement_micro):
        found = statistic(merged)
        assert (found.value, found.reason) == (None, reason)
