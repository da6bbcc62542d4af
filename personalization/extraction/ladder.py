"""Find the JSON in a model's answer: endpoints without structured output say more, or less, than it.

From the strictest reading down: the whole answer, what stands in a fence, a list that breaks off (of
which the whole entries count), an entry on each line, and last the first value that fits, anywhere.
Commas before a closing bracket are forgiven throughout. Of an answer without a single whole entry
nothing is made up, not even an empty list.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

TRIES = 50  # places of a text at which a JSON value may begin; also fences

OPEN = re.compile(r"```(?:json\w*)?", re.IGNORECASE)
BEGIN = re.compile(r"[{\[]")
# A string is taken as a whole, so that what looks like such a comma inside of a text stays; also one
# without an end, so that no sign is looked at twice.
COMMA = re.compile(r'("(?:[^"\\]|\\.)*+"?)|,(\s*+[\]}])', re.DOTALL)
LIST = re.compile(r'\s*(?:```(?:json)?\s*\n\s*)?(?:\{\s*"attributes"\s*:\s*)?\[\s*', re.IGNORECASE)
BETWEEN = re.compile(r"\s*,\s*")
DECODER = json.JSONDecoder()


class UnreadableError(ValueError):
    """The answer is not what was asked for: nothing of it is used."""


def entries(answer: str) -> tuple[list[dict[str, Any]], bool]:
    """Return the list of objects that was asked for, and whether its end is missing.

    >>> entries('[{"a": 1,}, {"a": 2')
    ([{'a': 1}], True)
    """
    for whole in _wholes(answer):
        if (found := _list(_loaded(whole))) is not None:
            return found, False
    if cut := _cut(_forgiven(answer)):
        return cut, True
    if lines := _lines(answer):
        return lines, False
    for value in values(answer):
        if (found := _list(value)) is not None:
            return found, False
    raise UnreadableError("no list of attributes in the answer")


def values(answer: str) -> Iterator[object]:
    """Yield the JSON values of an answer: whole ones first, then those that stand anywhere in it.

    An empty list counts only where nothing before it was broken: it may be a part of that.
    """
    for whole in _wholes(answer):
        if (value := _loaded(whole)) is not None:
            yield value
    for text in dict.fromkeys((answer, _forgiven(answer))):
        broken = False
        for begin in [place.start() for place in BEGIN.finditer(text)][:TRIES]:
            try:
                value = DECODER.raw_decode(text, begin)[0]
            except (ValueError, RecursionError):
                broken = True
                continue
            if value or not broken:
                yield value


def _wholes(answer: str) -> Iterator[str]:
    """Yield the whole answer, and what stands between lines of three backticks."""
    yield answer
    yield from islice(_fenced(answer), TRIES)


def _fenced(answer: str) -> Iterator[str]:
    inside: list[str] | None = None
    for line in answer.split("\n"):
        if inside is None:
            inside = [] if OPEN.fullmatch(line.strip()) else None
        elif line.strip().startswith("```"):
            yield "\n".join(inside)
            inside = None
        else:
            inside.append(line)


def _forgiven(text: str) -> str:
    return COMMA.sub(lambda found: found[1] or found[2], text)


def _loaded(text: str) -> object:
    """Return the value that a whole text is; None for none."""
    for one in (text, _forgiven(text)):
        try:
            return json.loads(one)
        except (ValueError, RecursionError):
            continue
    return None


def _list(value: object) -> list[dict[str, Any]] | None:
    found = value.get("attributes") if isinstance(value, dict) else value
    if isinstance(found, list) and all(isinstance(one, dict) for one in found):
        return found
    return None


def _cut(answer: str) -> list[dict[str, Any]]:
    """Return the whole entries before the place where a list breaks off."""
    found: list[dict[str, Any]] = []
    next_one = LIST.match(answer)
    while next_one is not None:
        try:
            one, end = DECODER.raw_decode(answer, next_one.end())
        except (ValueError, RecursionError):
            return found
        if not isinstance(one, dict):
            return []
        found.append(one)
        next_one = BETWEEN.match(answer, end)
    return found


def _lines(answer: str) -> list[dict[str, Any]]:
    """Return entries that stand on lines of their own, outside of any list."""
    said = (line.strip().rstrip(",") for line in answer.splitlines())
    found = (_loaded(line) for line in said if line.startswith("{"))
    return [one for one in found if isinstance(one, dict) and "attribute" in one]
