"""Several readings, one judgment: the formulas of protocols 0.2."""

import pytest

from personalization.judge.settlement import (
    Reading,
    Settled,
    is_flip,
    settle_orders,
    settle_single,
)

UNREADABLE = Reading(None, "unparsed")


def points(code: int) -> float:
    """Five points, coded 0 to 4."""
    return code + 1.0


def test_row_4_contradicting_answers_are_inconsistent() -> None:
    """Row 4: contradicting answers -> "inconsistent", and never a tie."""
    first, tie, second = 0, 1, 2
    for ab, ba in [(first, second), (second, first), (first, tie), (tie, second)]:
        assert settle_orders(Reading(ab), Reading(ba)) == Settled(None, "inconsistent")


def test_row_4_neighbouring_points_have_a_score() -> None:
    """Row 4: five points 4, 5 -> score 4.5, no value, no flip."""
    settled = settle_orders(Reading(3), Reading(4), points)
    assert settled == Settled(None, "inconsistent", 4.5)
    assert not is_flip(points(3), points(4), midpoint=3)


def test_row_4_opposite_points_are_a_flip() -> None:
    """Row 4: 2, 4 -> score 3, flip."""
    settled = settle_orders(Reading(1), Reading(3), points)
    assert settled == Settled(None, "inconsistent", 3.0)
    assert is_flip(points(1), points(3), midpoint=3)


@pytest.mark.parametrize("value", [0, 1, 2])
def test_equal_orders_are_that_value(value: int) -> None:
    """A candidate twice, or the tie twice, is the answer."""
    assert settle_orders(Reading(value), Reading(value)) == Settled(value, None)
    assert settle_orders(Reading(value), Reading(value), points).score == value + 1


@pytest.mark.parametrize(
    ("ab", "ba"),
    [(UNREADABLE, Reading(1)), (Reading(1), UNREADABLE), (UNREADABLE, UNREADABLE)],
    ids=["first", "second", "both"],
)
def test_any_unreadable_order_is_unparsed(ab: Reading, ba: Reading) -> None:
    """Nothing is concluded from half a pair; there is no score either."""
    assert settle_orders(ab, ba) == Settled(None, "unparsed")
    assert settle_orders(ab, ba, points) == Settled(None, "unparsed")


@pytest.mark.parametrize(
    ("ab", "ba", "pair"), [(80, 60, 60), (60, 80, 60), (80, None, None), (None, None, None)]
)
def test_a_pair_is_as_certain_as_its_less_certain_order(
    ab: int | None, ba: int | None, pair: int | None
) -> None:
    """Certainty of the pair = the lower one, none where one is missing."""
    settled = settle_orders(Reading(1, certainty=ab), Reading(1, certainty=ba))
    assert settled.certainty == pair


def test_an_inconsistent_pair_is_not_certain() -> None:
    """Two certain answers that contradict each other are no certain answer."""
    settled = settle_orders(Reading(0, certainty=99), Reading(1, certainty=99))
    assert settled.certainty is None


def test_a_single_reading_settles_itself() -> None:
    """Where nothing can be swapped the reading is the answer, with its certainty."""
    assert settle_single(Reading(2, certainty=70)) == Settled(2, None, None, 70)
    assert settle_single(Reading(2), points) == Settled(2, None, 3.0)


@pytest.mark.parametrize("reason", ["unparsed", "refused", "failed", "skipped"])
def test_a_single_reading_without_value_keeps_its_reason(reason: str) -> None:
    """A refusal is not an unreadable answer."""
    assert settle_single(Reading(None, reason)) == Settled(None, reason)


def test_a_reading_without_reason_is_unparsed() -> None:
    """There is always a reason where there is no value."""
    assert settle_single(Reading(None)) == Settled(None, "unparsed")


@pytest.mark.parametrize(
    ("ab", "ba", "flip"),
    [(3, 3, False), (3, 5, False), (1, 3, False), (1, 2, False), (4, 5, False), (1, 5, True)],
)
def test_a_flip_crosses_the_midpoint(ab: float, ba: float, flip: bool) -> None:
    """Ordinal: the orders lie on opposite sides; the midpoint is on neither."""
    assert is_flip(ab, ba, midpoint=3) is flip
    assert is_flip(ba, ab, midpoint=3) is flip


def test_a_nominal_flip_is_any_difference() -> None:
    """Nominal answers have no midpoint."""
    assert is_flip(0, 1)
    assert not is_flip(1, 1)
