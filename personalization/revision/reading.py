"""Read what a model says of an attribute, and how it writes one anew: strictly; pure, no Django.

First the JSON that was asked for, alone, in a fence or somewhere in the text (the last one that fits
counts: what stands before it are drafts); for a check, then a line that names it. What cannot be read
is an error, never "nothing is wrong" and never "withdrawn".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from personalization.extraction.ladder import UnreadableError, values

LONGEST, LONGEST_REASON = 300, 1000  # characters, as in extraction
STATEMENT = re.compile(r"The user\b")
VERDICT = re.compile(r"^\W*problematic\W*[:=]\W*(?P<said>true|false|yes|no)\b", re.I | re.M)
WHY = re.compile(r"^\W*why\W*[:=][\s*_]*(?P<said>.*\S)", re.I | re.M)
WORDS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Check:
    """Whether an attribute is problematic, and what is wrong with it."""

    flagged: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An attribute in other words, and the reason for it; without text it is withdrawn."""

    text: str
    reason: str = ""


def read_check(answer: str) -> Check:
    """Return what a check says.

    >>> read_check('{"why": "It says too much.", "problematic": true}')
    Check(flagged=True, why='It says too much.')
    >>> read_check("It may be.")
    Traceback (most recent call last):
        ...
    personalization.extraction.ladder.UnreadableError: no verdict in the answer
    """
    for said in _objects(answer):
        if (flagged := _truth(said.get("problematic"))) is not None:
            return Check(flagged, _plain(said.get("why"))[:LONGEST_REASON] if flagged else "")
    if lines := VERDICT.findall(answer):
        why, flagged = WHY.findall(answer), WORDS[lines[-1].lower()]
        return Check(flagged, _plain(why[-1])[:LONGEST_REASON] if why and flagged else "")
    raise UnreadableError("no verdict in the answer")


def read_rewrite(answer: str) -> Rewrite:
    """Return an attribute as it was written anew, or without text where it was withdrawn.

    >>> read_rewrite('{"attribute": "The user sails.", "reason": "Says so.", "withdraw": false}')
    Rewrite(text='The user sails.', reason='Says so.')
    >>> read_rewrite('{"attribute": "", "reason": "", "withdraw": true}')
    Rewrite(text='', reason='')
    """
    fault = "no attribute in the answer"
    for said in _objects(answer):
        reason = _plain(said.get("reason"))[:LONGEST_REASON]
        if _truth(said.get("withdraw")):
            return Rewrite("", reason)
        text = _plain(said.get("attribute"))
        if STATEMENT.match(text) and len(text) <= LONGEST:
            return Rewrite(text, reason)
        if text:
            fault = "the attribute is too long" if len(text) > LONGEST else "not a statement"
    raise UnreadableError(fault)


def _objects(answer: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of an answer, the last one first."""
    return (one for one in reversed(list(values(answer))) if isinstance(one, dict))


def _truth(value: object) -> bool | None:
    """Return a truth value, also where it was written as a word; None for anything else."""
    if isinstance(value, bool):
        return value
    return WORDS.get(value.strip().lower()) if isinstance(value, str) else None


def _plain(value: object) -> str:
    """Return a text in one line, without what a database cannot hold; empty for no text."""
    if not isinstance(value, str):
        return ""
    sound = value.encode("utf-8", "ignore").decode().replace("\0", "")
    return " ".join(sound.split())
