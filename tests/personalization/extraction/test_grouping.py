"""Variants fall into attributes, and what is in use stays what it is."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from personalization.extraction.grouping import groups

# Row 14: cosines ab .9, ac = bc .1.
C = (0.1 - 0.9 * 0.1) / 0.19**0.5
A, B = (1.0, 0.0, 0.0), (0.9, 0.19**0.5, 0.0)
CC = (0.1, C, (1 - 0.01 - C**2) ** 0.5)


def found(
    vectors: Sequence[Sequence[float]],
    weights: Sequence[float] | None = None,
    standing: dict[int, int] | None = None,
    ids: Sequence[int] | None = None,
) -> list[tuple[tuple[int, ...], int | None]]:
    return [
        (one.members, one.standing)
        for one in groups(
            np.array(vectors),
            weights or [1.0] * len(vectors),
            0.7,
            ids or list(range(len(vectors))),
            standing or {},
        )
    ]


def test_near_variants_are_one() -> None:
    """Row 14: cosines ab .9, ac = bc .1 -> {a, b}, {c}."""
    assert found([A, B, CC]) == [((0, 1), None), ((2,), None)]


def test_the_surer_one_speaks() -> None:
    """Row 14: nearest to the weighted centroid; equal weights: the older one."""
    vectors, ids = np.array([A, B]), [10, 11]
    assert groups(vectors, [0.4, 0.9], 0.7, ids, {})[0].speaker == 1
    assert groups(vectors, [0.9, 0.4], 0.7, ids, {})[0].speaker == 0
    assert groups(vectors, [0.0, 0.0], 0.7, ids, {})[0].speaker == 0


def test_the_order_is_irrelevant() -> None:
    """Row 14: whatever the order in which variants come, the same ones are together."""
    rows = {1: A, 2: B, 3: CC, 4: A}
    expected = {frozenset({1, 2, 4}), frozenset({3})}
    for order in itertools.permutations(rows):
        came = groups(np.array([rows[one] for one in order]), [0.5] * 4, 0.7, order, {})
        assert {frozenset(order[place] for place in one.members) for one in came} == expected
        assert {order[one.speaker] for one in came} == {1, 3}


def test_new_variants_join_what_stands() -> None:
    """The text of what stands is not asked about: nobody speaks for it but itself."""
    assert found([A, B, CC], standing={0: 77}) == [((0, 1), 77), ((2,), None)]


def test_two_that_stand_stay_two() -> None:
    """However near they are; a new variant joins the nearer one."""
    near_b = (0.8, (1 - 0.64) ** 0.5, 0.0)
    assert found([A, B, near_b], standing={0: 77, 1: 78}) == [((0,), 77), ((1, 2), 78)]
    assert found([A, B, A], standing={0: 77, 1: 78}) == [((0, 2), 77), ((1,), 78)]


def test_what_stands_is_not_torn_apart() -> None:
    """Its variants stay with it, even where they are no longer near each other."""
    assert found([A, CC, A], standing={0: 77, 1: 77}) == [((0, 1, 2), 77)]


@pytest.mark.parametrize("count", [0, 1])
def test_little(count: int) -> None:
    assert found([A] * count) == [((0,), None)] * count


def test_without_a_word_nothing_is_near() -> None:
    """Vectors of nothing but 0: each is alone."""
    zero = (0.0, 0.0, 0.0)
    assert found([zero, zero], standing={0: 7}) == [((0,), 7), ((1,), None)]
