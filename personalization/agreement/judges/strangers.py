"""Baselines made of people's answers: a single stranger, and the most common answer."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from personalization.agreement.arrays import IntArray
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED

Lots: TypeAlias = NDArray[np.uint64]

# The steps of SplitMix64 (Steele, Lea and Flood 2014): neighbours come out far apart.
STEP, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def lots(item_ids: IntArray, rater_ids: IntArray) -> Lots:
    """Return the lot of each label: it follows from the ids of item and rater alone, (K,).

    Whoever has the lowest lot of an item is its single stranger: the same for everybody, in every
    process, and the same again when others answer who draw higher ones.

    >>> lots(np.array([1, 1]), np.array([7, 8])).tolist()
    [8581286081765471666, 3181050607885091801]
    """
    return _mix(_mix(item_ids.astype(np.uint64)) ^ rater_ids.astype(np.uint64))


def _mix(key: Lots) -> Lots:
    key = key + np.uint64(STEP)
    key = (key ^ key >> np.uint64(30)) * np.uint64(FIRST)
    key = (key ^ key >> np.uint64(27)) * np.uint64(SECOND)
    return key ^ key >> np.uint64(31)


def single_stranger(
    item: IntArray, value: IntArray, item_ids: IntArray, rater_ids: IntArray
) -> IntArray:
    """Return one label of each item, drawn by lot; NOT_ASKED where it has none, (N,).

    item: (K,) codes, value: (K,) of each label; item_ids: (N,); rater_ids: (K,) of each label.

    >>> single_stranger(np.array([0, 0]), np.array([1, 0]), np.array([1, 2]), np.array([7, 8])).tolist()
    [0, -2]
    """
    order = np.lexsort((lots(item_ids[item], rater_ids), item))
    first = order[np.diff(item[order], prepend=-1) != 0]
    drawn = np.full(len(item_ids), NOT_ASKED)
    drawn[item[first]] = value[first]
    return drawn


def most_common(counts: IntArray) -> int:
    """Return the value with the highest count, (V,); INVALID where it has no count or company.

    >>> most_common(np.array([3, 5])), most_common(np.array([2, 2])), most_common(np.array([0, 0]))
    (1, -1, -1)
    """
    top = int(counts.max(initial=0))
    places = np.flatnonzero(counts == top)
    return int(places[0]) if top and len(places) == 1 else INVALID
