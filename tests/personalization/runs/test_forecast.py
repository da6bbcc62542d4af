"""Forecasts: ranges from samples and from earlier answers, and what holds a run up."""

import pytest

from personalization.llm.tokens import USUAL_MOST
from personalization.runs import forecast
from personalization.runs.forecast import LEAST, PLAIN, RATIO, THOUGHT, Range, Speed, seconds_for


def test_a_mean_is_sure_where_everything_was_drawn() -> None:
    """Of ten values, all ten; of a thousand, the same ten leave room on both sides."""
    values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert forecast.mean_of(values, 10) == Range(5.5, 5.5, 5.5)
    drawn = forecast.mean_of(values, 1000)
    # two standard errors: 2 x 3.0277 x sqrt(0.99 / 10)
    assert drawn.high - 5.5 == pytest.approx(1.9053, abs=1e-4)
    assert drawn.low + drawn.high == pytest.approx(11)
    assert forecast.mean_of([7], 7).high == 7


def test_nothing_is_less_than_nothing() -> None:
    """Whatever the spread."""
    assert forecast.mean_of([0, 0, 0, 100]).low == 0


def test_the_ratio_is_a_guess_until_enough_is_known() -> None:
    """Then it is what was counted; requests of no tokens say nothing."""
    assert forecast.ratio_of([(100, 50)] * (LEAST - 1)) == RATIO
    assert forecast.ratio_of([(100, 50)] * LEAST) == Range(0.5, 0.5, 0.5)
    assert forecast.ratio_of([(0, 50)] * LEAST) == RATIO


def test_the_length_of_answers() -> None:
    """By whether the judge thinks first; by earlier answers; never beyond the request's limit."""
    assert forecast.answer_of([], None, thinks=True) == THOUGHT
    assert forecast.answer_of([], None, thinks=False) == PLAIN
    assert forecast.answer_of([], 16, thinks=True) == Range(16, 16, 16)
    assert forecast.answer_of([40] * LEAST, 100, thinks=False) == Range(40, 40, 40)


def test_the_longest_answer() -> None:
    """The limit, else the longest ever seen, else what is taken for long."""
    assert forecast.longest([9, 5000], 64) == 64
    assert forecast.longest([9, 5000], None) == 5000
    assert forecast.longest([9], None) == USUAL_MOST


@pytest.mark.parametrize(
    ("speed", "seconds", "held_by"),
    [
        (Speed(10, 2.0, None, None), 120.0, "places"),  # 600 x 2 s / 10
        (Speed(10, 2.0, 60, None), 600.0, "requests"),
        (Speed(10, 2.0, 60, 1000), 1800.0, "tokens"),
        (Speed(10, None, 600, None), 60.0, "requests"),
    ],
)
def test_what_holds_a_run_up(speed: Speed, seconds: float, held_by: str) -> None:
    """The slowest of three: places and their latency, requests a minute, tokens a minute."""
    whole, slowest = seconds_for(600, Range(20_000, 30_000, 40_000), speed)
    assert whole is not None
    assert (whole.expected, slowest) == (seconds, held_by)
    assert whole.low <= whole.expected <= whole.high


def test_the_ends_may_be_held_up_by_something_else() -> None:
    """With few tokens the places decide: 120 s; with many, tokens."""
    whole, slowest = seconds_for(600, Range(1000, 1900, 4000), Speed(10, 2.0, None, 1000))
    assert (whole, slowest) == (Range(120, 120, 240), "places")


def test_nobody_knows() -> None:
    """Neither limits nor a single answer: no time is better than a wrong one."""
    assert seconds_for(5, Range(1, 1, 1), Speed(8, None, None, None)) == (None, None)
