"""Baselines by worked values."""

from collections import Counter

import pytest

from annotation.models.question import Kind
from personalization.judge.baselines import (
    BASELINES,
    Known,
    always_yes,
    best_threshold,
    closer,
    first_position,
    longer_answer,
    majority_class,
    makes_sense,
    middle,
    random_answer,
    without_persona,
)
from personalization.judge.choices import Choice, Scale, Side
from personalization.judge.manner import Manner
from personalization.judge.settlement import Reading, settle_orders
from tests.personalization.judge.test_choices import scale_of

GAIN, CHOICE, RELEVANCE = (scale_of(one) for one in (Kind.GAIN, Kind.CHOICE, Kind.RELEVANCE))
TIE_FOR_ALL = Scale((*CHOICE.choices[:2], Choice(2, "tie", "Tie")), ordered=False, pairs=True)
NO_TIE = Scale(CHOICE.choices[:2], ordered=False, pairs=True)
FOUR = Scale(GAIN.choices[:4], ordered=True, pairs=True)


@pytest.mark.parametrize(
    ("scale", "lengths", "value"),
    [
        (GAIN, (10, 9), 1),
        (GAIN, (9, 10), 3),
        (GAIN, (10, 10), 2),
        (FOUR, (10, 9), 1),
        (FOUR, (9, 10), 2),
        (CHOICE, (10, 9), 0),
        (CHOICE, (9, 10), 1),
        (TIE_FOR_ALL, (10, 10), 2),
    ],
)
def test_row_11_the_longer_answer(scale: Scale, lengths: tuple[int, int], value: int) -> None:
    """Row 11: the longer answer, by one character; an equal pair is the middle, or the tie."""
    assert longer_answer(Known(7, scale, "ab", lengths=lengths)).value == value
    assert longer_answer(Known(7, scale, "ba", lengths=lengths)).value == value


@pytest.mark.parametrize(("scale", "either"), [(NO_TIE, {0, 1}), (FOUR, {1, 2})])
def test_row_11_a_coin_for_equal_lengths(scale: Scale, either: set[int]) -> None:
    """Row 11: where there is neither tie nor middle, an equal pair counts one half on average."""
    drawn = Counter(
        longer_answer(Known(item, scale, "ab", lengths=(5, 5))).value for item in range(1000)
    )
    assert drawn.keys() == either
    assert all(440 < count < 560 for count in drawn.values())
    assert longer_answer(Known(3, scale, "ab", lengths=(5, 5))) == longer_answer(
        Known(3, scale, "ba", lengths=(5, 5))
    )


def test_the_longer_answer_where_the_worse_one_is_asked_for() -> None:
    """The longer one is the better one, so the shorter one is chosen."""
    assert longer_answer(Known(7, CHOICE, "ab", worse=True, lengths=(10, 9))).value == 1


def test_without_two_texts_nobody_can_tell_which_is_longer() -> None:
    assert longer_answer(Known(7, CHOICE, "ab")) == Reading(None, "cannot_tell")


@pytest.mark.parametrize(("scale", "ab", "ba"), [(CHOICE, 0, 1), (GAIN, 1, 3), (FOUR, 1, 2)])
def test_the_first_position_contradicts_itself(scale: Scale, ab: int, ba: int) -> None:
    """It takes what stands first in each order, so that every pair is inconsistent."""
    read: dict[Side, Reading] = {}
    for side in ("ab", "ba"):
        read[side] = first_position(Known(7, scale, side))
    assert (read["ab"].value, read["ba"].value) == (ab, ba)
    settled = settle_orders(read["ab"], read["ba"], scale.score if scale.ordered else None)
    assert (settled.value, settled.reason) == (None, "inconsistent")
    assert settled.score == (sum((scale.score(ab), scale.score(ba))) / 2 if scale.ordered else None)


def test_always_yes() -> None:
    assert always_yes(Known(7, RELEVANCE, "none")).value == 1
    assert always_yes(Known(7, scale_of(Kind.ATTRIBUTE), "none")).value == 2
    assert always_yes(Known(7, GAIN, "none")) == Reading(None, "cannot_tell")


def test_the_majority_class() -> None:
    assert majority_class(Known(7, RELEVANCE, "none", majority=0)) == Reading(0)
    assert majority_class(Known(7, RELEVANCE, "none")) == Reading(None, "cannot_tell")


