import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from personalization.agreement.scales.strata import strata


def parts(hist: list[list[int]]) -> dict[str, list[int]]:
    return {name: np.flatnonzero(items).tolist() for name, items in strata(np.array(hist)).items()}


def test_equal_numbers_of_ratings_go_by_distinct_values() -> None:
    hist = [[4, 0, 0, 0], [3, 1, 0, 0], [2, 1, 1, 0], [1, 1, 1, 1], [2, 2, 0, 0]]
    assert parts(hist) == {"distinct_1": [0], "distinct_2": [1, 4], "distinct_3": [2, 3]}


def test_different_numbers_go_by_the_plurality_share() -> None:
    """2 of 3 is two thirds; 3 of 5, 1 of 2 and 5 of 8 are less; compared as integers."""
    hist = [[2, 0], [2, 1], [3, 2], [1, 1], [4, 2], [5, 3], [0, 3]]
    assert parts(hist) == {
        "plurality_all": [0, 6],
        "plurality_most": [1, 4],
        "plurality_less": [2, 3, 5],
    }


def test_items_with_one_rating_lie_in_no_stratum() -> None:
    """Nor do they make the others ragged."""
    assert parts([[1, 0], [0, 0], [2, 0], [1, 1]]) == {"distinct_1": [2], "distinct_2": [3]}
    assert parts([[1, 0], [0, 1]]) == {}
    assert strata(np.zeros((0, 3), int)) == {}


@given(some.lists(some.lists(some.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=15))
def test_every_pairable_item_lies_in_one_stratum(hist: list[list[int]]) -> None:
    inside = sum(
        (items.astype(int) for items in strata(np.array(hist)).values()), np.zeros(len(hist))
    )
    assert inside.tolist() == (np.sum(hist, axis=1) >= 2).tolist()


@pytest.mark.parametrize("hist", [[[3, 0], [2, 1]], [[3, 0], [1, 1]]])
def test_the_order_of_options_changes_nothing(hist: list[list[int]]) -> None:
    assert parts(hist) == parts([row[::-1] for row in hist])
