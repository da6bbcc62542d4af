"""Ids to codes: places in a sorted list of ids."""

import numpy as np

from personalization.agreement.arrays import BoolArray, IntArray

# Up to so many cells a table with one cell per possible id is cheaper than a search or a sort.
TABLE_CELLS = 1 << 24


def places(known: IntArray, ids: IntArray) -> tuple[IntArray, BoolArray]:
    """Return the place of each id in the sorted `known` (0 where it is not there), and whether it is.

    >>> place, there = places(np.array([3, 5, 9]), np.array([9, 3, 4]))
    >>> place.tolist(), there.tolist()
    ([2, 0, 0], [True, True, False])
    """
    if not known.size:
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), bool)
    low, span = int(known[0]), int(known[-1]) - int(known[0]) + 1
    if span > TABLE_CELLS:
        place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        there = known[place] == ids
    else:
        cell = np.clip(ids - low, 0, span - 1)
        table = np.full(span, -1, np.int32)
        table[known - low] = np.arange(len(known))
        place = table[cell].astype(np.int64)
        there = (place >= 0) & (cell == ids - low)
    return np.where(there, place, 0), there


def codes(ids: IntArray) -> tuple[IntArray, IntArray]:
    """Return the distinct ids in order, and the code of each id.

    >>> distinct, code = codes(np.array([9, 3, 9]))
    >>> distinct.tolist(), code.tolist()
    ([3, 9], [1, 0, 1])
    """
    low, high = int(ids.min(initial=1 << 62)), int(ids.max(initial=-1))
    if high - low >= TABLE_CELLS:
        distinct, code = np.unique(ids, return_inverse=True)
        return distinct, code
    present = np.zeros(max(high - low + 1, 0), bool)
    present[ids - low] = True
    distinct = np.flatnonzero(present) + low
    code_of = np.cumsum(present, dtype=np.int64) - 1
    return distinct, code_of[ids - low]
