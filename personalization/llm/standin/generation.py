"""The stand-in as author: a plain plan for a request, bent towards what is known of the user."""

import re

from personalization.llm.standin.words import COMMON, WORD, common, pick, to_you

OPENINGS = (
    "Here is a simple way to go about it.",
    "A small plan goes a long way here.",
    "Take it in three steps.",
)
FIRST = (
    "First, write down in one sentence what a good result looks like for you{about}.",
    "Begin with what you already have{about}, and note what is missing.",
)
SECOND = (
    "Then compare two or three options, not more, by what they cost in money, time and effort.",
    "Then pick the smallest step that shows a result, and give it one week.",
)
THIRD = (
    "Last, set a day on which you look at how it went and change one thing.",
    "In the end, keep what worked and drop the rest without regret.",
)
FITTING = (
    "As {known}, choose what fits in with that before anything else.",
    "Since {known}, let that decide between options that look alike.",
    "Remember that {known}: plan around it and not against it.",
)
# What makes an answer longer without saying more.
MORE = (
    "Write each step down in a few plain words.",
    "Tell somebody what you are about to do, and ask them to be honest.",
    "Leave some time between the steps, so that you see what has changed.",
    "Small steps that are done count more than large ones that are planned.",
    "Keep the list short enough to read it at one glance.",
)
MOST = 2  # attributes that shape one answer
LENGTH = re.compile(r"\bas close to (\d+) words\b")


def length(instructions: str) -> int | None:
    """Return how many words are asked for; None where the length is free."""
    found = LENGTH.search(instructions)
    return int(found[1]) if found else None


def generate(query: str, attributes: list[str], words: int | None = None) -> str:
    """Return an answer to the request; with attributes, those nearest to the request shape it.

    With `words`, an answer of that length: filled up or cut.
    """
    lines = [
        pick(OPENINGS, query),
        pick(FIRST, query, "first").format(about=_about(query)),
        pick(SECOND, query, "second"),
    ]
    near = sorted(attributes, key=lambda one: -common(one, query))[:MOST]
    start = FITTING.index(pick(FITTING, query, *near))
    for place, attribute in enumerate(near):
        known = to_you(attribute)
        lines.append(FITTING[(start + place) % len(FITTING)].replace("{known}", known))
    whole = " ".join([*lines, pick(THIRD, query, "third")])
    return whole if words is None else _as_long(whole, words)


def _as_long(text: str, words: int) -> str:
    """Return a text filled up or cut to so many words."""
    said = text.split()
    while len(said) < words:
        said += " ".join(MORE).split()
    return f"{' '.join(said[:words]).rstrip('.,;:')}."


def _about(query: str) -> str:
    """Name what the request is about by its longest words."""
    words = [word for word in WORD.findall(query) if word.lower() not in COMMON and len(word) > 4]
    longest = sorted(dict.fromkeys(words), key=lambda word: (-len(word), words.index(word)))[:2]
    kept = [word.lower() for word in words if word in longest]
    return f" when it comes to {' and '.join(dict.fromkeys(kept))}" if kept else ""
