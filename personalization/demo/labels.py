"""What people answer: owners say what is true for them, strangers guess; pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from personalization.demo.nouns import stream
from personalization.demo.people import Person
from personalization.demo.planted import (
    MISSED_BY_STRANGER,
    SKIPPED,
    STRANGER_SAME_CODE,
    STRANGER_SAME_FITS,
    STRANGER_SAME_POINT,
    STRANGER_YES,
    YesRates,
)
from personalization.demo.sheets import HIGHEST, LOWEST, Ask, Item, Sheet

FITS = ("rejected", "uncertain", "accepted")
CODES = ("overgeneralized", "no_evidence", "task_or_role_play", "not_standalone")
MIDDLE = 3  # the scale says 1 to 5, points count from its middle


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """An answer to an item: the key of an option, or None where it was skipped."""

    item: Item
    value: str | None


@dataclass(slots=True, eq=False)
class Visit:
    """Somebody at a sheet: what they answered, and what they say was missed."""

    sheet: Sheet
    rater: Person
    labels: list[Label]
    missed: list[str]

    @property
    def by_owner(self) -> bool:
        """Return whether the sheet is about the rater."""
        return self.rater is self.sheet.owner


def of_people(seed: int, sheets: list[Sheet]) -> list[Visit]:
    """Return the answers of owners and strangers, sheet by sheet."""
    numbers = stream(seed, "people's labels")
    # Of their own, so that nothing that other arms read moves an answer to anything else.
    further = stream(seed, "people's labels of other arms")
    visits = []
    for sheet in sheets:
        visits.append(of_owner(sheet))
        visits += [_of_stranger(numbers, further, sheet, stranger) for stranger in sheet.strangers]
    return visits


def of_owner(sheet: Sheet) -> Visit:
    """Return the owner's answers, which are the truth of the study."""
    labels = [
        Label(item, _told(item, item.answer, item.points))
        for item in sheet.items
        if item.ask is not Ask.ERROR_CODE or item.answer
    ]
    return Visit(sheet, sheet.owner, labels, sheet.owner.missed if _is_review(sheet) else [])


def _of_stranger(
    numbers: random.Random, further: random.Random, sheet: Sheet, stranger: Person
) -> Visit:
    labels = list(_guesses(numbers, further, sheet))
    missed = [
        one
        for one in (sheet.owner.missed if _is_review(sheet) else [])
        if numbers.random() < MISSED_BY_STRANGER
    ]
    return Visit(sheet, stranger, labels, missed)


def _guesses(ours: random.Random, further: random.Random, sheet: Sheet) -> Iterator[Label]:
    """Yield a stranger's guess for each item; an attribute has an error code if it is rejected."""
    said, overall = None, 0
    for item in sheet.items:
        numbers = further if item.attribute and item.attribute.further else ours
        match item.ask:
            case Ask.ATTRIBUTE:
                said = _perhaps(numbers, guess_fits(STRANGER_SAME_FITS, numbers, item.answer))
                yield Label(item, said)
            case Ask.ERROR_CODE if said == FITS[0]:
                yield Label(item, _perhaps(numbers, guess_code(numbers, item.answer)))
            case Ask.RELEVANCE:
                yield Label(item, _perhaps(numbers, guess_yes(STRANGER_YES, numbers, item.answer)))
            case Ask.OVERALL:
                overall = guess_points(STRANGER_SAME_POINT, numbers, item.points)
                yield Label(item, _perhaps(numbers, point(overall)))
            case Ask.CHOICE:
                yield Label(item, _perhaps(numbers, choice(overall)))
            case Ask.GAIN:
                guess = guess_points(STRANGER_SAME_POINT, numbers, item.points)
                yield Label(item, _perhaps(numbers, point(guess)))


def _perhaps(numbers: random.Random, value: str) -> str | None:
    """Return the value, or now and then None: skipped."""
    return None if numbers.random() < SKIPPED else value


def _is_review(sheet: Sheet) -> bool:
    return sheet.query is None


def _told(item: Item, answer: str, points: int) -> str:
    """Return the option of an item that goes with its answer or its points."""
    if item.ask is Ask.CHOICE:
        return choice(points)
    return point(points) if item.ask in (Ask.OVERALL, Ask.GAIN) else answer


def point(points: int) -> str:
    """Return the option of the five-point scale; positive points are for b.

    >>> point(-2), point(0), point(2)
    ('1', '3', '5')
    """
    return str(points + MIDDLE)


def choice(points: int, lean: str = "tie") -> str:
    """Return the candidate that points prefer; none at all fall to `lean`.

    >>> choice(-2), choice(1), choice(0), choice(0, lean="b")
    ('a', 'b', 'tie', 'b')
    """
    return {-1: "a", 0: lean, 1: "b"}[(points > 0) - (points < 0)]


def guess_yes(rates: YesRates, numbers: random.Random, answer: str) -> str:
    """Return yes at the rate that goes with the owner's answer."""
    return "yes" if numbers.random() < (rates.if_yes if answer == "yes" else rates.if_no) else "no"


def guess_fits(same: float, numbers: random.Random, answer: str) -> str:
    """Return the owner's answer with chance `same`, else one of the other two."""
    if numbers.random() < same:
        return answer
    return numbers.choice([one for one in FITS if one != answer])


def guess_code(numbers: random.Random, deserved: str) -> str:
    """Return the error code that a mistake deserves, or (now and then) another one."""
    if deserved and numbers.random() < STRANGER_SAME_CODE:
        return deserved
    return numbers.choice([one for one in CODES if one != deserved])


def guess_points(same: float, numbers: random.Random, points: int) -> int:
    """Return the owner's points with chance `same`, else a point next to them."""
    return points if numbers.random() < same else beside(numbers, points)


def beside(numbers: random.Random, points: int) -> int:
    """Return a point next to this one on the scale."""
    return numbers.choice([p for p in (points - 1, points + 1) if LOWEST <= p <= HIGHEST])
