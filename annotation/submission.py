"""What a sent sheet leaves behind: judgments, with what was shown, and what people found missing."""

from django.db.models import QuerySet

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
from annotation.sheets import rater_of


def is_sent(slot: Slot, rater: Rater) -> bool:
    """Return whether the rater has sent this sheet on this occasion, from whichever place."""
    places = Slot.objects.filter(sheet=slot.sheet_id, rater=rater, occasion=slot.occasion)
    return places.filter(submitted_at__isnull=False).exists() or is_late(slot, rater)


def is_late(slot: Slot, rater: Rater) -> bool:
    """Return whether the sheet was sent after somebody else had been given the place."""
    lapses = Lapse.objects.filter(sheet=slot.sheet_id, rater=rater, answered_at__isnull=False)
    return lapses.filter(slot__occasion=slot.occasion).exists()


def is_same(slot: Slot, rater: Rater, answers: Answers) -> bool:
    """Return whether exactly these answers were sent before."""
    told = MissingAttribute.objects.filter(slot__sheet=slot.sheet_id, rater=rater)
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
    Judgment.objects.bulk_create(
        [
            Judgment(
                item=items[pk],
                question_id=items[pk].question_id,
                rater=rater,
                role=slot.role,
                use=place.purpose if place and counts else Use.SURPLUS,
                occasion=slot.occasion,
                slot=place or slot,
                value=None if isinstance(answer, Reason) else answer,
                reason=answer if isinstance(answer, Reason) else None,
                shown=_shown(person, slot, items[pk], position[pk]),
            )
            for pk, answer in answers.given.items()
        ]
    )
    if answers.missing:
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
