"""Read where an attribute is said to stand: only pointers that lead to the person's own words count."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from personalization.extraction.ladder import UnreadableError, values

MOST = 200  # pointers of one answer


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation that may be pointed at: whose it is, its turns, and which are the user's."""

    is_own: bool
    turns: frozenset[int]
    of_user: frozenset[int]


@dataclass(slots=True)
class Pointers:
    """Conversation and turn of each pointer that holds, and what was dropped, counted by why."""

    kept: list[tuple[int, int]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def pointed(answer: str) -> list[tuple[object, object]]:
    """Return the pointers of an answer as they were said; UnreadableError where it has no list.

    >>> pointed('{"evidence": [{"conversation": 12, "turns": [1, 3]}]}')
    [(12, 1), (12, 3)]
    """
    for value in values(answer):
        listed = value.get("evidence") if isinstance(value, dict) else value
        if isinstance(listed, list) and all(isinstance(one, dict) for one in listed):
            return [pair for one in listed for pair in _pairs(one)][:MOST]
        if isinstance(value, dict) and "conversation" in value and "turns" in value:
            return list(_pairs(value))[:MOST]
    raise UnreadableError("no list of evidence in the answer")


def check(said: list[tuple[object, object]], places: Mapping[int, Place]) -> Pointers:
    """Keep the pointers that lead to a turn of the user in one of the person's conversations.

    >>> there = {12: Place(True, frozenset({1, 2}), frozenset({1})), 9: Place(False, frozenset(), frozenset())}
    >>> found = check([(12, 1), (12, 2), (12, 7), (9, 1), (5, 1)], there)
    >>> found.kept, dict(found.dropped)
    ([(12, 1)], {'not_a_turn_of_the_user': 1, 'no_such_turn': 2, 'another_person': 1})
    """
    found = Pointers()
    for conversation, turn in said:
        why, pair = _checked(conversation, turn, places)
        if why:
            found.dropped[why] += 1
        elif pair not in found.kept:
            found.kept.append(pair)
    return found


def _checked(
    conversation: object, turn: object, places: Mapping[int, Place]
) -> tuple[str, tuple[int, int]]:
    if not (_is_whole(conversation) and _is_whole(turn)):
        return "no_such_turn", (0, 0)
    place = places.get(conversation)
    if place is None:
        return "no_such_turn", (0, 0)
    if not place.is_own:
        return "another_person", (0, 0)
    if turn not in place.turns:
        return "no_such_turn", (0, 0)
    return "" if turn in place.of_user else "not_a_turn_of_the_user", (conversation, turn)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _pairs(entry: dict[str, Any]) -> Iterator[tuple[object, object]]:
    turns = entry.get("turns")
    for turn in turns if isinstance(turns, list) else [turns]:
        yield entry.get("conversation"), turn
