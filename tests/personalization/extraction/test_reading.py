"""An extractor's answer is read strictly, and what is not kept is counted by why."""

import json
from typing import Any

import pytest

from personalization.extraction.reading import MOST, Reading, UnreadableError, read

TURNS, OF_USER = {1, 2, 3}, {1, 3}


def entry(**instead: object) -> dict[str, Any]:
    plain = {"attribute": "The user sails.", "reason": "Says so.", "confidence": 0.9}
    return {**plain, "evidence": [1], **instead}


def reading(*entries: object) -> Reading:
    return read(json.dumps({"attributes": entries}), TURNS, OF_USER)


def texts(of: Reading) -> list[str]:
    return [found.variants[0].text for found in of.found]


def test_a_scripted_answer_is_read() -> None:
    """Row 13: text, reason, confidence and evidence, as they were said."""
    (found,) = reading(entry(evidence=[3, 1])).found
    (variant,) = found.variants
    assert (variant.text, variant.reason, variant.confidence) == (
        "The user sails.",
        "Says so.",
        0.9,
    )
    assert found.turns == [3, 1]


def test_the_floor() -> None:
    """Row 13: .39 is dropped and counted, .40 is kept."""
    said = reading(
        entry(attribute="The user rows.", confidence=0.39),
        entry(attribute="The user swims.", confidence=0.40),
    )
    assert texts(said) == ["The user swims."]
    assert said.dropped == {"below_floor": 1}


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ({"attribute": "Sails every summer."}, "not_a_statement"),
        ({"attribute": "The users sail."}, "not_a_statement"),
        ({"attribute": ""}, "not_a_statement"),
        ({"attribute": ["The user sails."]}, "not_a_statement"),
        ({"attribute": "The user " + "a" * 300}, "too_long"),
        ({"confidence": None}, "no_confidence"),
        ({"confidence": "0.9"}, "no_confidence"),
        ({"confidence": True}, "no_confidence"),
        ({"confidence": 1.01}, "no_confidence"),
        ({"confidence": -1}, "no_confidence"),
        ({"confidence": float("nan")}, "no_confidence"),
        ({"confidence": float("inf")}, "no_confidence"),
    ],
)
def test_what_is_dropped(instead: dict[str, Any], why: str) -> None:
    """One bad entry costs no other."""
    said = reading(entry(**instead), entry(attribute="The user rows."))
    assert texts(said) == ["The user rows."]
    assert said.dropped == {why: 1}


@pytest.mark.parametrize("text", ["The user's boat is old.", "The user " + "a" * 291])
def test_what_is_kept(text: str) -> None:
    assert texts(reading(entry(attribute=text))) == [text]


@pytest.mark.parametrize(
    ("evidence", "turns", "dropped"),
    [
        ([1, 3], [1, 3], {}),
        ([1, 1], [1], {}),
        ([4], [], {"no_such_turn": 1}),
        ([0, -1, 99], [], {"no_such_turn": 3}),
        ([2], [], {"not_a_turn_of_the_user": 1}),
        (["1", 1.5, None, True, {}], [], {"no_such_turn": 5}),
        ([1, 2, 7], [1], {"not_a_turn_of_the_user": 1, "no_such_turn": 1}),
        ("1", [], {}),
        (None, [], {}),
    ],
)
def test_pointers(evidence: object, turns: list[int], dropped: dict[str, int]) -> None:
    """Row 15: a pointer to a turn that is missing or is not the user's is dropped and counted."""
    said = reading(entry(evidence=evidence))
    assert [found.turns for found in said.found] == [turns]
    assert said.dropped == dropped


def test_the_same_thing_twice_is_one_attribute_with_two_variants() -> None:
    """Whatever the case, the spaces and the full stop; the surest speaks for both."""
    said = reading(
        entry(confidence=0.5, evidence=[1]),
        entry(attribute="The user  SAILS", confidence=0.8, evidence=[1, 3]),
    )
    (found,) = said.found
    assert [one.text for one in found.variants] == ["The user SAILS", "The user sails."]
    assert found.turns == [1, 3]


def test_at_most_thirty_are_kept_the_surest() -> None:
    """In the order in which they were said."""
    entries = [
        entry(attribute=f"The user has {number} boats.", confidence=0.5 + number / 100)
        for number in range(MOST + 2)
    ]
    said = reading(*entries)
    assert texts(said) == [f"The user has {number} boats." for number in range(2, MOST + 2)]
    assert said.dropped == {"too_many": 2}


LIST = json.dumps([entry()])


@pytest.mark.parametrize(
    "answer",
    [
        LIST,
        f'{{"attributes": {LIST}}}',
        f"Here you are:\n```json\n{LIST}\n```\nAnything else?",
        f"```\n{LIST}\n```",
        f"As turn [1] says: {LIST} I hope this helps.",
        f'{{"thought": "hm"}} {{"attributes": {LIST}}}',
    ],
)
def test_the_ladder(answer: str) -> None:
    """As the whole answer, in a fence, or somewhere in the text."""
    assert texts(read(answer, TURNS, OF_USER)) == ["The user sails."]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I cannot say anything about this user.",
        '{"attributes": "none"}',
        '{"attributes": ["The user sails."]}',
        f'{{"attributes": {LIST[:-2]}',
        "null",
        "3",
        "[" * 100_000,
        "{" * 1000,
        '{"a":' * 50_000,
        "9" * 5000,
    ],
    ids=lambda answer: answer[:20],
)
def test_what_cannot_be_read(answer: str) -> None:
    """Row 13: a malformed answer is no list of attributes, not even an empty one."""
    with pytest.raises(UnreadableError):
        read(answer, TURNS, OF_USER)


def test_nothing_found_is_an_answer() -> None:
    assert reading().found == []


def test_what_a_database_cannot_hold_is_left_out() -> None:
    """A null character, half of a surrogate pair."""
    said = read(
        '[{"attribute": "The user\\u0000 sa\\ud800ils.", "confidence": 1, "reason": 5}]', (), ()
    )
    (found,) = said.found
    assert (found.variants[0].text, found.variants[0].reason) == ("The user sails.", "")
