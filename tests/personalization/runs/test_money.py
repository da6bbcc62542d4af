"""A purse: what calls may cost, what they have cost, and how many a budget admits."""

import pytest

from personalization.llm.backend import KINDS, Answer, Ask, Message
from personalization.llm.pricing import Rate
from personalization.llm.tokens import ENOUGH, USUAL_MOST
from personalization.runs import money
from personalization.runs.money import (
    GUESS,
    PERHAPS_PAID,
    Purse,
    Seen,
    admits,
    fitting,
    room,
    trouble,
)  # fmt: skip

# Ten micros for a token of a request, a hundred for one of an answer.
RATE = Rate(10_000_000, 100_000_000, "USD")
ASK = Ask("m", [Message("user", "a" * 276)], {"max_tokens": 50})  # 92 + 8 = 100 tokens


def answer(read: int | None, written: int | None, text: str = "Answer: yes") -> Answer:
    return Answer(text, "stop", {}, read, written)


def test_a_call_reserves_the_most_it_may_cost() -> None:
    """The estimated request and the longest answer."""
    assert Purse(RATE).reserve([ASK]) == [100 * 10 + 50 * 100]


def test_without_a_limit_an_answer_is_taken_to_be_long() -> None:
    """Until answers have shown how long they become."""
    purse, free = Purse(RATE), Ask("m", ASK.messages)
    assert purse.reserve([free]) == [100 * 10 + USUAL_MOST * 100]
    for _each in range(ENOUGH):
        purse.answered(free, answer(80, 30))
    assert purse.reserve([free]) == [80 * 10 + 30 * 100]


def test_the_next_call_is_guessed_by_the_dearest_of_the_last() -> None:
    """Before the first request nothing is known: hardly anything, so that a small budget may look."""
    purse = Purse(RATE)
    assert purse.each == GUESS
    longer = Ask("m", [Message("user", "a" * 576)], {"max_tokens": 50})
    purse.reserve([ASK, longer, ASK])
    assert purse.each == 200 * 10 + 50 * 100
    purse.reserve([])
    assert purse.each == 200 * 10 + 50 * 100


def test_a_new_purse_learns_from_earlier_answers() -> None:
    """Requests of 100 estimated tokens have 120, answers at most 30 unless they are limited."""
    seen = [Seen(100, 120, 10)] * (ENOUGH - 1) + [Seen(50, 55, 30), Seen(10, None, None)]
    purse, limited, empty = Purse(RATE), Purse(RATE), Purse(RATE)
    purse.learn(seen, {})
    limited.learn(seen, {"max_tokens": 50})
    empty.learn([], {})
    assert (purse.each, limited.each) == (120 * 10 + 30 * 100, 120 * 10 + 50 * 100)
    assert empty.each == GUESS


def test_a_model_that_costs_nothing_is_asked_without_end() -> None:
    """Even where nothing is left of a budget."""
    purse = Purse(Rate(0, 0, "EUR"))
    assert purse.reserve([ASK]) == [0]
    assert (purse.each, admits(0, purse.each, 8), fitting(0, [0, 0])) == (0, 8, 2)


def test_an_answer_costs_what_the_endpoint_counted() -> None:
    """Less than was reserved, or more."""
    used = Purse(RATE).answered(ASK, answer(90, 7))
    assert (used.prompt_tokens, used.completion_tokens, used.micros) == (90, 7, 90 * 10 + 700)


def test_an_answer_without_usage_costs_the_estimate() -> None:
    """The request by the rule, and the text of the answer by the same: 11 bytes, 4 tokens."""
    used = Purse(RATE).answered(ASK, answer(None, None))
    assert (used.prompt_tokens, used.completion_tokens, used.micros) == (100, 4, 1000 + 400)


def test_only_calls_that_may_have_been_worked_on_count_without_an_answer() -> None:
    """What was refused costs nothing; what is lost on the way may have to be paid all the same."""
    purse = Purse(RATE)
    assert purse.failed("lost", 6000) == purse.failed("timeout", 6000) == 6000
    assert purse.failed("rate_limited", 6000) == purse.failed("unavailable", 6000) == 0
    assert purse.failed("lost", None) == 0
    assert PERHAPS_PAID.issubset({*KINDS, "lost"})


def test_without_a_price_nothing_is_said_of_costs() -> None:
    """Null is not zero; tokens are counted all the same."""
    purse = Purse(None)
    assert (purse.each, purse.reserve([ASK, ASK]), purse.failed("lost", None)) == (
        None,
        [None] * 2,
        None,
    )
    assert purse.answered(ASK, answer(90, 7)) == money.Spent(90, 7, None)


def test_what_is_free_is_neither_spent_nor_reserved() -> None:
    """Never below nothing, and without a budget there is no limit."""
    assert (room(100, 30, 50), room(100, 80, 50), room(None, 80, 50)) == (20, 0, None)


def test_two_workers_together_stay_within_the_budget() -> None:
    """Each claims what the reservations of the other leave, and settles for less than it reserved.

    Nothing is spent beyond the budget at any time, and the last calls are made one by one.
    """
    budget, spent = 100_000, 0
    purses = [Purse(RATE), Purse(RATE)]
    held: list[list[int]] = [[], []]
    for turn in range(200):
        purse, mine = purses[turn % 2], held[turn % 2]
        spent += sum(purse.answered(ASK, answer(90, 40)).micros or 0 for _each in mine)
        mine.clear()
        free = room(budget, spent, sum(map(sum, held)))
        each = purse.each or 0
        asks = [ASK] * admits(free, each, 8)
        costs = purse.reserve(asks)
        mine += [one or 0 for one in costs[: fitting(each * len(asks), costs)]]
        assert spent + sum(map(sum, held)) <= budget
    assert held == [[], []]
    assert budget - 6000 < spent <= budget  # not one more call fits


def test_a_long_request_is_let_go_and_claimed_at_its_price() -> None:
    """A guess that was too low does not overspend, and does not stop the run either."""
    purse = Purse(RATE)
    purse.reserve([ASK])
    longer = Ask("m", [Message("user", "a" * 30_000)], {"max_tokens": 50})
    reserved = purse.each
    assert reserved is not None
    costs = purse.reserve([longer])
    assert fitting(reserved, costs) == 0
    assert fitting(purse.each, purse.reserve([longer])) == 1


def test_nothing_is_admitted_at_an_unknown_price() -> None:
    """A budget means that somebody minds."""
    assert (admits(10, None, 5), fitting(10, [None])) == (0, 0)
    assert (admits(None, None, 5), fitting(None, [None])) == (5, 1)


@pytest.mark.parametrize(
    ("each", "said"),
    [
        (6000, "budget: 0.998 USD of 1.00 USD is spent, and the next call may cost 0.006 USD"),
        (None, "no_price: a budget of 1.00 USD, and no price is known"),
    ],
)
def test_why_a_run_pauses(each: int | None, said: str) -> None:
    """The kind for the pages, and the numbers."""
    assert trouble(1_000_000, 998_000, each, "USD") == said
