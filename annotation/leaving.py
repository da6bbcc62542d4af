"""Ways out of a study before its end: stop with what was done, or take everything back."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotation.enrollment import finish
from annotation.models import Conversation, Demographic, Enrollment, Judgment, Lapse, Sheet, Slot
from annotation.models.slot import LapseReason, SlotRole
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

    No number rests on this person's answers any more, nor on anybody's about this person. What the
    person said of themself is deleted. Exports leave them out altogether. What was earned until now stays earned.
    """
    left = finish(enrollment.pk)
    _free_places(left, LapseReason.WITHDRAWN)
    _end_chat(left)
    # Before the answers: it stamps all questions in order, and the answers some of them again.
    Demographic.objects.filter(study=left.study_id, participant=left.participant_id).delete()
    _take_back_answers(left)
    now = timezone.now()
    Sheet.objects.filter(study=left.study_id, owner=rater_of(left), hidden_at=None).update(
        hidden_at=now
    )
    if left.withdrawn_at is None:
        left.withdrawn_at = now
        left.save(update_fields=["withdrawn_at"])
    return left


def _free_places(enrollment: Enrollment, why: LapseReason) -> None:
    """Give back the places that a person holds; a draft is kept only of somebody who stays in.

    Whoever takes the answers back leaves the places at other people's sheets to others as well.
    """
    rater = rater_of(enrollment)
    stays = why is not LapseReason.WITHDRAWN
    given = Q(submitted_at=None) if stays else Q(submitted_at=None) | Q(role=SlotRole.THIRD_PARTY)
    # The places alone: other people's work refers to the sheets, and must not wait.
    held = Slot.objects.select_for_update(of=("self",)).filter(
        given, sheet__study=enrollment.study_id, rater=rater
    )
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
    held.update(rater=None, leased_at=None, leased_until=None, submitted_at=None, draft=None)
    if not stays:
        Lapse.objects.filter(sheet__study=enrollment.study_id, rater=rater).update(draft=None)


def _take_back_answers(enrollment: Enrollment) -> None:
    """Let no answer be current that the person gave, or that is about the person's own sheets."""
    rater = rater_of(enrollment)
    Judgment.objects.filter(
        Q(rater=rater) | Q(item__sheet__owner=rater),
        question__study=enrollment.study_id,
        superseded_at=None,
    ).update(superseded_at=timezone.now())


def _end_chat(enrollment: Enrollment) -> None:
    Conversation.objects.filter(
        study=enrollment.study_id, participant=enrollment.participant_id, finished_at=None
    ).update(finished_at=timezone.now())
