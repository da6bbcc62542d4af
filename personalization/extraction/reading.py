"""Read an extractor's answer: strictly, counting what is not kept and why."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeGuard

FLOOR = 0.4  # RH: less sure ones are discarded
LONGEST = 300
LONGEST_REASON = 1000
MOST = 30
TRIES = 50  # places of a text at which a JSON value may begin

FENCED = re.compile(r"```(?:json)?\s*\n(.*?)\n\s*```", re.DOTALL)
STATEMENT = re.compile(r"The user\b")


class UnreadableError(ValueError):
    """The answer is not what was asked for: nothing of it is used."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One sentence as the extractor said it."""

    text: str
    reason: str
    confidence: float


@dataclass(slots=True)
class Found:
    """An attribute: its variants, the surest first, and the numbers of the turns that support it."""

    variants: list[Variant]
    turns: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """What was found, and what was dropped, counted by why."""

    found: list[Found] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def read(answer: str, turns: Collection[int], of_user: Collection[int]) -> Reading:
    """Return what an answer says; pointers count where they name one of the user's turns.

    >>> said = '[{"attribute": "The user sails.", "reason": "", "confidence": 0.4, "evidence": [1, 7]}]'
    >>> reading = read(said, turns={1, 2}, of_user={1})
    >>> reading.found[0].variants[0].text, reading.found[0].turns, dict(reading.dropped)
    ('The user sails.', [1], {'no_such_turn': 1})
    """
    reading = Reading()
    by_text: dict[str, Found] = {}
    for entry in _entries(answer):
        variant = _variant(entry, reading.dropped)
        if variant is None:
            continue
        one = by_text.setdefault(_key(variant.text), Found([]))
        one.variants.append(variant)
        for number in _pointers(entry, turns, of_user, reading.dropped):
            if number not in one.turns:
                one.turns.append(number)
    for one in by_text.values():
        one.variants.sort(key=lambda each: -each.confidence)
    surest = sorted(by_text.values(), key=lambda each: -each.variants[0].confidence)
    reading.found = [each for each in by_text.values() if each in surest[:MOST]]
    if len(surest) > MOST:
        reading.dropped["too_many"] += len(surest) - MOST
    return reading


def _entries(answer: str) -> list[Any]:
    """Return the list that was asked for: as the whole answer, in a fence, or somewhere in it."""
    for value in _values(answer):
        entries = value.get("attributes") if isinstance(value, dict) else value
        if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
            return entries
    raise UnreadableError("no list of attributes in the answer")


def _values(answer: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    for whole in (answer, *FENCED.findall(answer)):
        try:
            yield json.loads(whole)
        except (ValueError, RecursionError):
            continue
    for begin in [place.start() for place in re.finditer(r"[{\[]", answer)][:TRIES]:
        try:
            yield decoder.raw_decode(answer, begin)[0]
        except (ValueError, RecursionError):
            continue


def _variant(entry: dict[str, Any], dropped: Counter[str]) -> Variant | None:
    text, confidence = entry.get("attribute"), entry.get("confidence")
    text = _plain(text) if isinstance(text, str) else ""
    if not STATEMENT.match(text):
        dropped["not_a_statement"] += 1
    elif len(text) > LONGEST:
        dropped["too_long"] += 1
    elif not _is_share(confidence):
        dropped["no_confidence"] += 1
    elif confidence < FLOOR:
        dropped["below_floor"] += 1
    else:
        reason = entry.get("reason")
        reason = _plain(reason)[:LONGEST_REASON] if isinstance(reason, str) else ""
        return Variant(text, reason, float(confidence))
    return None


def _is_share(value: object) -> TypeGuard[float]:
    """Return whether a value is a number from 0 to 1; JSON's NaN is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _pointers(
    entry: dict[str, Any],
    turns: Collection[int],
    of_user: Collection[int],
    dropped: Counter[str],
) -> Iterator[int]:
    evidence = entry.get("evidence")
    for number in evidence if isinstance(evidence, list) else []:
        if isinstance(number, bool) or not isinstance(number, int) or number not in turns:
            dropped["no_such_turn"] += 1
        elif number not in of_user:
            dropped["not_a_turn_of_the_user"] += 1
        else:
            yield number


def _plain(text: str) -> str:
    """Return a text in one line, without what a database cannot hold."""
    sound = text.encode("utf-8", "ignore").decode().replace("\0", "")
    return " ".join(sound.split())


def _key(text: str) -> str:
    return text.casefold().rstrip(".! ")
