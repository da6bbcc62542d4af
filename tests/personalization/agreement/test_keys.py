import numpy as np
import pytest

from personalization.agreement import keys as module
from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.keys import (
    check_codes,
    column_keys,
    distinct,
    row_keys,
    row_largest,
    row_sums,
)


@pytest.mark.parametrize("size", [np.int8, np.int32, np.int64])
@pytest.mark.parametrize("stray", [-1, 3, 100])
def test_stray_codes_are_refused_in_any_size(size: type, stray: int) -> None:
    check_codes(np.array([0, 2], size), 3)
    check_codes(np.array([0, 7, 2, 7], size)[::2], 3)
    with pytest.raises(ValueError, match=r"codes must be in 0\.\.2"):
        check_codes(np.array([0, stray], size), 3)


@pytest.mark.parametrize("shape", [(40, 5), (40, 101), (0, 3)])
def test_rows_have_sums_and_largest_counts(shape: tuple[int, int]) -> None:
    rows = np.random.default_rng(0).integers(0, 100, shape).astype(np.int16)
    assert row_sums(rows).tolist() == rows.sum(axis=1).tolist()
    assert row_sums(rows).dtype == np.int64
    assert row_largest(rows).tolist() == rows.max(axis=1, initial=0).tolist()


@pytest.mark.parametrize(
    ("largest", "size"),
    [(1, np.int16), (5, np.int32), (200, np.int16), (200, np.int64), (1 << 30, np.int32)],
)
@pytest.mark.parametrize("n_columns", [1, 5, 40])
def test_row_keys_order_rows_even_when_they_do_not_fit_one_integer(
    largest: int, size: type, n_columns: int
) -> None:
    rng = np.random.default_rng(5)
    rows = rng.integers(0, largest + 1, (60, n_columns)) * (rng.random((60, n_columns)) < 0.5)
    rows = np.concatenate([rows, rows]).astype(size)
    key = row_keys(rows)
    assert key[:60].tolist() == key[60:].tolist()
    places = np.unique(rows, axis=0, return_inverse=True)[1].ravel()
    assert np.unique(key, return_inverse=True)[1].tolist() == places.tolist()


@pytest.mark.parametrize("largest", [20, 1 << 30, 1 << 61])
def test_table_and_sorting_find_the_same_keys(largest: int) -> None:
    key = np.random.default_rng(1).choice(np.array([0, 1, largest // 2, largest]), 200)
    first, code = distinct(key)
    known, numbers = np.unique(key, return_inverse=True)
    assert key[first].tolist() == known.tolist()
    assert code.tolist() == numbers.tolist()


def test_nothing_has_no_keys() -> None:
    none = np.empty(0, np.int64)
    assert [found.tolist() for found in distinct(none)] == [[], []]
    assert column_keys(np.empty(0)).tolist() == row_keys(np.empty((0, 3), int)).tolist() == []


def by_value(column: IntArray | FloatArray) -> list[int]:
    places: list[int] = np.unique(column, return_inverse=True)[1].tolist()
    return places


@pytest.mark.parametrize(
    "column", [[3.0, -1.0, 3.0], [0.5, 0.25, 0.5], [1e300, 0.0, 1e300], [1e9, 5e9, 1e9]]
)
def test_column_keys_order_numbers(column: list[float]) -> None:
    assert by_value(column_keys(np.array(column))) == by_value(np.array(column))


def test_a_table_is_not_made_for_a_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(module, "_by_table", refuse)
    assert distinct(np.array([1 << 20, 3]))[1].tolist() == [1, 0]
