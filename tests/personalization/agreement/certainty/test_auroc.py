import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from personalization.agreement.certainty.auroc import auroc
from personalization.agreement.estimate import Reason
from tests.personalization.agreement.certainty.answering import FOUR, answers, drawn, shuffled


def test_ties_count_half() -> None:
    """The four items of row 8: .875; a constant certainty says nothing: .5 (row 10)."""
    found = auroc(FOUR)
    assert (found.value, found.n_items) == (0.875, 4)
    assert auroc(answers([70] * 5, [1, 0, 1, 1, 0])).value == 0.5


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.lists(st.tuples(st.integers(1, 8), st.booleans()), min_size=2, max_size=30))
def test_against_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    certainty, right = np.array(rows).T
    found = auroc(answers(certainty, right), draws=0)
    if right.min() == right.max():
        assert (found.value, found.reason) == (None, Reason.NO_VARIATION)
        return
    assert found.value == pytest.approx(roc_auc_score(right, certainty), abs=1e-12)
    # Only the order counts, and turning it round mirrors the area.
    squared = auroc(answers(certainty**2, right), draws=0)
    turned = auroc(answers(100 - certainty, right), draws=0)
    assert squared.value == found.value
    assert turned.value == pytest.approx(1 - (found.value or 0), abs=1e-12)


def test_silent_answers_are_left_out() -> None:
    more = answers([90, 80, -1, 80, 60, -1], [1, 1, 1, 0, 0, 0])
    assert auroc(more, draws=0) == auroc(FOUR, draws=0)


def test_undefined() -> None:
    assert auroc(answers([], [])).reason is Reason.NO_OVERLAP
    assert auroc(answers([-1], [1])).reason is Reason.NO_VALID_VERDICT
    assert auroc(answers([50, 60], [1, 1])).reason is Reason.NO_VARIATION


def test_the_interval_of_items() -> None:
    """Half width as Hanley and McNeil (1982) have it."""
    stated = drawn(600)
    found = auroc(stated)
    area, n_right = found.value, int(stated.right.sum())
    assert area is not None
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    n_wrong = 600 - n_right
    variance = (
        area * (1 - area) + (n_right - 1) * (q1 - area**2) + (n_wrong - 1) * (q2 - area**2)
    ) / (n_right * n_wrong)
    half = 1.96 * np.sqrt(variance)
    assert (found.low, found.high) == pytest.approx((area - half, area + half), abs=0.01)
    assert found.method == "item bootstrap, B=1000"


def test_owners_with_all_their_answers() -> None:
    """Every item four times over: by owner the interval is as wide as that of single items."""
    single = drawn(150)
    four = answers(
        np.tile(single.certainty, 4), np.tile(single.right, 4), np.tile(np.arange(150), 4)
    )
    found, known = auroc(four), auroc(single)
    assert found.method == "owner bootstrap, B=1000"
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=0.02)


def test_shuffled_items_change_nothing() -> None:
    stated = drawn(200, owners=20)
    order = np.random.default_rng(0).permutation(200)
    assert auroc(stated) == auroc(shuffled(stated, order))
