"""Ways out of a study before its end: stop with what was done, or take everything back."""

from django.db import transaction
from django.utils import timezone

from annotation.enrollment import finish
from annotation.models import Conversation, Enrollment, Lapse, Sheet, Slot
from annotation.models.slot import LapseReason
from annotation.sheets import rater_of


@transaction.atomic
def stop(enrollment: Enrollment) -> Enrollment:
    """End a person's part where it stands: answers stay, held sheets go to others."""
    stopped = finish(enrollment.pk)
    _free_places(stopped, LapseReason.RETURNED)
    _end_chat(stopped)
    return stopped


@transaction.atomic
def withdraw(enrollment: Enrollment) -> Enrollment:
    """Take a person out of a study: own sheets are hidden, held ones freed, drafts deleted.

    Exports and reports leave out who has withdrawn. What was earned until now stays earned.
    """
    left = finish(enrollment.pk)
    _free_places(left, LapseReason.WITHDRAWN)
    _end_chat(left)
    now = timezone.now()
    Sheet.objects.filter(study=left.study_id, owner=rater_of(left), hidden_at=None).update(
        hidden_at=now
    )
    if left.withdrawn_at is None:
        left.withdrawn_at = now
        left.save(update_fields=["withdrawn_at"])
    return left


def _free_places(enrollment: Enrollment, why: LapseReason) -> None:
    """Give back the places that a person holds; a draft is kept only of somebody who stays in."""
    rater = rater_of(enrollment)
    held = Slot.objects.select_for_update().filter(
        sheet__study=enrollment.study_id, rater=rater, submitted_at=None
    )
    stays = why is not LapseReason.WITHDRAWN
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
            for slot in held.order_by("pk")
        ]
    )
    held.update(rater=None, leased_at=None, leased_until=None, draft=None)
    if not stays:
        Lapse.objects.filter(sheet__study=enrollment.study_id, rater=rater).update(draft=None)


def _end_chat(enrollment: Enrollment) -> None:
    Conversation.objects.filter(
        study=enrollment.study_id, participant=enrollment.participant_id, finished_at=None
    ).update(finished_at=timezone.now())
