"""The nouns that the texts are made of, and the seeded streams that choose among them; pure."""

import random
from dataclasses import dataclass
from enum import StrEnum

Fill = dict[str, str]


class Topic(StrEnum):
    """What a query is about; a trait matters to a query if it has advice on its topic."""

    COOKING = "cooking"
    TRAVEL = "travel"
    STUDY = "study"
    WORK = "work"
    FITNESS = "fitness"
    WRITING = "writing"
    HOME = "home"
    MONEY = "money"
    LEISURE = "leisure"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Trait:
    """Something true of a person, in three versions: how it came up, and what follows from it."""

    attribute: str
    said: str
    replied: str
    advice: dict[Topic, str]
    fills: tuple[Fill, Fill, Fill]
    group: str = ""  # a person has one trait of a group, so that nobody has two jobs


@dataclass(frozen=True, slots=True)
class Mistake:
    """An attribute that a conversation only half supports, or not at all, in three versions."""

    attribute: str
    said: str
    replied: str
    fills: tuple[Fill, Fill, Fill]
    error: str = ""  # the error code that it deserves, where it is wrong


@dataclass(frozen=True, slots=True)
class Filler:
    """An exchange from which nothing was extracted, and what the extractor missed in it, if anything."""

    said: str
    replied: str
    missed: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A new request, and what anybody could be told: an opening, steps in order, a closing."""

    topic: Topic
    text: str
    opening: str
    steps: tuple[str, str, str, str]
    closing: str


def stream(seed: int, purpose: str) -> random.Random:
    """Return the random numbers of one purpose, so that no other purpose moves them."""
    return random.Random(f"{seed} {purpose}")  # noqa: S311 - texts of a demo, no secret