def test_random_answers_are_even_and_the_same_again() -> None:
    """Each option about as often; both orders of an item alike; only what judges are offered."""
    drawn = Counter(random_answer(Known(item, GAIN, "ab")).value for item in range(2000))
    assert drawn.keys() == {0, 1, 2, 3, 4}
    assert all(330 < count < 470 for count in drawn.values())
    assert random_answer(Known(5, GAIN, "ab")) == random_answer(Known(5, GAIN, "ba"))
    assert {random_answer(Known(item, NO_TIE, "ab")).value for item in range(99)} == {0, 1}
    first = [random_answer(Known(item, RELEVANCE, "none")).value for item in range(8)]
    assert first == [1, 1, 0, 1, 1, 1, 0, 1]  # in every process


@pytest.mark.parametrize(
    ("scale", "near", "value"),
    [
        (GAIN, (0.5, 0.2), 1),
        (GAIN, (0.2, 0.5), 3),
        (GAIN, (0.3, 0.1 + 0.2), 2),
        (CHOICE, (0.5, 0.2), 0),
        (TIE_FOR_ALL, (0.0, 0.0), 2),
    ],
)
def test_the_closer_answer(scale: Scale, near: tuple[float, float], value: int) -> None:
    """As with lengths: the mildest step towards the closer one, neither where both are as close."""
    for side in ("ab", "ba"):
        assert closer(Known(7, scale, side, near=near)) == Reading(value)


def test_the_closer_answer_where_the_worse_one_is_asked_for() -> None:
    assert closer(Known(7, CHOICE, "ab", worse=True, near=(0.5, 0.2))).value == 1


@pytest.mark.parametrize(("near", "value"), [(0.61, 1), (0.6, 1), (0.59, 0)])
def test_from_the_threshold_on_it_is_yes(near: float, value: int) -> None:
    """Exactly at the threshold is yes; without a threshold, or a text, nobody can tell."""
    assert closer(Known(7, RELEVANCE, "none", near=(near,), threshold=0.6)) == Reading(value)
    for known in (Known(7, RELEVANCE, "none", near=(near,)), Known(7, RELEVANCE, "none")):
        assert closer(known) == Reading(None, "cannot_tell")


@pytest.mark.parametrize(
    ("near", "right", "threshold"),
    [
        # From .6 on: both yes found, one of three no taken for yes: (1 + 2/3) / 2.
        ([0.1, 0.4, 0.6, 0.7, 0.9], [0, 0, 1, 0, 1], 0.6),
        # Where most are no, accuracy alone would say no to all; balanced accuracy does not.
        ([0.1, 0.2, 0.3, 0.8, 0.8, 0.8], [0, 0, 0, 0, 1, 0], 0.8),
        # From .2 on 1/2 + 1/2, from .9 on as well: of equally good ones the lowest.
        ([0.2, 0.9], [1, 1], None),
        ([0.1, 0.2, 0.3, 0.4], [1, 0, 0, 1], 0.4),
        ([0.1, 0.9], [0, 0], None),
        ([], [], None),
    ],
)
def test_the_best_threshold(near: list[float], right: list[int], threshold: float | None) -> None:
    assert best_threshold(near, [bool(one) for one in right]) == threshold


def test_of_equally_good_thresholds_the_lowest() -> None:
    """Four texts, no yes no yes: from .2 on 1 of 2 no is right, from .4 on 1 of 2 yes: 3/4 both."""
    assert best_threshold([0.1, 0.2, 0.3, 0.4], [False, True, False, True]) == 0.2


def test_the_median_stands_in() -> None:
    assert middle([0.1, 0.5, 0.2]) == 0.2
    assert middle([0.1, 0.2]) == pytest.approx(0.15)
    assert middle([]) is None


def test_the_same_judge_without_a_persona() -> None:
    """All but the persona stays; a judge without one has no such twin."""
    judge = Manner(answer="certainty", persona=("age",), rubric="Be kind.")
    assert without_persona(judge) == Manner(answer="certainty", persona="none", rubric="Be kind.")
    assert without_persona(Manner()) is None


NEAR = {"bm25", "embedding"}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Kind.RELEVANCE, {"random", "always_yes", "majority", *NEAR}),
        (Kind.ATTRIBUTE, {"random", "always_yes", "majority"}),
        (Kind.ERROR_CODE, {"random", "majority"}),
        (Kind.OVERALL, {"random", "majority", "longer", "first_position", *NEAR}),
        (Kind.CHOICE, {"random", "majority", "longer", "first_position", *NEAR}),
        (Kind.RECOGNITION, {"random", "majority", "longer", "first_position"}),
        (Kind.MENTION, {"random", "always_yes", "majority"}),
    ],
)
def test_each_baseline_where_it_makes_sense(kind: Kind, names: set[str]) -> None:
    assert {name for name in BASELINES if makes_sense(name, scale_of(kind), kind)} == names
