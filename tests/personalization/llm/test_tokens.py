"""Tokens said before a call: a rule, and what answers teach about it."""

import pytest

from personalization.llm import tokens
from personalization.llm.backend import Ask, Message, Schema
from personalization.llm.tokens import ENOUGH, USUAL_MOST, Meter

TEXTS = (Message("system", "a" * 30), Message("user", "é" * 30))  # 30 and 60 bytes


def test_a_request_is_its_messages() -> None:
    """A third of the bytes, not of the letters, and some for each message."""
    assert tokens.of_ask(Ask("m", TEXTS)) == 10 + 20 + 2 * 8


def test_a_schema_counts() -> None:
    """It is sent with the request, and servers that count do count it."""
    schema = Schema("answer", {"type": "object"})
    assert tokens.of_ask(Ask("m", TEXTS, {}, schema)) == 46 + tokens.of_text('{"type":"object"}')


@pytest.mark.parametrize("schema", [None, Schema("answer", {"type": "object", "a": ["ü"]})])
def test_a_saved_request_counts_as_the_request(schema: Schema | None) -> None:
    """So that what was asked before can be compared with what the endpoint counted."""
    whole = Ask("m", TEXTS, {"temperature": 0}, schema)
    assert tokens.of_body(whole.body()) == tokens.of_ask(whole)


def test_half_a_character_is_no_error() -> None:
    """Texts of people may hold anything."""
    assert tokens.of_text("\ud800") == 1


@pytest.mark.parametrize(
    ("sampling", "most"),
    [
        ({}, None),
        ({"max_tokens": 64}, 64),
        ({"max_completion_tokens": 9}, 9),
        ({"max_tokens": 0}, None),
    ],
)
def test_how_long_an_answer_may_be(sampling: dict[str, int], most: int | None) -> None:
    """By either name of the limit; without one nobody knows."""
    assert tokens.longest_answer(sampling) == most


def test_a_new_meter_goes_by_the_rule() -> None:
    """A request is as long as estimated, an answer as long as it may be."""
    meter = Meter()
    assert (meter.prompt(100), meter.completion(None), meter.completion(64)) == (
        100,
        USUAL_MOST,
        64,
    )


def test_one_answer_only_raises() -> None:
    """A first answer below the rule may be a rare one; one above it counts at once."""
    meter = Meter()
    meter.saw(100, 60, 20)
    assert (meter.prompt(100), meter.completion(None)) == (100, USUAL_MOST)
    meter.saw(100, 150, 2 * USUAL_MOST)
    assert (meter.prompt(100), meter.completion(None)) == (150, 2 * USUAL_MOST)


def test_enough_answers_lower() -> None:
    """Then the greatest that was seen counts, of both."""
    meter = Meter()
    for _each in range(ENOUGH - 1):
        meter.saw(100, 60, 20)
    meter.saw(100, 75, 31)
    assert (meter.prompt(1000), meter.completion(None), meter.completion(500)) == (750, 31, 500)


def test_endpoints_that_do_not_count_teach_nothing() -> None:
    """A missing number is not zero."""
    meter = Meter()
    for _each in range(2 * ENOUGH):
        meter.saw(100, None, None)
        meter.saw(100, 1, None)
    assert (meter.prompt(100), meter.completion(None)) == (100, USUAL_MOST)
