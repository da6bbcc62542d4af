import numpy as np
import pytest

from personalization.agreement.patterns import collapse, count_by_owner, histogram


def test_histogram_counts_unused_values_and_unrated_items() -> None:
    hist = histogram(np.array([0, 0, 2]), np.array([1, 1, 0]), 3, 3)
    assert hist.dtype == np.int32
    assert hist.tolist() == [[0, 2, 0], [0, 0, 0], [1, 0, 0]]


def test_histogram_of_nothing() -> None:
    assert histogram(np.array([], int), np.array([], int), 2, 2).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(("item", "value"), [(-1, 0), (2, 0), (0, -1), (0, 3)])
def test_histogram_refuses_codes_that_would_count_elsewhere(item: int, value: int) -> None:
    with pytest.raises(ValueError, match="codes must be in"):
        histogram(np.array([item]), np.array([value]), 2, 3)


def test_collapse_drops_unrated_items_and_merges_equal_ones() -> None:
    merged = collapse(np.array([[1, 1], [0, 0], [2, 0], [1, 1]]), n_raters=2)
    assert merged.counts.tolist() == [[1, 1], [2, 0]]
    assert merged.items.tolist() == [2, 1]
    assert merged.sample.n_items == 3
    assert merged.sample.n_ratings == 6


def test_collapse_takes_rows_the_database_has_grouped() -> None:
    rows, times, owner = (
        np.array([[1, 1], [2, 0], [1, 1]]),
        np.array([3, 2, 4]),
        np.array([0, 0, 1]),
    )
    grouped = collapse(rows, owner, times=times)
    single = collapse(np.repeat(rows, times, axis=0), np.repeat(owner, times))
    assert grouped.items.tolist() == single.items.tolist() == [7, 2]
    assert grouped.owners is not None
    assert single.owners is not None
    assert grouped.owners.dense().tolist() == single.owners.dense().tolist() == [[3, 2], [4, 0]]


def test_items_without_an_owner_stand_for_themselves() -> None:
    merged = collapse(
        np.array([[2, 0], [2, 0], [1, 1]]), np.array([5, -1, -1]), times=np.array([2, 2, 1])
    )
    assert merged.owners is not None
    assert sorted(merged.owners.dense().tolist()) == [[0, 1], [0, 1], [0, 2], [1, 0]]


def test_owners_are_none_where_nobody_owns_anything() -> None:
    assert collapse(np.array([[1, 1]]), np.array([-1])).owners is None


def test_rated_keeps_owners_who_still_have_an_item() -> None:
    merged = collapse(np.array([[2, 0], [1, 0], [1, 1]]), np.array([0, 1, 2]))
    pairable = merged.rated(at_least=2)
    assert pairable.items.tolist() == [1, 1]
    assert pairable.owners is not None
    assert pairable.owners.dense().tolist() == [[0, 1], [1, 0]]


def test_count_by_owner_adds_repeated_entries() -> None:
    counts = count_by_owner(np.array([3, 3, 1]), np.array([0, 0, 1]), n_patterns=3)
    assert counts.dense().tolist() == [[0, 1, 0], [2, 0, 0]]


def test_the_order_of_items_without_an_owner_has_no_effect() -> None:
    hist, owner = np.array([[2, 0], [1, 1], [0, 2], [1, 1]]), np.array([-1, -1, 3, -1])
    order = np.array([3, 0, 2, 1])
    one, other = collapse(hist, owner), collapse(hist[order], owner[order])
    assert one.owners is not None
    assert other.owners is not None
    assert one.owners.dense().tolist() == other.owners.dense().tolist()
