import numpy as np
import pytest

from personalization.agreement import patterns as module
from personalization.agreement.patterns import collapse, count_by_owner, histogram, row_keys


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


def test_row_keys_order_rows_even_when_they_do_not_fit_one_integer() -> None:
    rng = np.random.default_rng(5)
    rows = rng.integers(0, 200, (60, 40)) * (rng.random((60, 40)) < 0.5)
    rows = np.concatenate([rows, rows])
    key = row_keys(rows)
    assert key[:60].tolist() == key[60:].tolist()
    assert np.argsort(key[:60]).tolist() == np.lexsort(rows[:60].T[::-1]).tolist()


def test_sorting_and_table_find_the_same_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    hist = np.random.default_rng(1).integers(0, 3, (200, 3))
    by_table = collapse(hist)
    monkeypatch.setattr(module, "TABLE_CELLS", 0)
    by_sort = collapse(hist)
    assert by_table.counts.tolist() == by_sort.counts.tolist()
    assert by_table.items.tolist() == by_sort.items.tolist()
