"""What a sent sheet leaves behind: judgments, with what was shown, and what people found missing."""

from typing import Any

from django.db.models import QuerySet
from psycopg.types.json import Jsonb

from annotation.answers import Answer, Answers, items_of
from annotation.arrangement import PAIRED, arranged, first_side
from annotation.models import (
    Enrollment,
    Item,
    Judgment,
    Lapse,
    MissingAttribute,
    Participant,
    Rater,
    Slot,
)
from annotation.models.judgment import Reason, Use
from annotation.reading import prepared
from annotation.sheets import rater_of

SENT = """
    SELECT EXISTS (
        SELECT FROM annotation_slot s WHERE s.sheet_id = %(sheet)s AND s.rater_id = %(rater)s
            AND s.occasion = %(occasion)s AND s.submitted_at IS NOT NULL
    ) OR EXISTS (
        SELECT FROM annotation_lapse p JOIN annotation_slot s ON s.id = p.slot_id
        WHERE p.sheet_id = %(sheet)s AND p.rater_id = %(rater)s
            AND p.answered_at IS NOT NULL AND s.occasion = %(occasion)s
    )
"""
WRITE = """
    INSERT INTO annotation_judgment
        (item_id, question_id, rater_id, role, use, occasion, slot_id, value, reason, shown)
    SELECT item, question, %(rater)s, %(role)s, %(use)s, %(occasion)s, %(slot)s, value, reason, shown
    FROM unnest(
        %(items)s::bigint[], %(questions)s::bigint[],
        %(values)s::smallint[], %(reasons)s::text[], %(shown)s::jsonb[]
    ) AS answered (item, question, value, reason, shown)
"""


def is_sent(slot: Slot, rater: Rater) -> bool:
    """Return whether the rater has sent this sheet on this occasion, from whichever place."""
    asked = {"sheet": slot.sheet_id, "rater": rater.pk, "occasion": slot.occasion}
    with prepared() as cursor:
        cursor.execute(SENT, asked)
        return bool(cursor.fetchone()[0])


def is_late(slot: Slot, rater: Rater) -> bool:
    """Return whether the sheet was sent after somebody else had been given the place."""
    lapses = Lapse.objects.filter(sheet=slot.sheet_id, rater=rater, answered_at__isnull=False)
    return lapses.filter(slot__occasion=slot.occasion).exists()


def is_same(slot: Slot, rater: Rater, answers: Answers) -> bool:
    """Return whether exactly these answers were sent before."""
    told = MissingAttribute.objects.filter(
        slot__sheet=slot.sheet_id, slot__occasion=slot.occasion, rater=rater
    )
    same = {one.text for one in told} == set(answers.missing)
    return same and sent_answers(slot, rater) == answers.given


def sent_answers(slot: Slot, rater: Rater) -> dict[int, Answer]:
    """Return what the rater has answered to this sheet on this occasion, by item."""
    return {one.item_id: _answer(one) for one in _sent(slot, rater)}


def write(
    person: Enrollment, slot: Slot, answers: Answers, place: Slot | None, *, counts: bool = True
) -> None:
    """Keep the answers given on the page of `slot`, at a place, or without one as surplus.

    Where they may not count, they are surplus as well: the work is done, and no number rests on it.

    What was shown is kept with each of them: how far down it stood, which candidate stood first,
    whose words were used and which consent text the person had agreed to.
    """
    rater = rater_of(person)
    order = arranged(slot, items_of(slot))
    items = {item.pk: item for item in order}
    position = {item.pk: at for at, item in enumerate(order)}
    given = [(items[pk], answer) for pk, answer in answers.given.items()]
    with prepared() as cursor:
        written: dict[str, Any] = {
            "rater": rater.pk,
            "role": slot.role,
            "use": str(place.purpose if place and counts else Use.SURPLUS),
            "occasion": slot.occasion,
            "slot": (place or slot).pk,
            "items": [item.pk for item, _answer in given],
            "questions": [item.question_id for item, _answer in given],
            "values": [None if isinstance(one, Reason) else one for _item, one in given],
            "reasons": [one.value if isinstance(one, Reason) else None for _item, one in given],
            "shown": [Jsonb(_shown(person, slot, item, position[item.pk])) for item, _ in given],
        }
        cursor.execute(WRITE, written)
    # Sheets that are about nobody (imported ones) have nobody who could miss anything.
    if answers.missing and not person.preview and slot.sheet.owner_id is not None:
        about = Participant.objects.get(rater=slot.sheet.owner_id)
        MissingAttribute.objects.bulk_create(
            [
                MissingAttribute(participant=about, rater=rater, slot=place or slot, text=text)
                for text in answers.missing
            ]
        )


def _sent(slot: Slot, rater: Rater) -> "QuerySet[Judgment]":
    return Judgment.objects.filter(
        item__sheet=slot.sheet_id, rater=rater, occasion=slot.occasion, superseded_at=None
    )


def _answer(judgment: Judgment) -> Answer:
    value = judgment.value
    return Reason(str(judgment.reason)) if value is None else value


def _shown(person: Enrollment, slot: Slot, item: Item, position: int) -> dict[str, object]:
    shown: dict[str, object] = {
        "position": position,
        "wording": slot.role,
        "version": item.question.version,
        "consent": person.consent_version,
    }
    if item.question.kind in PAIRED:
        shown["left"] = first_side(slot).value
    return shown
