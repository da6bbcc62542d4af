"""What the judges answer, with the planted effects; pure."""

import random
from dataclasses import dataclass

from personalization.demo.items import Item
from personalization.demo.labels import (
    HIGHEST,
    Row,
    beside,
    choice,
    guess_fits,
    guess_points,
    guess_yes,
)
from personalization.demo.nouns import stream
from personalization.demo.planted import JUDGES, SLIP, UNREADABLE, Judge

INVALID = "unreadable"
ORDER_COLUMNS = ("winner_order1", "winner_swapped")


@dataclass(frozen=True, slots=True)
class Rating:
    """A judge's points for a pair with a first and with b first, and whom it leans to at 0."""

    item: Item
    judge: Judge
    points: tuple[int, int]
    lean: str


def of_fits(seed: int, items: list[Item]) -> list[Row]:
    """Return the judges' answers on attributes."""
    numbers = stream(seed, "judges on attribute_fits")
    return [
        _row(numbers, one, item, value=guess_fits(one.same_fits, numbers, item.answer))
        for one in JUDGES
        for item in items
    ]


def of_relevance(seed: int, items: list[Item]) -> list[Row]:
    """Return the judges' answers on relevance; the eager one over-selects."""
    numbers = stream(seed, "judges on relevance")
    return [
        _row(numbers, one, item, value=guess_yes(one.yes, numbers, item.answer))
        for one in JUDGES
        for item in items
    ]


def ratings(seed: int, items: list[Item]) -> list[Rating]:
    """Return the judges' points for each pair of answers, both orders mapped back to a and b."""
    found = []
    for judge in JUDGES:
        numbers = stream(seed, f"{judge.name} on overall")
        read = [_rating(numbers, judge, item) for item in items]
        found += _inflated(numbers, read, judge.inflation) if judge.inflation else read
    return found


def of_overall(seed: int, rated: list[Rating]) -> list[Row]:
    """Return the points as answers, one per order."""
    numbers = stream(seed, "readings of overall")
    return [_orders_row(numbers, one, [str(points) for points in one.points]) for one in rated]


def of_choice(seed: int, rated: list[Rating]) -> list[Row]:
    """Return which candidate the points prefer, one answer per order; judges have no tie."""
    numbers = stream(seed, "readings of choice")
    return [
        _orders_row(numbers, one, [choice(str(points), one.lean) for points in one.points])
        for one in rated
    ]


def _rating(numbers: random.Random, judge: Judge, item: Item) -> Rating:
    lean = numbers.choice("ab")
    if numbers.random() < judge.by_position:
        strength = numbers.choice((1, 2))
        return Rating(item, judge, (-strength, strength), lean)
    meant = int(guess_points(judge.same_overall, numbers, item.answer))
    return Rating(item, judge, (_slipped(numbers, meant), _slipped(numbers, meant)), lean)


def _slipped(numbers: random.Random, points: int) -> int:
    return beside(numbers, points) if numbers.random() < SLIP else points


def _inflated(numbers: random.Random, read: list[Rating], inflation: float) -> list[Rating]:
    """Raise personalized answers by a point, so often that the mean rises by `inflation`.

    What has the highest point already cannot rise, so the others rise a little more often.
    """
    gains = [one.item.sign * points for one in read for points in one.points]
    chance = inflation * len(gains) / sum(gain < HIGHEST for gain in gains)
    return [
        Rating(one.item, one.judge, (_raised(one, 0), _raised(one, 1)), one.lean)
        if numbers.random() < chance
        else one
        for one in read
    ]


def _raised(rating: Rating, order: int) -> int:
    sign = rating.item.sign
    return sign * min(sign * rating.points[order] + 1, HIGHEST)


def _row(numbers: random.Random, judge: Judge, item: Item, value: str) -> Row:
    return {"item": item.key, "judge": judge.name, "value": _read(numbers, value)}


def _orders_row(numbers: random.Random, rating: Rating, values: list[str]) -> Row:
    read = dict(zip(ORDER_COLUMNS, (_read(numbers, value) for value in values), strict=True))
    return {"item": rating.item.key, "judge": rating.judge.name, **read}


def _read(numbers: random.Random, value: str) -> str:
    return INVALID if numbers.random() < UNREADABLE else value
