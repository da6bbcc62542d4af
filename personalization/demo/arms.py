"""The arms of the demo: whose reading of the chats holds which attributes; pure.

Ours is what `people.py` says was extracted. Another lab's extractor finds part of the same and goes
wrong elsewhere; a verifier mends what is doubtful in ours and withdraws what is wrong.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from personalization.demo import misreadings
from personalization.demo.mistakes import DOUBTFUL
from personalization.demo.nouns import Filler, Mistake, Trait, stream
from personalization.demo.people import TRAITS, Attribute, Person
from personalization.demo.planted import FAR_REJECTED, SHARED_DOUBTFUL


@dataclass(frozen=True, slots=True, eq=False)
class Further:
    """An attribute that is not ours: the exchange it was read from, and what it rewrites."""

    attribute: Attribute
    read_from: Attribute | Filler
    refined_from: Attribute | None = None
    # Whether it stands before our own one of the same exchange, where people review both.
    first: bool = False


@dataclass(slots=True)
class Arms:
    """What each arm holds, and what comes to a person's review beside our own attributes."""

    ours: list[Attribute] = field(default_factory=list)
    theirs: list[Attribute] = field(default_factory=list)
    revised: list[Attribute] = field(default_factory=list)
    refined: list[Attribute] = field(default_factory=list)  # left out: there is a better wording
    withdrawn: list[Attribute] = field(default_factory=list)
    further: dict[Person, list[Further]] = field(default_factory=dict)


def draw(seed: int, people: list[Person]) -> Arms:
    """Return the arms of a seed."""
    numbers = stream(seed, "arms")
    arms = Arms()
    also_doubtful = set(numbers.sample(range(len(people)), SHARED_DOUBTFUL))
    far = _fates(numbers, people)
    for place, person in enumerate(people):
        (doubtful,) = (one for one in person.mistakes if one.fits == "uncertain")
        true = numbers.sample(person.attributes, len(person.attributes))
        shared = true[: len(true) // 2]
        # In the order of the chats, as everything that is read from them.
        kept = {*shared, *([doubtful] if place in also_doubtful else [])}
        own = [
            *(_too_far(one, next(far)) for one in true[len(shared) :][: _too_far_of(person)]),
            _task(next(one for chat in person.chats for one in chat if isinstance(one, Filler))),
        ]
        mended = _mended(doubtful)
        arms.ours += person.extracted
        arms.theirs += [one for one in person.extracted if one in kept]
        arms.theirs += [one.attribute for one in own]
        arms.revised += [one for one in person.extracted if one.fits == "accepted"]
        arms.revised.append(mended.attribute)
        arms.refined.append(doubtful)
        arms.withdrawn += [one for one in person.extracted if one.fits == "rejected"]
        arms.further[person] = [_placed(numbers, one) for one in (*own, mended)]
    return arms


def _too_far_of(person: Person) -> int:
    return (len(person.attributes) - 1) // 2


def _fates(numbers: random.Random, people: list[Person]) -> Iterator[str]:
    """Yield what owners say of what goes too far: a planted number of them is rejected."""
    count = sum(map(_too_far_of, people))
    fates = ["rejected"] * FAR_REJECTED + ["uncertain"] * (count - FAR_REJECTED)
    numbers.shuffle(fates)
    return iter(fates)


def _placed(numbers: random.Random, one: Further) -> Further:
    first = numbers.random() < 1 / 2
    return Further(one.attribute, one.read_from, one.refined_from, first)


def _too_far(true: Attribute, fits: str) -> Further:
    error = "overgeneralized" if fits == "rejected" else ""
    return Further(_read(TOO_FAR[true.text], true, fits, error), true)


def _task(asked: Filler) -> Further:
    (text,) = (text for start, text in misreadings.TASKS.items() if asked.said.startswith(start))
    return Further(_read(text, asked, "rejected", "task_or_role_play"), asked)


def _mended(doubtful: Attribute) -> Further:
    text, fits = MENDED[doubtful.text]
    return Further(_read(text, doubtful, fits), doubtful, refined_from=doubtful)


def _read(text: str, from_: Attribute | Filler, fits: str, error: str = "") -> Attribute:
    return Attribute(text, from_.said, from_.replied, fits, error=error, further=True)


def _filled(ones: Iterable[Trait | Mistake], texts: "dict[str, str]") -> dict[str, tuple[str, str]]:
    """Return for each attribute what becomes of it, and the template that it comes from."""
    return {
        one.attribute.format(**fill): (texts[one.attribute].format(**fill), one.attribute)
        for one in ones
        for fill in one.fills
    }


TOO_FAR = {true: text for true, (text, _of) in _filled(TRAITS, dict(misreadings.TOO_FAR)).items()}
MENDED = {
    doubtful: (text, "uncertain" if of in misreadings.STILL_DOUBTFUL else "accepted")
    for doubtful, (text, of) in _filled(DOUBTFUL, dict(misreadings.MENDED)).items()
}
