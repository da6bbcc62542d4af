"""What people answer: owners say what is true for them, strangers guess; pure."""

import random
from collections.abc import Callable

from personalization.demo.items import Item
from personalization.demo.nouns import stream
from personalization.demo.people import Person
from personalization.demo.planted import (
    MORE_SHARE,
    MORE_STRANGERS,
    SKIPPED,
    STRANGER_SAME_FITS,
    STRANGER_SAME_OVERALL,
    STRANGER_YES,
    STRANGERS,
    YesRates,
)

FITS = ("rejected", "uncertain", "accepted")
LOWEST, HIGHEST = -2, 2
SKIP = "skipped"

Row = dict[str, str]
Guess = Callable[[random.Random, str], str]


def of_people(seed: int, question: str, items: list[Item], people: list[Person]) -> list[Row]:
    """Return the answers of owners and strangers to a question, item by item."""
    numbers = stream(seed, f"people's answers to {question}")
    rows = []
    for item in items:
        rows.append({"item": item.key, "rater": item.owner.name, "value": item.answer})
        for stranger in _strangers(numbers, item.owner, people):
            value = GUESSES[question](numbers, item.answer)
            if numbers.random() < SKIPPED:
                value = SKIP
            rows.append({"item": item.key, "rater": stranger.name, "value": value})
    return rows


def choices(rows: list[Row]) -> list[Row]:
    """Return what the same people choose where no degrees are asked."""
    return [{**row, "value": choice(row["value"])} for row in rows]


def choice(points: str, lean: str = "tie") -> str:
    """Return the candidate that a rating prefers; a rating of 0 falls to `lean`.

    >>> choice("-2"), choice("1"), choice("0"), choice("0", lean="b"), choice("skipped")
    ('a', 'b', 'tie', 'b', 'skipped')
    """
    if points == SKIP:
        return SKIP
    return {-1: "a", 0: lean, 1: "b"}[(int(points) > 0) - (int(points) < 0)]


def guess_yes(rates: YesRates, numbers: random.Random, answer: str) -> str:
    """Return YES at the rate that goes with the owner's answer."""
    return "YES" if numbers.random() < (rates.if_yes if answer == "YES" else rates.if_no) else "NO"


def guess_fits(same: float, numbers: random.Random, answer: str) -> str:
    """Return the owner's answer with chance `same`, else one of the other two."""
    if numbers.random() < same:
        return answer
    return numbers.choice([one for one in FITS if one != answer])


def guess_points(same: float, numbers: random.Random, answer: str) -> str:
    """Return the owner's point with chance `same`, else a point next to it."""
    return answer if numbers.random() < same else str(beside(numbers, int(answer)))


def beside(numbers: random.Random, points: int) -> int:
    """Return a point next to this one on the scale."""
    return numbers.choice([p for p in (points - 1, points + 1) if LOWEST <= p <= HIGHEST])


GUESSES: dict[str, Guess] = {
    "attribute_fits": lambda numbers, answer: guess_fits(STRANGER_SAME_FITS, numbers, answer),
    "relevance": lambda numbers, answer: guess_yes(STRANGER_YES, numbers, answer),
    "overall": lambda numbers, answer: guess_points(STRANGER_SAME_OVERALL, numbers, answer),
}


def _strangers(numbers: random.Random, owner: Person, people: list[Person]) -> list[Person]:
    others = [one for one in people if one.crew == owner.crew and one is not owner]
    return numbers.sample(others, MORE_STRANGERS if numbers.random() < MORE_SHARE else STRANGERS)
