"""Over-selection, precision, recall, F1 and kappa of a matcher."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score, precision_score, recall_score

from personalization.agreement.arms.matching import matching, yes_rate
from personalization.agreement.arrays import IntArray
from personalization.agreement.estimate import Reason


def answers(n: int, yes: int) -> IntArray:
    return np.repeat([1, 0], [yes, n - yes])


def test_over_selection_of_the_paper() -> None:
    """Row 23: 438 against 178 yes of 1,000 -> 2.46."""
    found = matching(answers(1000, 438), answers(1000, 178), draws=0)
    assert found.yes_rate.value == pytest.approx(0.438)
    assert found.people_yes_rate.value == pytest.approx(0.178)
    assert found.over_selection.value == pytest.approx(2.46, abs=0.005)
    assert found.over_selection.n_items == 1000


def test_the_same_as_scikit_learn() -> None:
    """An independent computation of precision, recall, F1 and kappa, on items with both answers."""
    rng = np.random.default_rng(3)
    judge, people = rng.integers(-2, 2, 500), rng.integers(-1, 2, 500)
    both = (judge >= 0) & (people >= 0)
    found = matching(judge, people, draws=0)
    given = people[both], judge[both]
    assert found.precision.value == pytest.approx(precision_score(*given))
    assert found.recall.value == pytest.approx(recall_score(*given))
    assert found.f1.value == pytest.approx(f1_score(*given))
    assert found.kappa.value == pytest.approx(cohen_kappa_score(*given))
    assert found.kappa.n_items == both.sum()


def test_always_yes_and_always_no() -> None:
    """Row 28: always-YES has F1 2 pi/(1 + pi), .303 at .1784; constants have kappa 0, not 1."""
    people = answers(10_000, 1784)
    yes = matching(np.ones(10_000, int), people, draws=0)
    assert yes.f1.value == pytest.approx(2 * 0.1784 / 1.1784)
    assert yes.f1.value == pytest.approx(0.303, abs=5e-4)
    assert (yes.recall.value, yes.kappa.value) == (1.0, 0.0)
    no = matching(np.zeros(10_000, int), people, draws=0)
    assert (no.over_selection.value, no.recall.value, no.kappa.value) == (0.0, 0.0, 0.0)
    assert no.precision.reason == Reason.NO_VARIATION


def test_people_who_never_say_yes() -> None:
    """Nothing to select, so nothing can be over-selected or found: undefined, not infinite."""
    found = matching(np.array([1, 0]), np.array([0, 0]), draws=0)
    assert found.over_selection.reason == found.recall.reason == Reason.NO_VARIATION
    assert (found.yes_rate.value, found.precision.value, found.f1.value) == (0.5, 0.0, 0.0)


def test_no_item_in_common() -> None:
    found = matching(np.array([1, -2]), np.array([-1, 1]), draws=0)
    assert {one.reason for one in (found.yes_rate, found.kappa)} == {Reason.NO_OVERLAP}


def test_the_interval_is_by_owner() -> None:
    """One person's items are drawn together, and the interval holds the value."""
    rng = np.random.default_rng(5)
    owner = np.repeat(np.arange(30), 20)
    people = (rng.random(600) < 0.2).astype(int)
    judge = np.where(rng.random(600) < 0.3, 1, people)
    found = matching(judge, people, owner).over_selection
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert found.low < found.value < found.high
    assert found.method == "owner bootstrap, B=1000"


def test_a_yes_rate_needs_no_people() -> None:
    """Also on items that nobody else has answered; unreadable answers are left out."""
    found = yes_rate(np.array([1, 0, -1, -2]), draws=0)
    assert (found.value, found.n_items) == (0.5, 2)
    assert yes_rate(np.array([-1]), draws=0).reason == Reason.NO_VALID_VERDICT
