"""Dividing places: exact numbers, no two places of a sheet for a person, disjoint while possible."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from annotation.dividing import Division, Group, evenly, parts


@given(
    some.integers(0, 10**7),
    some.lists(some.decimals(0, 100, places=2), min_size=1, max_size=6),
)
def test_parts_sum_to_the_part(total: int, percents: list[Decimal]) -> None:
    """Nobody is further than one from the exact part, and the sum is the whole part of all."""
    found = parts(total, percents)
    assert sum(found) == int(total * sum(percents) / 100)
    assert all(abs(one - total * p / 100) < 1 for one, p in zip(found, percents, strict=True))


def test_all_of_a_hundred_percent_is_given() -> None:
    assert sum(parts(1000, [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")])) == 1000


def test_somebody_is_moved_to_make_room() -> None:
    """The first could take all of what is the only place of the second."""
    groups = [Group(1, 1), Group(1, 1, closed=frozenset({1}))]
    assert Division(groups, [False, False]).fill([1, 1]) == [1, 1]


def test_a_person_has_at_most_one_place_at_a_sheet() -> None:
    """Who stands for many people may have several."""
    groups = [Group(3, 2)]
    assert Division(groups, [False]).fill([6]) == [3]
    assert Division(groups, [True]).fill([6]) == [6]


def test_disjoint_as_long_as_possible() -> None:
    """Only what is more than the sheets goes to second places."""
    groups = [Group(2, 2), Group(4, 2, closed=frozenset({0}))]
    division = Division(groups, [False, False, False])
    assert division.fill([2, 2, 2]) == [2, 2, 2]
    assert division.used == [2, 4]
    assert division.fill([2, 4, 4]) == [2, 4, 4]


def test_what_is_asked_for_by_name_is_not_moved() -> None:
    groups = [Group(2, 1, asked=frozenset({0})), Group(1, 1)]
    division = Division(groups, [False, False])
    assert division.fill([2, 2]) == [2, 1]
    assert division.given == [[2, 0], [0, 1]]


def possible(groups: list[Group], demands: list[int]) -> bool:
    """Return, by Hall's theorem for sheets one by one, whether persons can have these numbers."""
    people = range(len(demands))
    for chosen in product([False, True], repeat=len(demands)):
        there = sum(
            group.sheets
            * min(group.places, sum(chosen[p] and p not in group.closed for p in people))
            for group in groups
        )
        if sum(demand for demand, here in zip(demands, chosen, strict=True) if here) > there:
            return False
    return True


kinds = some.lists(
    some.builds(
        Group, some.integers(1, 6), some.integers(1, 3), some.frozensets(some.integers(0, 2))
    ),
    max_size=4,
)


@given(kinds, some.lists(some.integers(0, 8), min_size=3, max_size=3))
def test_what_is_possible_is_found(groups: list[Group], demands: list[int]) -> None:
    division = Division(groups, [False] * 3)
    got = division.fill(demands)
    assert (got == demands) == possible(groups, demands)
    for at, group in enumerate(groups):
        here = [row[at] for row in division.given]
        assert sum(here) == division.used[at] <= group.free
        assert all(0 <= one <= group.sheets for one in here)
        assert not any(here[who] for who in group.closed)
    one_each = [Group(one.sheets, 1, one.closed) for one in groups]
    if possible(one_each, demands):
        assert all(used <= one.sheets for used, one in zip(division.used, groups, strict=True))


@given(kinds)
def test_the_rest_is_even(groups: list[Group]) -> None:
    """Nobody could have one more, though all others had no more than that."""
    several = [False] * 3
    found = evenly(groups, several, [0, 0, 0], [0, 1, 2])
    assert Division(groups, several).fill(found) == found
    for who, n in enumerate(found):
        more = [n + 1 if at == who else min(m, n + 1) for at, m in enumerate(found)]
        assert not possible(groups, more)


@pytest.mark.parametrize(
    ("free", "expected"), [([Group(7, 2)], [4, 4, 4, 2]), ([Group(7, 1)], [2, 2, 1, 2])]
)
def test_the_rest_beside_a_fixed_number(free: list[Group], expected: list[int]) -> None:
    assert evenly(free, [False] * 4, [0, 0, 0, 2], [0, 1, 2]) == expected
