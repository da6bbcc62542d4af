import numpy as np
import pytest

from personalization.agreement.estimate import Reason
from personalization.agreement.judges.accuracy import (
    INVALID,
    NO_LABEL,
    NOT_ASKED,
    accuracy_against,
    accuracy_against_set,
    accuracy_majority,
    accuracy_plurality,
    accuracy_shared,
    majority,
    plurality,
)
from personalization.agreement.judges.credit import Accuracy

# a strict majority, a unique plurality, a tie, a lone rating, nobody
HIST = np.array([[3, 1, 0], [2, 1, 1], [1, 1, 0], [0, 0, 1], [0, 0, 0]])


def values(found: Accuracy) -> tuple[float | None, float | None, int, int]:
    return (
        found.valid_only.value,
        found.invalid_wrong.value,
        found.n_invalid,
        found.n_left_out,
    )


def test_a_majority_is_more_than_half() -> None:
    assert majority(HIST).tolist() == [0, NO_LABEL, NO_LABEL, 2, NO_LABEL]


def test_a_plurality_keeps_its_ties() -> None:
    sets = [np.flatnonzero(row).tolist() for row in plurality(HIST)]
    assert sets == [[0], [0], [0, 1], [2], []]


def test_three_ways() -> None:
    judge = np.array([0, 0, 1, 0, 2])
    assert values(accuracy_majority(HIST, judge)) == (1 / 2, 1 / 2, 0, 3)
    assert values(accuracy_plurality(HIST, judge)) == (2 / 3, 2 / 3, 0, 2)
    assert values(accuracy_shared(HIST, judge)) == (2.5 / 4, 2.5 / 4, 0, 1)


def test_invalid_is_left_out_or_wrong() -> None:
    judge = np.array([0, INVALID, 1, INVALID, INVALID])
    assert values(accuracy_majority(HIST, judge)) == (1, 1 / 2, 1, 3)
    assert values(accuracy_plurality(HIST, judge)) == (1, 1 / 3, 2, 2)
    assert values(accuracy_shared(HIST, judge)) == (1.5 / 2, 1.5 / 4, 2, 1)


def test_items_the_judge_was_not_asked_about_count_nowhere() -> None:
    judge = np.array([0, NOT_ASKED, NOT_ASKED, 0, NOT_ASKED])
    found = accuracy_majority(HIST, judge)
    assert values(found) == (1 / 2, 1 / 2, 0, 0)
    assert (found.valid_only.n_items, found.valid_only.n_ratings) == (2, 5)


@pytest.mark.parametrize("way", [accuracy_majority, accuracy_plurality, accuracy_shared])
def test_undefined(way: type) -> None:
    nothing = way(HIST, np.full(5, NOT_ASKED))
    assert nothing.valid_only.reason is nothing.invalid_wrong.reason is Reason.NO_OVERLAP
    unreadable = way(HIST, np.full(5, INVALID))
    assert unreadable.valid_only.reason is Reason.NO_VALID_VERDICT
    assert unreadable.invalid_wrong.value == 0
    nobody = way(np.zeros((2, 3), int), np.array([0, 1]))
    assert nobody.invalid_wrong.reason is Reason.NO_OVERLAP
    assert nobody.n_left_out == 2


def test_against_one_reference() -> None:
    found = accuracy_against(np.array([0, 1, 1, NO_LABEL]), np.array([0, 0, INVALID, 1]), 2)
    assert values(found) == (1 / 2, 1 / 3, 1, 1)


def test_against_accepted_values() -> None:
    accepted = np.array([[True, True, False], [False, False, True], [False, False, False]])
    assert values(accuracy_against_set(accepted, np.array([1, 1, 0]))) == (1 / 2, 1 / 2, 0, 1)


def test_the_interval_draws_items_or_owners() -> None:
    rng = np.random.default_rng(0)
    hist = rng.multinomial(3, [0.6, 0.4], 120)
    judge = rng.integers(0, 2, 120)
    by_item = accuracy_majority(hist, judge).valid_only
    assert by_item.method == "item bootstrap, B=1000"
    assert by_item.value is not None
    # half width of a proportion near 1/2 with 120 items: 1.96 * .5 / sqrt(120) = .0895
    assert by_item.low == pytest.approx(by_item.value - 0.0895, abs=0.01)
    by_owner = accuracy_majority(hist, judge, np.arange(120) // 4).valid_only
    assert by_owner.method == "owner bootstrap, B=1000"
    few = accuracy_majority(hist, judge, np.arange(120) // 40).valid_only
    assert (few.value, few.low) == (by_item.value, None)
    assert few.method == "no owner bootstrap: 3 of 10 owners"


def test_ties_do_not_depend_on_the_order_of_rows() -> None:
    rng = np.random.default_rng(0)
    hist, judge = rng.multinomial(2, [0.5, 0.5], 50), rng.integers(-2, 2, 50)
    order = rng.permutation(50)
    for way in (accuracy_majority, accuracy_plurality, accuracy_shared):
        assert way(hist, judge) == way(hist[order], judge[order])
