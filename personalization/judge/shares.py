"""Read a distribution that a judge has put into words; pure, no Django.

A JSON object or lines `key: 60%`; shares add up to 1 or 100 within 2 %, and are made to add up to 1.
An option that is not named has no share; whatever else is named makes the whole unreadable.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from personalization.judge.choices import Choice
from personalization.judge.ladder import exactly, names, plain

OBJECT = re.compile(r"\{[^{}]*\}", re.S)
LINE = re.compile(
    r"^[^\w\n]*(?P<name>\w[^:=\n]*?)[^\w:=\n]*[:=]\s*(?P<share>[^\s:=][^:=\n]*?)[\s*_`|,;.]*$"
)
NUMBER = re.compile(r"\+?(\d{1,6}(?:\.\d{1,12})?|\.\d{1,12})\s*%?", re.ASCII)
LONGEST_LINE = 500
SLACK = 0.02

Named = list[tuple[str, float]]


def strict_shares(text: str, choices: Sequence[Choice]) -> dict[int, float] | None:
    """Return the shares of a text that is one JSON object of keys and numbers, and nothing else."""
    pairs = _object(text.strip())
    codes = {one.key: one.code for one in choices}
    if pairs is None or not all(key in codes and _is_number(share) for key, share in pairs):
        return None
    return _whole([(codes[key], float(share)) for key, share in pairs])


def read_shares(text: str, choices: Sequence[Choice]) -> dict[int, float] | None:
    """Return the shares of the last JSON object, else of the last lines that look like some."""
    if found := OBJECT.findall(text):
        pairs = _object(found[-1])
        said = None if pairs is None else [(key, _number(share)) for key, share in pairs]
    else:
        said = [(name, _number(share)) for name, share in _last_lines(text)]
    if not said:
        return None
    read = [(_option(name, choices), share) for name, share in said]
    if any(code is None or share is None for code, share in read):
        return None
    return _whole((code, share) for code, share in read if code is not None and share is not None)


def _object(text: str) -> list[tuple[str, Any]] | None:
    """Return what a JSON object holds, in its order and with what it names twice; None for none."""
    try:
        said = json.loads(text, object_pairs_hook=lambda pairs: pairs)
    except (ValueError, RecursionError):
        return None
    # An array of pairs would look the same as an object.
    return said if text.startswith("{") else None


def _last_lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield names and numbers of the last lines that hold one each and stand together."""
    block: list[tuple[str, str]] = []
    for line in reversed(text.strip().splitlines()):
        found = LINE.match(line) if len(line) <= LONGEST_LINE else None
        if found and _number(found["share"]) is not None:
            block.append((found["name"], found["share"]))
        elif block and line.strip():
            break
    yield from reversed(block)


def _option(name: str, choices: Sequence[Choice]) -> int | None:
    """Return the option of this name: its key, its label, or the one with the other behind it."""
    code = exactly(name, choices)
    if code is None:
        both = {
            one.code
            for one in choices
            if re.fullmatch(r"\W+".join(map(re.escape, names(one))), plain(name))
        }
        code = both.pop() if len(both) == 1 else None
    return code


def _number(said: object) -> float | None:
    if isinstance(said, str) and NUMBER.fullmatch(said.strip()):
        return float(said.strip().rstrip("% \t").lstrip("+"))
    return float(said) if _is_number(said) else None  # type: ignore[arg-type]


def _is_number(said: object) -> bool:
    """Return whether this is a share: a number that is finite and not below 0."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return False
    return 0 <= said <= 1000  # also without NaN, and without what is too large for a float


def _whole(said: Iterable[tuple[int, float]]) -> dict[int, float] | None:
    """Return shares that add up to 1; None where they do not, or name an option twice."""
    pairs = list(said)
    shares = dict(pairs)
    total = math.fsum(shares.values())
    if len(shares) < len(pairs) or not any(
        abs(total - whole) <= SLACK * whole + 1e-9 for whole in (1, 100)
    ):
        return None
    return {code: share / total for code, share in shares.items()}
