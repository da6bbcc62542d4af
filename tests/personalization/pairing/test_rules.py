"""RH's assignment: never over a limit, the same seed the same choice, whatever the order."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from personalization.pairing.rules import (
    Choosable,
    Rules,
    choose,
    choose_for_all,
    seed_of,
)

QUERIES = st.lists(
    st.tuples(st.sampled_from([None, 1, 2]), st.integers(0, 4)), min_size=1, max_size=12
).map(lambda rows: [Choosable(number, *row) for number, row in enumerate(rows, 1)])
RULES = st.builds(
    Rules,
    queries_min=st.integers(1, 3),
    queries_max=st.integers(3, 5),
    people_max=st.none() | st.integers(1, 5),
    by_list=st.booleans(),
    seed=st.integers(0, 2**31 - 1),
)
FITTING = st.dictionaries(
    st.integers(1, 9), st.frozensets(st.integers(1, 12), max_size=12), max_size=9
)


def within(queries: list[Choosable], fitting: dict[int, frozenset[int]]) -> dict[int, set[int]]:
    """Return what fits of the queries that there are."""
    there = {one.number for one in queries}
    return {person: set(numbers) & there for person, numbers in fitting.items()}


@given(QUERIES, RULES, FITTING)
def test_no_limit_is_ever_passed(
    queries: list[Choosable], rules: Rules, fitting: dict[int, frozenset[int]]
) -> None:
    """Each person at most so many queries, each once and only such that fit; each query so many people."""
    fit = within(queries, fitting)
    chosen = choose_for_all(fit, queries, rules)
    more = Counter(query for given in chosen.values() for query in given)
    for person, given_ in chosen.items():
        assert len(given_) == len(set(given_)) <= rules.queries_max
        assert set(given_) <= fit[person]
    for one in queries:
        if rules.people_max is not None and more[one.number]:
            assert one.people + more[one.number] <= rules.people_max
    # Whoever has fewer than the most found all others full.
    for person, given_ in chosen.items():
        if len(given_) < rules.queries_max:
            left = fit[person] - set(given_)
            assert all(
                rules.people_max is not None and one.people + more[one.number] >= rules.people_max
                for one in queries
                if one.number in left
            )


@given(QUERIES, RULES, FITTING, st.randoms(use_true_random=False))
def test_the_order_of_people_and_queries_changes_nothing(
    queries: list[Choosable], rules: Rules, fitting: dict[int, frozenset[int]], shuffled: Random
) -> None:
    fit = within(queries, fitting)
    people = list(fit)
    other = list(queries)
    shuffled.shuffle(people)
    shuffled.shuffle(other)
    again = choose_for_all({person: fit[person] for person in people}, other, rules)
    assert again == choose_for_all(fit, queries, rules)


@given(QUERIES, RULES, st.integers(0, 2**31 - 1))
def test_one_who_waits_gets_the_same_by_the_same_seed(
    queries: list[Choosable], rules: Rules, seed: int
) -> None:
    """Alone one gets what one gets among all, where nobody else is there."""
    numbers = {one.number for one in queries}
    assert choose(numbers, queries, rules, seed) == choose(numbers, queries[::-1], rules, seed)
    alone = choose_for_all({7: numbers}, queries, rules)
    assert alone == {7: choose(numbers, queries, rules, seed_of(rules.seed, 7))}


def test_another_seed_is_another_choice() -> None:
    queries = [Choosable(number) for number in range(1, 11)]
    rules = Rules(2, 2)
    found = {tuple(choose(range(1, 11), queries, rules, seed)) for seed in range(20)}
    assert len(found) > 10


def test_the_lists_advance_evenly() -> None:
    """Of a list of 2 and one of 8, each query is met as often: no list is used up before the other."""
    queries = [Choosable(number, of_list=1 if number <= 2 else 2) for number in range(1, 11)]
    everybody = {person: set(range(1, 11)) for person in range(1, 21)}
    chosen = choose_for_all(everybody, queries, Rules(1, 1))
    given_ = Counter(query for numbers in chosen.values() for query in numbers)
    assert [given_[number] for number in range(1, 11)] == [2] * 10
    # People of before count: list 1 has had its share, so the next ones get list 2.
    ahead = [Choosable(one.number, one.of_list, 4 if one.of_list == 1 else 0) for one in queries]
    after = choose_for_all({person: set(range(1, 11)) for person in range(8)}, ahead, Rules(1, 1))
    assert {query for numbers in after.values() for query in numbers} == set(range(3, 11))
    # Without lists those that the fewest have come first, whatever they are of.
    plain = [Choosable(1, 1, 0), Choosable(2, 2, 1), Choosable(3, 2, 1)]
    assert choose({1, 2, 3}, plain, Rules(1, 1, by_list=False), 5) == [1]


def test_who_has_the_fewest_to_choose_from_comes_first() -> None:
    """One query each, each for one person: who fits only the first gets it, whatever the draw."""
    queries = [Choosable(1), Choosable(2)]
    for seed in range(20):
        chosen = choose_for_all({1: {1, 2}, 2: {1}}, queries, Rules(1, 1, 1, seed=seed))
        assert chosen == {1: [2], 2: [1]}


def test_nobody_has_all_before_others_have_any() -> None:
    """Four places for two people who want three: two each."""
    queries = [Choosable(number) for number in range(1, 5)]
    chosen = choose_for_all({1: {1, 2, 3, 4}, 2: {1, 2, 3, 4}}, queries, Rules(1, 3, people_max=1))
    assert [len(one) for one in chosen.values()] == [2, 2]
