"""Pointers to evidence count only where they lead to the person's own words."""

import json

import pytest

from personalization.extraction.ladder import UnreadableError
from personalization.extraction.pointers import MOST, Place, check, pointed

OWN = Place(is_own=True, turns=frozenset({1, 2, 3}), of_user=frozenset({1, 3}))
STRANGER = Place(is_own=False, turns=frozenset(), of_user=frozenset())
PLACES = {12: OWN, 9: STRANGER}


@pytest.mark.parametrize(
    ("said", "kept", "dropped"),
    [
        ([(12, 1), (12, 3)], [(12, 1), (12, 3)], {}),
        ([(12, 1), (12, 1)], [(12, 1)], {}),
        ([(12, 2)], [], {"not_a_turn_of_the_user": 1}),
        ([(12, 4), (12, 0), (12, -1)], [], {"no_such_turn": 3}),
        ([(9, 1), (9, 400)], [], {"another_person": 2}),
        ([(7, 1)], [], {"no_such_turn": 1}),
        (
            [("12", 1), (12, "1"), (True, 1), (12, True), (None, None), (12, 1.0)],
            [],
            {"no_such_turn": 6},
        ),
        ([(12, 1), (9, 1), (12, 8)], [(12, 1)], {"another_person": 1, "no_such_turn": 1}),
    ],
)
def test_what_counts(
    said: list[tuple[object, object]], kept: list[tuple[int, int]], dropped: dict[str, int]
) -> None:
    """Row 15: a pointer to another user's or a missing turn is dropped and counted."""
    found = check(said, PLACES)
    assert (found.kept, dict(found.dropped)) == (kept, dropped)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"evidence": [{"conversation": 12, "turns": [1, 3]}]}', [(12, 1), (12, 3)]),
        (
            '[{"conversation": 12, "turns": [1]}, {"conversation": 9, "turns": [2]}]',
            [(12, 1), (9, 2)],
        ),
        ('Found:\n{"conversation": 12, "turns": [1,]}', [(12, 1)]),
        ('```json\n{"evidence": []}\n```', []),
        ('{"evidence": [{"conversation": 12, "turns": 1}]}', [(12, 1)]),
        ('{"evidence": [{"conversation": 12}]}', [(12, None)]),
    ],
)
def test_what_is_read(answer: str, said: list[tuple[object, object]]) -> None:
    assert pointed(answer) == said


@pytest.mark.parametrize(
    "answer", ["", "Turn 1.", '{"evidence": "none"}', '{"evidence": [1]}', "[[1]]"]
)
def test_what_cannot_be_read(answer: str) -> None:
    """No answer at all is not the answer that there is no evidence."""
    with pytest.raises(UnreadableError):
        pointed(answer)


def test_an_answer_does_not_go_on_for_ever() -> None:
    turns = list(range(10 * MOST))
    said = json.dumps({"evidence": [{"conversation": 12, "turns": turns}]})
    assert len(pointed(said)) == MOST
