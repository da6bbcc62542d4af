"""One more rater where the quota's raters do not agree: a place beyond the quota, outside panels.

It is decided when the last open answer to a sheet comes in: a plan that allows more later concerns
sheets that are completed later.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable

from annotation.arrangement import is_required
from annotation.models import Item, Judgment, Slot
from annotation.models.places import ANYBODYS
from annotation.models.question import Kind
from annotation.models.slot import Purpose, SlotRole
from annotation.plans import SEED_BITS, Planned

# One answer agrees with itself.
FEWEST = 2


def add(slot: Slot, plan: Planned) -> bool:
    """Ask one more stranger at the sheet of a place, where all have answered and do not agree.

    At most as many as the plan allows, one after the other. The caller has a turn at the sheet, and
    has found that no place of strangers is open there (`annotation.majority`).
    """
    if not plan.extra_most:
        return False
    extra = {"sheet": slot.sheet, "role": SlotRole.THIRD_PARTY, "purpose": Purpose.EXTRA}
    if Slot.objects.filter(**extra).count() >= plan.extra_most or not is_disputed(slot):
        return False
    Slot.objects.create(**extra, priority=plan.priority, seed=secrets.randbits(SEED_BITS))
    return True


def is_disputed(slot: Slot) -> bool:
    """Return whether strangers do not agree on an item of a sheet, by all their answers so far.

    Not looked at are answers that nobody has to give: to gains that a comparison need not have, and
    what is wrong with an attribute, which is only asked after another answer.
    """
    answers = Judgment.objects.filter(
        item__sheet=slot.sheet_id,
        role=SlotRole.THIRD_PARTY,
        use__in=ANYBODYS,
        occasion=0,
        superseded_at=None,
        value__isnull=False,
    )
    values: dict[int, list[int | None]] = defaultdict(list)
    for item, value in answers.values_list("item", "value"):
        values[item].append(value)
    unclear = [item for item, given in values.items() if not agree(given)]
    items = Item.objects.filter(pk__in=unclear).exclude(question__kind=Kind.ERROR_CODE)
    return any(is_required(slot, item) for item in items.select_related("question"))


def agree(values: Iterable[int | None]) -> bool:
    """Return whether one value holds more than two thirds of the answers; fewer than two agree.

    >>> agree([1, 1, 1, 0]), agree([1, 1, 0]), agree([1])
    (True, False, True)
    """
    counts = Counter(values)
    total = counts.total()
    return total < FEWEST or 3 * max(counts.values()) > 2 * total
