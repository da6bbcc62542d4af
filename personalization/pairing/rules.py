"""RH's assignment of queries to people, as rules; pure, no Django (protocols, section 2).

Each person gets up to `queries_max` queries, none of them goes to more than `people_max` people, and
only queries that fit the person count. Next is always the query of the list that has come least far
(people that its queries have, over its queries), in it the one with the fewest people, and of
several a draw by the seed. Nothing depends on the order in which people or queries are given.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """How many queries for each person, and people for each query; null = no limit."""

    queries_min: int
    queries_max: int
    people_max: int | None = None
    by_list: bool = True
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Choosable:
    """A query: its number, the list it is of (null: none), and how many people have it."""

    number: int
    of_list: int | None = None
    people: int = 0


class Table:
    """Who has which queries so far."""

    def __init__(self, queries: Iterable[Choosable], rules: Rules) -> None:
        self.rules = rules
        self.people = {one.number: one.people for one in queries}
        self._list = {one.number: one.of_list for one in queries}
        self._sizes = Counter(one.of_list for one in queries)
        self._given: Counter[int | None] = Counter()
        for one in queries:
            self._given[one.of_list] += one.people

    def open(self, numbers: Collection[int]) -> list[int]:
        """Return those of these queries that may go to one more person."""
        most = self.rules.people_max
        return [one for one in numbers if most is None or self.people[one] < most]

    def give(self, numbers: Collection[int], seed: int) -> int | None:
        """Return the next of these queries, which is one person's from now on; None: all are full."""
        free = self.open(numbers)
        if not free:
            return None
        chosen = min(free, key=lambda one: self._rank(one, seed))
        self.people[chosen] += 1
        self._given[self._list[chosen]] += 1
        return chosen

    def _rank(self, number: int, seed: int) -> tuple[float, int, bytes, int]:
        of_list = self._list[number]
        come = self._given[of_list] / self._sizes[of_list] if self.rules.by_list else 0.0
        return come, self.people[number], draw(seed, number), number


def choose(
    fitting: Collection[int], queries: Iterable[Choosable], rules: Rules, seed: int
) -> list[int]:
    """Return the queries of one person, in the order of their choice; `fitting` is what may be."""
    table = Table(list(queries), rules)
    left, chosen = set(fitting), list[int]()
    while len(chosen) < rules.queries_max:
        given = table.give(left, seed)
        if given is None:
            break
        chosen.append(given)
        left.discard(given)
    return chosen


def choose_for_all(
    fitting: Mapping[int, Collection[int]], queries: Iterable[Choosable], rules: Rules
) -> dict[int, list[int]]:
    """Return the queries of many people, by their numbers.

    In rounds of one query for each, so that nobody has all before others have any; in a round those
    first who have the fewest left to choose from, then by a draw.
    """
    table = Table(list(queries), rules)
    left = {person: set(numbers) for person, numbers in fitting.items()}
    chosen: dict[int, list[int]] = {person: [] for person in left}
    seeds = {person: seed_of(rules.seed, person) for person in left}
    waiting = set(left)
    for _round in range(rules.queries_max):
        choices = {person: len(table.open(left[person])) for person in waiting}
        for person in sorted(waiting, key=lambda one: (choices[one], draw(rules.seed, one), one)):
            given = table.give(left[person], seeds[person])
            if given is None:
                waiting.discard(person)
                continue
            chosen[person].append(given)
            left[person].discard(given)
    return chosen


def seed_of(seed: int, person: int) -> int:
    """Return the seed of one person's choice, of 31 bits."""
    return int.from_bytes(draw(seed, person)[:4], "big") >> 1


def draw(seed: int, number: int) -> bytes:
    """Return a fair draw that can be repeated: the lowest comes first."""
    return hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=16).digest()
