"""Costs in whole numbers, and amounts as text."""

import pytest

from personalization.llm.pricing import MILLION, Rate, cost, most, said

FINE = Rate(150_000, 600_000, "USD")  # 0.15 and 0.60 for a million tokens


@pytest.mark.parametrize(
    ("read", "written", "micros"),
    [(0, 0, 0), (1, 0, 1), (0, 1, 1), (MILLION, 0, 150_000), (20, 5, 6), (21, 5, 7)],
)
def test_costs_are_rounded_up(read: int, written: int, micros: int) -> None:
    """Together, not each for itself: 20 x 0.15 + 5 x 0.6 = 6 millionths."""
    assert cost(FINE, read, written) == micros


def test_a_million_small_calls_do_not_drift() -> None:
    """No fraction of a number is ever kept: floats would be wrong from the first addition on."""
    assert sum(cost(FINE, 1000, 0) for _each in range(1000)) == 150 * 1000


def test_the_most_is_the_cost_of_the_longest_answer() -> None:
    """A request as estimated, and an answer as long as it may be."""
    assert most(FINE, 1000, 500) == cost(FINE, 1000, 500) == 450


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "0.00"), (100_000, "0.10"), (1_500_000, "1.50"), (1, "0.000001"),
        (12_345_678_900_000, "12345678.90"), (10**15, "1000000000.00"),
    ],
)  # fmt: skip
def test_amounts_as_text(micros: int, text: str) -> None:
    """No exponent, no lost digit."""
    assert said(micros, "EUR") == f"{text} EUR"
