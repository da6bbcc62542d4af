"""Raters that know nothing, to be put beside every judge (protocols 5); pure, no Django.

Each is a function from what is known of an item to a value, or to None with a reason.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from personalization.judge.choices import Choice, Scale, Side
from personalization.judge.settlement import Reading

YES = ("yes", "accepted", "true")


@dataclass(frozen=True, slots=True)
class Known:
    """What a baseline may know: the question, the item's id, lengths, what most people say."""

    item: int
    scale: Scale
    side: Side
    worse: bool = False  # the question asks for the worse one
    lengths: tuple[int, int] | None = None  # characters of candidates a and b
    majority: int | None = None


def random_answer(known: Known) -> Reading:
    """Draw evenly among the options that judges are offered; seeded by the item, in both orders."""
    offered = known.scale.offered
    return Reading(offered[_draw("random", known.item, len(offered))].code)


def always_yes(known: Known) -> Reading:
    """Say YES to everything."""
    yes = yes_option(known.scale)
    return Reading(None, "cannot_tell") if yes is None else Reading(yes.code)


def majority_class(known: Known) -> Reading:
    """Say what third parties said most often about the question's items when the run was planned.

    The class is that of the whole question, with the item's own labels among the others: one class
    for all items. Where nobody has answered, or two classes are equally common, it cannot tell.
    """
    return Reading(known.majority, None if known.majority is not None else "cannot_tell")


def longer_answer(known: Known) -> Reading:
    """Prefer the longer answer, by characters; an equal pair counts for neither (row 11)."""
    if known.lengths is None:
        return Reading(None, "cannot_tell")
    a, b = known.lengths
    return Reading(_preferring(known, None if a == b else "a" if a > b else "b"))


def first_position(known: Known) -> Reading:
    """Prefer what stands first: its two orders contradict each other on every pair."""
    return Reading(_preferring(known, "b" if known.side == "ba" else "a"))


def yes_option(scale: Scale) -> Choice | None:
    """Return the option that says yes, where the question has one."""
    return next((one for one in scale.offered if one.key.casefold() in YES), None)


def _preferring(known: Known, better: str | None) -> int:
    """Return the answer that prefers a candidate, on a scale by the mildest step off the middle.

    None prefers neither: the middle, or the option without a candidate; else a coin by the item.
    """
    offered = known.scale.offered
    if known.worse and better:
        better = "b" if better == "a" else "a"
    if known.scale.ordered:
        low, high = (len(offered) - 1) // 2, len(offered) // 2
        if better is None:
            place = low if low == high else (low, high)[_draw("coin", known.item, 2)]
        elif better == "a":
            place = low - 1 if low == high else low
        else:
            place = high + 1 if low == high else high
        return offered[place].code
    neither = [one.code for one in offered if one.candidate is None]
    if better is None and neither:
        return neither[0]
    wanted = better or "ab"[_draw("coin", known.item, 2)]
    return next(one.code for one in offered if one.candidate == wanted)


def _draw(what: str, item: int, sides: int) -> int:
    """Return a number below `sides` that follows from the item alone, in every process."""
    digest = hashlib.sha256(f"{what}:{item}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % sides


BASELINES: dict[str, Callable[[Known], Reading]] = {
    "random": random_answer,
    "always_yes": always_yes,
    "majority": majority_class,
    "longer": longer_answer,
    "first_position": first_position,
}


def makes_sense(name: str, scale: Scale) -> bool:
    """Return whether a baseline has anything to say about a question."""
    match name:
        case "always_yes":
            return yes_option(scale) is not None
        case "longer" | "first_position":
            return scale.pairs
        case _:
            return len(scale.offered) > 1
