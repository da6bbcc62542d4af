"""What a slot's seed decides: the order of a sheet's items, and which response stands first.

The seed belongs to the slot, so a reload, another tab and another day show the same page.
"""

import hashlib
from collections.abc import Iterable, Sequence

from annotation.models import Attribute, Conversation, Evidence, Item, Option, Slot
from annotation.models.question import Candidate, Kind
from annotation.models.sheet import Stage

PAIRED = (Kind.OVERALL, Kind.GAIN)


def arranged(slot: Slot, items: Iterable[Item]) -> list[Item]:
    """Return a sheet's items in the order in which this slot shows them.

    Reviews keep the order in which they were laid. Elsewhere the seed draws the order; a comparison
    starts with the whole, then come the gains that it must have, then the others.
    """
    if slot.sheet.stage == Stage.REVIEW:
        return sorted(items, key=lambda item: item.pk)
    return sorted(items, key=lambda item: (_rank(slot, item), _draw(slot.seed, item.pk)))


def in_reading_order(
    attributes: Iterable[Attribute], conversations: Sequence[Conversation], seed: int
) -> list[Attribute]:
    """Return attributes as somebody reads the conversations: by the first turn that supports each.

    What rests on the same turn, or (at the end) on none, stands in a drawn order: it tells nothing of
    who has found an attribute, nor when.
    """
    given = list(attributes)
    turns = Evidence.objects.filter(attribute__in=given, turn__conversation__in=conversations)
    places: dict[int, tuple[int, int]] = {}
    for attribute, *place in turns.values_list("attribute", "turn__conversation", "turn__position"):
        first = (place[0], place[1])
        places[attribute] = min(first, places.get(attribute, first))
    return sorted(
        given, key=lambda one: (one.pk not in places, places.get(one.pk, ()), _draw(seed, one.pk))
    )


def in_drawn_order(pks: Iterable[int], seed: int) -> list[int]:
    """Return ids in an order that tells nothing of them."""
    return sorted(pks, key=lambda pk: _draw(seed, pk))


def is_required(slot: Slot, item: Item) -> bool:
    """Return whether a comparison must have this gain; everything else it asks is required too."""
    if item.question.kind != Kind.GAIN:
        return True
    return item.attribute_id in slot.sheet.shown.get("required", [])


def first_side(slot: Slot) -> Candidate:
    """Return which candidate of a pair stands first, that is left where there are two columns."""
    return Candidate.B if slot.seed % 2 else Candidate.A


def canonical(slot: Slot, item: Item, options: Sequence[Option], code: int) -> int:
    """Return what an answer says of candidates a and b, given what it says of first and second.

    `options` are the people's options of the item's question, in their order.
    """
    if item.question.kind not in PAIRED or first_side(slot) is Candidate.A:
        return code
    codes = [option.code for option in options]
    return codes[-1 - codes.index(code)]


on_screen = canonical  # turning a scale around twice gives the scale


def _rank(slot: Slot, item: Item) -> int:
    if item.question.kind == Kind.OVERALL:
        return 0
    return 1 if is_required(slot, item) else 2


def _draw(seed: int, pk: int) -> bytes:
    """Return a place in a random order that no version of Python or of a library will change."""
    return hashlib.sha256(f"{seed}:{pk}".encode()).digest()
