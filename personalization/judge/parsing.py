"""Read a judge's answer, in the form that was demanded of it; pure, no Django.

First strictly: exactly the demanded form. Then by a ladder of forms that mean the same. What cannot
be read is never a vote, and never mended: a certainty of 101 is no certainty of 100.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from personalization.judge.choices import Choice, Scale, Side
from personalization.judge.ladder import (
    exactly,
    has_answer_line,
    named,
    read_answer,
    refuses,
)
from personalization.judge.manner import Manner
from personalization.judge.settlement import INCONSISTENT, Reading, most_probable
from personalization.judge.shares import read_shares, strict_shares
from personalization.judge.top_tokens import has_tokens, read_tokens
from personalization.llm.backend import Answer

Rung = Literal["strict", "ladder", ""]
# What of an answer could not be read.
Why = Literal["", "answer", "certainty", "shares", "logprobs", "refused"]

LONGEST = 50_000  # characters from the end, where an answer stands
LINE = re.compile(r"Answer: (?P<key>.+)")
BRACKETS = re.compile(r"\[\[\s*(?P<said>[^\[\]\n]{1,200}?)\s*\]\]")
PAIR = re.compile(r"\[\[(?P<key>[^\[\]\n]+)\]\] \[\[(?P<certainty>[^\[\]\n]+)\]\]")
CERTAINTY = re.compile(
    r"\b(?:certainty|confidence)\b(?:[ \t]+(?:score|level|is))*[^\w\n.+-]{0,12}(?P<said>[\w.,/+-]++)"
    r"(?!\s*(?:out\s+of|of)\s*[0-9])",  # another scale than the one asked for
    re.I,
)
SHORT = re.compile(r"\W*(?P<said>[\w ]+?)\W{1,5}(?P<certainty>[\w.,/+-]+)\s*%?\W*")
BEHIND = re.compile(r"\W{0,10}(?P<said>[\w.,/+-]++)[^\w\n]*(?:\n|\Z)")
SHORTEST = 300  # characters of a line that holds nothing but an answer and its certainty
PERCENT = re.compile(r"[1-9][0-9]?|100")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an answer says, mapped back to candidates; `reading` None = unreadable, ask again.

    `rung` tells which parser read it, `why` what could not be read.
    """

    reading: Reading | None
    rung: Rung = ""
    why: Why = ""


def read(answer: Answer, scale: Scale, side: Side, manner: Manner) -> Parsed:
    """Return what an answer to one order says."""
    offered = scale.offered_for(manner.tie)
    text = answer.text[-LONGEST:]
    if answer.finish in ("refusal", "content_filter"):
        return REFUSED
    match manner.answer:
        case "certainty":
            return _certain(text, offered, scale, side, manner)
        case "shares":
            return _shares(text, offered, scale, side, manner)
        case "logprobs":
            return _weighed(answer, offered, scale, side)
    return _value(text, offered, scale, side, manner)


REFUSED = Parsed(Reading(None, "refused"), why="refused")


def _unread(text: str, why: Why) -> Parsed:
    return REFUSED if refuses(text) else Parsed(None, why=why)


def _value(
    text: str, offered: Sequence[Choice], scale: Scale, side: Side, manner: Manner
) -> Parsed:
    strict = LINE.fullmatch(_demanded(text, manner))
    code = _keyed(strict["key"], offered) if strict else None
    if code is not None:
        return Parsed(Reading(scale.seen_as(code, side)), "strict")
    if refuses(text) and not has_answer_line(text):
        return REFUSED  # "I can't choose between A and B" chooses none
    code = read_answer(text, offered)
    if code is None:
        return _unread(text, "answer")
    return Parsed(Reading(scale.seen_as(code, side)), "ladder")


def _certain(
    text: str, offered: Sequence[Choice], scale: Scale, side: Side, manner: Manner
) -> Parsed:
    rung: Rung = "strict"
    strict = PAIR.fullmatch(_demanded(text, manner))
    code = _keyed(strict["key"], offered) if strict else None
    certainty: str | None = strict["certainty"] if strict and code is not None else None
    if code is None:
        rung = "ladder"
        if refuses(text) and not has_answer_line(text):
            return REFUSED
        code, certainty = _pair(text, offered)
    if code is None:
        return _unread(text, "answer")
    if certainty is None or not PERCENT.fullmatch(certainty):
        return _unread(text, "certainty")
    return Parsed(Reading(scale.seen_as(code, side), certainty=int(certainty)), rung)


def _pair(text: str, offered: Sequence[Choice]) -> tuple[int | None, str | None]:
    """Return the option and what stands for its certainty, where both can be found."""
    found = [*BRACKETS.finditer(text)]
    if len(found) > 1 and (code := named(found[-2]["said"], offered)) is not None:
        return code, found[-1]["said"].rstrip("% ")
    if found and (code := exactly(found[-1]["said"], offered)) is not None:
        return code, _number(_around(text, found[-1].end()))
    if found:
        before = text[: found[-1].start()]
        return read_answer(before, offered), found[-1]["said"].rstrip("% ")
    if said := [*CERTAINTY.finditer(text)]:
        rest = text[: said[-1].start()] + text[said[-1].end() :]
        return read_answer(rest, offered), _number(said[-1])
    line = _last_line(text).removeprefix("Answer:")
    if len(line) <= SHORTEST and (short := SHORT.fullmatch(line)):
        return exactly(short["said"], offered), _number(short, "certainty")
    return read_answer(text, offered), None


def _around(text: str, at: int) -> re.Match[str] | None:
    """Return where a certainty stands: right behind the answer, else where it is called so."""
    behind = CERTAINTY.search(text, at) or BEHIND.match(text, at)
    return behind or next(reversed([*CERTAINTY.finditer(text, 0, at)]), None)


def _number(found: re.Match[str] | None, name: str = "said") -> str | None:
    """Return a number as it was said, without the stop of its sentence."""
    return found[name].rstrip(".,") if found else None


def _shares(
    text: str, offered: Sequence[Choice], scale: Scale, side: Side, manner: Manner
) -> Parsed:
    rung: Rung = "strict"
    shares = strict_shares(_demanded(text, manner), offered)
    if shares is None:
        rung, shares = "ladder", read_shares(text, offered)
    if shares is None:
        return _unread(text, "shares")
    return Parsed(_distributed(shares, scale, side), rung)


def _weighed(answer: Answer, offered: Sequence[Choice], scale: Scale, side: Side) -> Parsed:
    weighed = read_tokens(answer.raw, offered)
    if weighed is None:
        return _unread(answer.text, "answer" if has_tokens(answer.raw) else "logprobs")
    rung: Rung = "strict" if _keyed(answer.text.strip(), offered) is not None else "ladder"
    return Parsed(_distributed(weighed.shares, scale, side, weighed.left_out), rung)


def _distributed(
    shares: dict[int, float], scale: Scale, side: Side, left_out: float | None = None
) -> Reading:
    """Return shares as a reading: its value is the most probable option, where there is one."""
    spread = scale.spread(shares, side)
    value = most_probable(spread, scale)
    return Reading(value, INCONSISTENT if value is None else None, None, spread, left_out)


def _keyed(said: str, offered: Sequence[Choice]) -> int | None:
    """Return the option whose key this is, in capitals or not."""
    for same in (str, str.casefold):
        codes = [one.code for one in offered if same(one.key) == same(said)]
        if codes:
            return codes[0] if len(codes) == 1 else None
    return None


def _demanded(text: str, manner: Manner) -> str:
    """Return what is to have the demanded form: the end of a text with reasons, else all of it."""
    return _last_line(text) if manner.reasons else text.strip()


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2].strip()
