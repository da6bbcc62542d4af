"""Read an extractor's answer: strictly, counting what is not kept and why."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from personalization.arms.configuration import FLOOR
from personalization.extraction.ladder import UnreadableError, entries

__all__ = ["Found", "Reading", "UnreadableError", "Variant", "key", "read"]

LONGEST = 300
LONGEST_REASON = 1000
MOST = 30

STATEMENT = re.compile(r"The user\b")


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


def key(text: str) -> str:
    """Return what makes two texts about one person the same attribute.

    >>> key("The user  sails.") == key("the user SAILS !")
    True
    """
    return " ".join(text.casefold().split()).rstrip(".! ")


def read(
    answer: str,
    turns: Collection[int],
    of_user: Collection[int],
    floor: float = FLOOR,
    evidence: bool = True,
) -> Reading:
    """Return what an answer says; pointers count where they name one of the user's turns.

    Without `evidence`, nobody was asked for pointers: whatever stands there is left alone.

    >>> said = '[{"attribute": "The user sails.", "reason": "", "confidence": 0.4, "evidence": [1, 7]}]'
    >>> reading = read(said, turns={1, 2}, of_user={1})
    >>> reading.found[0].variants[0].text, reading.found[0].turns, dict(reading.dropped)
    ('The user sails.', [1], {'no_such_turn': 1})
    """
    reading = Reading()
    said, cut = entries(answer)
    if cut:
        reading.dropped["cut_off"] += 1
    by_text: dict[str, Found] = {}
    for entry in said:
        variant = _variant(entry, floor, reading.dropped)
        if variant is None:
            continue
        one = by_text.setdefault(key(variant.text), Found([]))
        one.variants.append(variant)
        if evidence:
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


def _variant(entry: dict[str, Any], floor: float, dropped: Counter[str]) -> Variant | None:
    text, confidence = entry.get("attribute"), entry.get("confidence")
    text = _plain(text) if isinstance(text, str) else ""
    if not STATEMENT.match(text):
        dropped["not_a_statement"] += 1
    elif len(text) > LONGEST:
        dropped["too_long"] += 1
    elif not _is_share(confidence):
        dropped["no_confidence"] += 1
    elif confidence < floor:
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
