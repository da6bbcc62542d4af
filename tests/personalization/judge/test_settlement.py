"""Several readings, one judgment: the formulas of protocols 0.2."""

import pytest

from personalization.judge.choices import Choice, Scale, Side
from personalization.judge.settlement import (
    Reading,
    Settled,
    is_flip,
    settle,
    settle_orders,
    settle_single,
)

UNREADABLE = Reading(None, "unparsed")
FIVE = Scale(
    tuple(Choice(code, str(code + 1), "", score=code + 1.0) for code in range(5)),
    ordered=True,
    pairs=True,
)
PAIR = Scale(
    (Choice(0, "a", "A", candidate="a"), Choice(1, "b", "B", candidate="b"), Choice(2, "tie", "")),
    ordered=False,
    pairs=True,
)


def values(*codes: int | None) -> list[Reading]:
    """Return samples with these values; None: unreadable."""
    return [UNREADABLE if code is None else Reading(code) for code in codes]


def shares(*parts: float) -> list[Reading]:
    """Return one reading that is a distribution and nothing else."""
    return [Reading(None, distribution=parts)]


def both(ab: list[Reading], ba: list[Reading], scale: Scale = FIVE) -> Settled:
    return settle({"ab": ab, "ba": ba}, scale)


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


@pytest.mark.parametrize(
    ("ab", "ba", "score", "flip"), [(3, 4, 4.5, False), (1, 3, 3.0, True), (0, 4, 3.0, True)]
)
def test_row_4_five_points(ab: int, ba: int, score: float, flip: bool) -> None:
    """Row 4: 4, 5 -> score 4.5, no value, no flip; 2, 4 -> score 3, flip."""
    assert both(values(ab), values(ba)) == Settled(None, "inconsistent", score)
    assert is_flip(points(ab), points(ba), midpoint=3) == flip


@pytest.mark.parametrize("scale", [FIVE, PAIR], ids=["ordinal", "nominal"])
@pytest.mark.parametrize("ab", [0, 1, 2, None])
@pytest.mark.parametrize("ba", [0, 1, 2, None])
def test_plain_readings_settle_as_ever(scale: Scale, ab: int | None, ba: int | None) -> None:
    """One reading per order: the same as without samples and distributions."""
    (one,), (other,) = values(ab), values(ba)
    score = points if scale.ordered else None
    assert both([one], [other], scale) == settle_orders(one, other, score)


def test_samples_settle_order_by_order() -> None:
    """Shares over readable samples, strict majority, mean score; then both orders.

    ab: 4, 4, 2 and an unreadable one -> 4, score 10/3, shares (0, 1/3, 0, 2/3, 0).
    ba: 4, 4, 4, 4 -> 4, score 4. Together: 4, score 11/3, shares (0, 1/6, 0, 5/6, 0).
    """
    settled = both(values(3, 3, 1, None), values(3, 3, 3, 3))
    assert (settled.value, settled.reason, settled.certainty) == (3, None, None)
    assert settled.score == pytest.approx(11 / 3)
    assert settled.distribution == pytest.approx((0, 1 / 6, 0, 5 / 6, 0))


def test_samples_of_different_orders_are_never_pooled() -> None:
    """Pooled, A would have 5 of 6 readable votes; by order, both halves contradict each other.

    ab: A, A, A, A, A -> A. ba: B, and four unreadable -> B.
    """
    settled = both(values(0, 0, 0, 0, 0), values(1, None, None, None, None), PAIR)
    assert settled == Settled(None, "inconsistent", None, None, (0.5, 0.5, 0.0))


def test_half_of_the_samples_is_no_majority() -> None:
    """A, A, B, B -> none; the mean of the samples stays."""
    settled = both(values(0, 0, 1, 1), values(0, 0, 0, 0))
    assert settled == Settled(None, "inconsistent", 1.25, None, (0.75, 0.25, 0, 0, 0))


def test_an_order_without_a_readable_sample_is_unparsed() -> None:
    """Then nothing is concluded from the other one."""
    assert both(values(None, None), values(1, 1)) == Settled(None, "unparsed")
    refused = [Reading(None, "refused")] * 2
    assert both(refused, refused) == Settled(None, "refused")
    assert both(refused, values(None, None)) == Settled(None, "unparsed")


def test_samples_where_nothing_can_be_swapped() -> None:
    settled = settle({"none": values(3, 3, 4)}, FIVE)
    assert settled.value == 3
    assert settled.score == pytest.approx(13 / 3)
    assert settled.distribution == pytest.approx((0, 0, 0, 2 / 3, 1 / 3))


def test_distributions_are_averaged() -> None:
    """Pf, Pb, own text = a: .8 and .6 -> .7, the conf_own of SR; value by the largest share."""
    settled = both(shares(0.8, 0.2, 0), shares(0.6, 0.4, 0), PAIR)
    assert settled.value == 0
    assert settled.distribution == pytest.approx((0.7, 0.3, 0))


def test_distributions_whose_largest_shares_differ() -> None:
    """No value, as for plain readings; the mean is kept."""
    settled = both(shares(0.8, 0.2, 0), shares(0.4, 0.6, 0), PAIR)
    assert (settled.value, settled.reason) == (None, "inconsistent")
    assert settled.distribution == pytest.approx((0.6, 0.4, 0))


def test_two_largest_shares_are_no_value() -> None:
    settled = both(shares(0.5, 0.5, 0), shares(0.5, 0.5, 0), PAIR)
    assert (settled.value, settled.reason) == (None, "inconsistent")
    assert settled.distribution == (0.5, 0.5, 0)


def test_the_score_of_a_distribution_is_the_expected_one() -> None:
    """P(1..5) (.1,.1,.2,.4,.2) -> 3.5 (SR); value 4."""
    told = settle({"none": shares(0.1, 0.1, 0.2, 0.4, 0.2)}, FIVE)
    assert told.value == 3
    assert told.score == pytest.approx(3.5)
    saved = settle({"none": [Reading(3, distribution=(0.1, 0.1, 0.2, 0.4, 0.2))]}, FIVE)
    assert saved == told


def test_half_a_distribution_is_none() -> None:
    """A mean needs both orders."""
    assert both(shares(0.8, 0.2, 0), values(0), PAIR) == Settled(0, None)
    assert both(shares(0.8, 0.2, 0), values(None), PAIR) == Settled(None, "unparsed")


@pytest.mark.parametrize(("ab", "ba", "pair"), [(80, 60, 60), (60, None, None)])
def test_certainty_of_a_pair(ab: int, ba: int | None, pair: int | None) -> None:
    """The lower one where the orders agree."""
    assert both([Reading(1, certainty=ab)], [Reading(1, certainty=ba)]).certainty == pair
    assert both([Reading(1, certainty=ab)], [Reading(2, certainty=ba)]).certainty is None


@pytest.mark.parametrize(
    "readings",
    [{}, {"ab": values(1)}, {"ab": values(1), "ba": []}, {"none": values(1), "ab": values(1)}],
    ids=["nothing", "one order", "an empty order", "too many"],
)
def test_half_an_item_is_not_settled(readings: dict[Side, list[Reading]]) -> None:
    with pytest.raises(ValueError, match="both orders"):
        settle(readings, FIVE)
