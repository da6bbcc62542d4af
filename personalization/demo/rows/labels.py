"""What people answered: their places at the sheets, their answers, and what they missed."""

import json
from collections import Counter
from collections.abc import Sequence

from annotation.arrangement import arranged, first_side
from annotation.models import Judgment, MissingAttribute, Slot
from annotation.models.judgment import Reason
from annotation.models.slot import SlotRole
from personalization.demo import labels as plan
from personalization.demo.nouns import stream
from personalization.demo.rows import times
from personalization.demo.rows.copying import copy
from personalization.demo.rows.people import Crowd
from personalization.demo.rows.sheets import Laid
from personalization.demo.sheets import Item

SEED_BITS = 31


def add(crowd: Crowd, laid: Laid, visits: Sequence[plan.Visit], seed: int, strangers: int) -> None:
    """Add a submitted place with its answers for each visit, and open ones up to `strangers`."""
    numbers = stream(seed, "seeds of places")
    slots: list[Slot] = []
    taken: dict[int, int] = {}
    for visit in visits:
        sheet = laid.sheets[visit.sheet]
        leased_at = times.joined(visit.rater.number) + times.PREPARING
        ordinal = 0 if visit.by_owner else taken.get(sheet.pk, 0)
        taken[sheet.pk] = ordinal if visit.by_owner else ordinal + 1
        slots.append(
            Slot(
                sheet=sheet,
                role=SlotRole.FIRST_PERSON if visit.by_owner else SlotRole.THIRD_PARTY,
                ordinal=ordinal,
                reserved_for=crowd.raters[visit.rater] if visit.by_owner else None,
                rater=crowd.raters[visit.rater],
                seed=numbers.getrandbits(SEED_BITS),
                leased_at=leased_at,
                leased_until=leased_at + times.JOINING,
                submitted_at=leased_at + times.seconds_at(len(visit.labels)),
            )
        )
    for sheet in laid.sheets.values():
        slots += [
            Slot(
                sheet=sheet,
                role=SlotRole.THIRD_PARTY,
                ordinal=ordinal,
                seed=numbers.getrandbits(SEED_BITS),
            )
            for ordinal in range(taken.get(sheet.pk, 0), strangers)
        ]
    Slot.objects.bulk_create(slots)
    sent = Counter(visit.rater for visit in visits if not visit.by_owner)
    for person, count in sent.items():
        crowd.participant(person).enrollments.update(others_sent=count)
    told = list(zip(visits, slots, strict=False))
    copy(
        Judgment,
        ("item_id", "question_id", "rater_id", "role", "slot_id", "value", "reason", "shown", "at"),
        (
            _judgment(laid, slot, label, shown[label.item])
            for visit, slot in told
            for shown in [_shown(laid, visit, slot)]
            for label in visit.labels
        ),
    )
    MissingAttribute.objects.bulk_create(
        MissingAttribute(
            participant=crowd.participant(visit.sheet.owner),
            rater=crowd.raters[visit.rater],
            slot=slot,
            text=text,
            at=slot.submitted_at or times.START,
        )
        for visit, slot in told
        for text in visit.missed
    )


def _judgment(
    laid: Laid, slot: Slot, label: plan.Label, shown: dict[str, object]
) -> tuple[object, ...]:
    item = laid.items[label.item]
    value = None if label.value is None else laid.codes[label.item.ask][label.value]
    return (
        item.pk,
        item.question_id,
        slot.rater_id,
        slot.role,
        slot.pk,
        value,
        Reason.SKIPPED.value if value is None else None,
        json.dumps(shown),
        slot.submitted_at,
    )


def _shown(laid: Laid, visit: plan.Visit, slot: Slot) -> dict[Item, dict[str, object]]:
    """Return what was shown with each item, in the words of annotation/submission.py."""
    rows = {laid.items[item].pk: item for item in visit.sheet.items}
    shown: dict[Item, dict[str, object]] = {}
    for position, row in enumerate(arranged(slot, [laid.items[one] for one in visit.sheet.items])):
        item = rows[row.pk]
        shown[item] = {"position": position, "wording": slot.role, "version": 1, "consent": 1}
        if visit.sheet.duel:
            shown[item]["left"] = first_side(slot).value
    return shown
