"""Ways out of a study before its end: stop with what was done, drop out, or take everything back."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotation.enrollment import advance, finish, locked
from annotation.freeing import drop_checks, give_up_places
from annotation.models import Conversation, Demographic, Enrollment, Judgment, Sheet, Slot
from annotation.models.person import Ending, Part
from annotation.models.slot import LapseReason
from annotation.profiles import answers_of
from annotation.sheets import rater_of


@transaction.atomic
def stop(enrollment: Enrollment, by: Ending = Ending.STOPPED) -> Enrollment:
    """End a person's part where it stands: answers stay; what they hold or was kept for them is free.

    Whoever has labelled all that was asked for is done, whatever the reason given.
    """
    person = locked(enrollment.pk)
    if person.part == Part.OTHERS:
        advance(person)
    if person.finished_at is None and person.withdrawn_at is None:
        person = finish(person.pk, by)
        drop_checks(person)
        _end_chat(person)
    return person


@transaction.atomic
def release(enrollment: Enrollment, why: LapseReason = LapseReason.RETURNED) -> int:
    """Free what a person holds who dropped out, as a crowd platform says; return how many places.

    What was sent stays, and what was entered is there again for the person, who may come back by
    the same link and go on. Repeats and checks wait: nobody else may answer them. For somebody who
    is gone for good, or has nothing, nothing happens.
    """
    person = locked(enrollment.pk)
    return 0 if person.withdrawn_at is not None else give_up_places(person, why)


@transaction.atomic
def withdraw(enrollment: Enrollment) -> Enrollment:
    """Take a person out of a study: own sheets are hidden, held ones freed, drafts deleted.

    No number rests on this person's answers any more, nor on anybody's about this person. What the
    person said of themself is deleted. Exports leave them out altogether. What was earned until now stays earned.
    """
    person = locked(enrollment.pk)
    _take_turn(person)
    give_up_places(person, LapseReason.WITHDRAWN)
    left = finish(enrollment.pk)
    drop_checks(left)
    _end_chat(left)
    # Before the answers: it stamps all questions in order, and the answers some of them again.
    Demographic.objects.filter(study=left.study_id, participant=left.participant_id).delete()
    answers_of(left).delete()
    _take_back_answers(left)
    now = timezone.now()
    Sheet.objects.filter(study=left.study_id, owner=rater_of(left), hidden_at=None).update(
        hidden_at=now
    )
    if left.withdrawn_at is None:
        left.withdrawn_at = now
        left.save(update_fields=["withdrawn_at"])
    return left


def _take_turn(enrollment: Enrollment) -> None:
    """Lock all that a withdrawal changes in the order that everybody keeps: sheets, then places.

    Two people who label for each other may leave at the same moment.
    """
    rater = rater_of(enrollment)
    sheets = Sheet.objects.filter(study=enrollment.study_id, owner=rater).order_by("pk")
    list(sheets.select_for_update(no_key=True).values_list("pk"))
    # Each by its own index: one question after both would look at all places of the study.
    own = Slot.objects.filter(sheet__study=enrollment.study_id, sheet__owner=rater)
    held = Slot.objects.filter(sheet__study=enrollment.study_id, rater=rater)
    both = {*own.values_list("pk", flat=True), *held.values_list("pk", flat=True)}
    places = Slot.objects.filter(pk__in=both).order_by("pk")
    list(places.select_for_update(no_key=True).values_list("pk"))


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
