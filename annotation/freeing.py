"""Places given back: those that a person holds, and those that are kept for the person."""

from django.db.models import Exists, OuterRef, Q

from annotation.models import Enrollment, Judgment, Lapse, Slot
from annotation.models.places import ANYBODYS
from annotation.models.slot import LapseReason, Purpose, SlotRole
from annotation.sheets import rater_of

REPEATS_AND_CHECKS = (Purpose.REPEAT, Purpose.GOLD, Purpose.TRAINING, Purpose.ATTENTION)


def give_up_places(enrollment: Enrollment, why: LapseReason) -> int:
    """Free what a person holds, and what is kept for them at others' sheets; return how many places.

    What was entered stays with the lapse, except where the person withdraws: then all their drafts
    go, and the places at others' sheets that they had filled are free for somebody else as well.
    The caller has locked the enrollment, so that nothing is claimed or sent meanwhile.
    """
    rater = rater_of(enrollment)
    stays = why is not LapseReason.WITHDRAWN
    at_others = Q(role=SlotRole.THIRD_PARTY, purpose__in=ANYBODYS)
    # The places alone: other people's work refers to the sheets, and must not wait.
    places = Slot.objects.select_for_update(of=("self",)).order_by("pk")
    mine = places.filter(sheet__study=enrollment.study_id)
    held = list(mine.filter(rater=rater, submitted_at=None))
    if not stays:
        # Apart from the others: each has an index of its own.
        held += mine.filter(at_others, rater=rater, submitted_at__isnull=False)
    Lapse.objects.bulk_create(
        [
            Lapse(
                slot=slot,
                sheet_id=slot.sheet_id,
                rater=rater,
                leased_at=slot.leased_at,
                why=why,
                draft=slot.draft if stays else None,
            )
            for slot in held
        ]
    )
    pks = {slot.pk for slot in held}
    Slot.objects.filter(pk__in=pks).update(
        rater=None, leased_at=None, leased_until=None, submitted_at=None, draft=None
    )
    kept = mine.filter(at_others, reserved_for=rater, rater=None).values_list("pk", flat=True)
    named = set(kept)
    # Behind all the others, so that everybody comes to them.
    Slot.objects.filter(pk__in=named).update(reserved_for=None, not_before=None, position=0)
    if not stays:
        Lapse.objects.filter(sheet__study=enrollment.study_id, rater=rater).update(draft=None)
    return len(pks | named)


def drop_checks(enrollment: Enrollment) -> None:
    """Delete the repeats and checks that were laid for a person who will not do them any more.

    What was begun once stays, with what was entered.
    """
    begun = Lapse.objects.filter(slot=OuterRef("pk"))
    answered = Judgment.objects.filter(slot=OuterRef("pk"))
    Slot.objects.filter(
        ~Exists(begun),
        ~Exists(answered),
        sheet__study=enrollment.study_id,
        reserved_for=rater_of(enrollment),
        rater=None,
        purpose__in=REPEATS_AND_CHECKS,
    ).delete()
