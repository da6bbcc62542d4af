"""Grouping equal rows: integers that stand for rows, and their codes.

Rows of counts are short and many. Along such rows numpy's reductions pay for every row; products
and columns do the same work several times faster.
"""

from functools import reduce
from typing import Any

import numpy as np

from personalization.agreement.arrays import BoolArray, FloatArray, IntArray

# Beyond this many cells a sort is cheaper than a table with one cell per possible key.
TABLE_CELLS = 1 << 22
# Rows of at most so many columns are compared column by column.
SHORT = 16
# Keys are packed beside the numbers of their rows, in one signed integer of 64 bits.
KEY_BITS = 62


def check_codes(codes: IntArray, size: int) -> None:
    """Raise ValueError unless all codes are in 0..size-1: a stray one would count elsewhere."""
    # Seen as unsigned a negative code is a huge one: a single pass finds both.
    if codes.size and int(codes.view(f"u{codes.itemsize}").max()) >= size:
        raise ValueError(f"codes must be in 0..{size - 1}")


def row_sums(counts: IntArray | BoolArray) -> IntArray:
    """Return the sum of each row of counts (N, V), (N,).

    >>> row_sums(np.array([[2, 1], [0, 0]])).tolist()
    [3, 0]
    """
    return np.asarray(counts @ np.ones(counts.shape[1], np.int32), np.int64)


def row_largest(counts: IntArray) -> IntArray:
    """Return the largest count of each row (N, V), (N,).

    >>> row_largest(np.array([[2, 1], [0, 0]])).tolist()
    [2, 0]
    """
    if 0 < counts.shape[1] <= SHORT:
        return reduce(np.maximum, counts.T)
    largest: IntArray = counts.max(axis=1, initial=0)
    return largest


def row_keys(rows: IntArray) -> IntArray:
    """Return one integer per row of numbers >= 0, equal for equal rows and ordered as the rows are.

    >>> row_keys(np.array([[1, 0], [0, 1], [1, 0]])).tolist()
    [2, 1, 2]
    """
    base, n_columns = int(rows.max(initial=0)) + 1, rows.shape[1]
    if base**n_columns < 1 << KEY_BITS:
        return _as_number(rows, base)
    return _long_keys(rows, base)


def _as_number(rows: IntArray, base: int) -> IntArray:
    """Read each row as the digits of a number."""
    size: type[np.signedinteger[Any]] = np.int32 if base ** rows.shape[1] < 1 << 31 else np.int64
    number: IntArray = rows @ np.array([base**place for place in range(rows.shape[1])][::-1], size)
    return number.astype(np.int64, copy=False)


def _long_keys(rows: IntArray, base: int) -> IntArray:
    """Read some columns at a time, and number what was read so far before reading on."""
    room = KEY_BITS - 2 * len(rows).bit_length()
    step = max(1, room // base.bit_length())
    key: IntArray = np.zeros(len(rows), np.int64)
    for start in range(0, rows.shape[1], step):
        part = rows[:, start : start + step]
        key = distinct(key * base ** part.shape[1] + _as_number(part, base))[1]
    return key


def column_keys(column: FloatArray) -> IntArray:
    """Return one integer >= 0 per number, equal for equal numbers and ordered as they are.

    >>> column_keys(np.array([0.5, 7.0, 0.5])).tolist(), column_keys(np.array([7.0, 5.0])).tolist()
    ([0, 1, 0], [2, 0])
    """
    moved = column - column.min(initial=np.inf)
    if moved.max(initial=0) < TABLE_CELLS:
        steps: IntArray = moved.astype(np.int64)
        if (steps == moved).all():
            return steps
    codes: IntArray = np.unique(column, return_inverse=True)[1]
    return codes


def distinct(key: IntArray) -> tuple[IntArray, IntArray]:
    """Return a row index for each distinct key >= 0, in key order, and the code of each row.

    >>> [found.tolist() for found in distinct(np.array([7, 3, 7]))]
    [[1, 2], [1, 0, 1]]
    """
    largest, bits = int(key.max(initial=0)), len(key).bit_length()
    if largest < min(TABLE_CELLS, 16 * len(key) + 1024):
        return _by_table(key, largest)
    if largest < 1 << (KEY_BITS - bits):
        return _by_packing(key, bits)
    _, first, code = np.unique(key, return_index=True, return_inverse=True)
    return first, code


def _by_table(key: IntArray, largest: int) -> tuple[IntArray, IntArray]:
    row = np.full(largest + 1, -1, np.int64)
    row[key] = np.arange(len(key))
    present = np.flatnonzero(row >= 0)
    code_of = np.zeros(len(row), np.int64)
    code_of[present] = np.arange(len(present))
    return row[present], code_of[key]


def _by_packing(key: IntArray, bits: int) -> tuple[IntArray, IntArray]:
    """Sort keys and row numbers as one integer: several times faster than by an index."""
    packed = key.astype(np.int64) << bits | np.arange(len(key))
    packed.sort()
    row = packed & (1 << bits) - 1
    begins = np.diff(packed >> bits, prepend=-1) != 0
    code = np.empty(len(key), np.int64)
    code[row] = np.cumsum(begins) - 1
    return row[begins], code
