"""What a laboratory's own version of a prompt must hold, so that texts of people stay data.

The shipped versions say it: an own one keeps their sections, their places, and the sentence that
names the mark of the fences.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from personalization.prompts import (
    MARK,
    PLACE,
    Prompt,
    PromptError,
    PromptFault,
    headed,
    parse,
    prompt,
)

# Places whose text may be empty; where the first version had one already, it is the item's own.
MAY_LACK = frozenset({"rubric", "persona", "attributes", "conversation", "examples"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What versions of one prompt may hold, and what they must."""

    data: frozenset[str]
    instructions: frozenset[str]
    needed: tuple[str, ...]  # as they are written: {options}, {{query}}
    optional: tuple[str, ...]
    sections: tuple[str, ...]
    marked: bool


@cache
def rules_of(name: str) -> Rules:
    """Return the rules for a prompt, from its shipped versions; LookupError where it has none."""
    new, first = prompt(name), prompt(name, 1)
    free = MAY_LACK - first.places
    return Rules(
        data=new.data | first.data,
        instructions=new.instructions | first.instructions,
        needed=_written(new, new.places - free),
        optional=_written(new, new.places & free),
        sections=tuple(f"## {role}" for role, _text in new.sections),
        marked=_marked(new),
    )


def faults(name: str, body: str) -> list[PromptFault]:
    """Return all that is wrong with the text of an own version; nothing, where it may be kept."""
    try:
        # The number is not known yet; what is wrong does not depend on it.
        read = parse(name, 0, headed(name, 0, body))
    except PromptError as error:
        return list(error.faults)
    return list(_faults(read, rules_of(name)))


def _faults(read: Prompt, rules: Rules) -> Iterator[PromptFault]:
    sections = tuple(f"## {role}" for role, _text in read.sections)
    yield from (PromptFault("no_section", one) for one in rules.sections if one not in sections)
    yield from (PromptFault("extra_section", one) for one in sections if one not in rules.sections)
    if set(sections) == set(rules.sections) and sections != rules.sections:
        yield PromptFault("section_order", ", ".join(rules.sections))
    for place in sorted(read.instructions & rules.data):
        yield PromptFault("not_data", place)
    for place in _written(read, read.places - (read.instructions & rules.data)):
        if place not in _all(rules):
            yield PromptFault("unknown_place", place)
    for place in rules.needed:
        if place not in _written(read, read.places):
            yield PromptFault("place_missing", place)
    for role, text in read.sections:
        found = [place["data"] for place in PLACE.finditer(text) if place["data"]]
        if role == "system":
            yield from (PromptFault("data_in_system", f"{{{{{place}}}}}") for place in found)
        for place, times in Counter(found).items():
            if times > 1:
                yield PromptFault("place_twice", f"{{{{{place}}}}}")
    if rules.marked and not _marked(read):
        yield PromptFault("no_mark")


def _marked(read: Prompt) -> bool:
    """Return whether the mark is named before the first text, in a paragraph that always stands."""
    user = next((text for role, text in read.sections if role == "user"), "")
    for paragraph in user.split("\n\n"):
        places = list(PLACE.finditer(paragraph))
        if any(place["data"] for place in places):
            return False
        if any(place["said"] == MARK for place in places):
            return all(place["said"] == MARK for place in places)
    return False


def _all(rules: Rules) -> frozenset[str]:
    said = {f"{{{place}}}" for place in rules.instructions}
    return frozenset(said | {f"{{{{{place}}}}}" for place in rules.data})


def _written(read: Prompt, places: frozenset[str]) -> tuple[str, ...]:
    """Return places as they are written in the prompt, in alphabetical order."""
    return tuple(f"{{{{{one}}}}}" if one in read.data else f"{{{one}}}" for one in sorted(places))
