"""How far a person has come in a study, and what comes next."""

import secrets

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from annotation.freeing import give_up_places
from annotation.models import (
    Conversation,
    Enrollment,
    Invite,
    Lapse,
    Participant,
    Rater,
    Slot,
    Study,
)
from annotation.models.consent import Way
from annotation.models.person import PSEUDONYM_ALPHABET, Ending, Part
from annotation.models.sheet import Stage
from annotation.models.slot import GIVEN_BACK, LapseReason, Purpose, SlotRole
from annotation.money import earned_at_end
from annotation.reading import Found, Reader
from annotation.repeats import lay_own
from annotation.sheets import rater_of
from annotation.work import look

PARTS = {
    Way.WHOLE: (
        Part.CHAT,
        Part.REVIEW,
        Part.RELEVANCE,
        Part.COMPARISON,
        Part.REPEAT,
        Part.DONE,
    ),
    Way.LABELS: (Part.OTHERS, Part.DONE),
}
# The step of the machine that prepares a part; the part's sheets are of the stage of that name.
PREPARED_BY = {
    Part.REVIEW: "extraction",
    Part.RELEVANCE: "pairing",
    Part.COMPARISON: "generation",
}
PEOPLE = """
    SELECT {e}, {s}, {p}, {r}, {i}, (
        SELECT max(t.version) FROM annotation_consenttext t WHERE t.study_id = e.study_id
    )
    FROM annotation_enrollment e
    JOIN annotation_study s ON s.id = e.study_id
    JOIN annotation_participant p ON p.id = e.participant_id
    LEFT JOIN annotation_rater r ON r.participant_id = p.id
    LEFT JOIN annotation_invite i ON i.id = e.invite_id
"""
MODELS = {"e": Enrollment, "s": Study, "p": Participant, "r": Rater, "i": Invite}
BY_STUDY = Reader(
    f"{PEOPLE} WHERE e.participant_id = %(participant)s AND s.name = %(study)s", **MODELS
)
LOCKED = Reader(f"{PEOPLE} WHERE e.id = %(pk)s FOR NO KEY UPDATE OF e", **MODELS)
CODE_LENGTH = 10
CLOSING = ("waiting_since", "finished_at", "ended_by", "earned_minor", "completion_code")


def open_own_slots(enrollment: Enrollment, purpose: Purpose = Purpose.LABEL) -> "QuerySet[Slot]":
    """Return the places at a person's own sheets that still wait for an answer, oldest first."""
    rater = rater_of(enrollment)
    given_back = Lapse.objects.filter(sheet=OuterRef("sheet"), rater=rater, why__in=GIVEN_BACK)
    return (
        Slot.objects.filter(
            Q(not_before=None) | Q(not_before__lte=Now()),
            sheet__owner=rater,
            sheet__study=enrollment.study_id,
            sheet__hidden_at=None,
            role=SlotRole.FIRST_PERSON,
            purpose=purpose,
            submitted_at=None,
        )
        .exclude(Exists(given_back))
        .order_by("position", "id")
    )


def in_study(participant: int, study: str) -> Enrollment | None:
    """Return a participant in the study of that name, with all that their pages need.

    `newest_version` of the result is that of the study's consent text, None where it has no text.
    """
    found = BY_STUDY.first({"participant": participant, "study": study})
    return _person(found) if found else None


def locked(pk: int) -> Enrollment:
    """Return a person's enrollment, which nobody else changes until the transaction ends."""
    found = LOCKED.first({"pk": pk})
    if found is None:
        raise Enrollment.DoesNotExist
    return _person(found)


def _person(found: Found) -> Enrollment:
    person: Enrollment = found[0]
    person.study, person.participant, rater, person.invite, newest = found[1:]
    if rater is not None:
        rater.participant = person.participant
    person.newest_version = newest  # type: ignore[attr-defined]
    return person


@transaction.atomic
def go_on(pk: int) -> Enrollment:
    """Let a person go on as far as possible: to the next sheet, the next part, or the end.

    Call it whenever something was finished: the chat, a sheet, or the machine's preparation.
    """
    return advance(locked(pk))


def advance(enrollment: Enrollment) -> Enrollment:
    """Do what `go_on` does, to an enrollment that the caller has locked."""
    if enrollment.consented_at is None or enrollment.withdrawn_at or enrollment.finished_at:
        return enrollment
    if enrollment.preview:
        return enrollment
    moved = False
    while enrollment.waiting_since is None and _is_through(enrollment):
        _enter(enrollment, _next(enrollment))
        moved = True
    if moved:
        enrollment.save(update_fields=["part", *CLOSING])
    return enrollment


@transaction.atomic
def prepared(pk: int, trouble: str = "") -> Enrollment:
    """Say that the machine has prepared a person's part, or (with the trouble) that it cannot."""
    enrollment = locked(pk)
    if enrollment.waiting_since is not None:
        enrollment.waiting_since = None
        enrollment.trouble = trouble or enrollment.trouble
        enrollment.save(update_fields=["waiting_since", "trouble"])
    return go_on(pk)


@transaction.atomic
def finish(pk: int, by: Ending = Ending.STOPPED) -> Enrollment:
    """End a person's part in the study where it stands, with a completion code; part tells where."""
    enrollment = locked(pk)
    if enrollment.finished_at is None and enrollment.withdrawn_at is None:
        _close(enrollment, by)
        enrollment.save(update_fields=CLOSING)
    return enrollment


def _is_through(enrollment: Enrollment) -> bool:
    """Return whether nothing is left to do in the part where a person is."""
    if enrollment.finished_at is not None:
        return False
    match enrollment.part:
        case Part.CHAT:
            mine = Conversation.objects.filter(
                study=enrollment.study_id, participant=enrollment.participant_id
            )
            return mine.filter(finished_at__isnull=False).exists()
        case Part.OTHERS:
            return enrollment.others_sent >= enrollment.study.sheets_each
        case Part.REPEAT:
            return not open_own_slots(enrollment, Purpose.REPEAT).exists()
        case _:
            stage = Stage(enrollment.part)
            return not open_own_slots(enrollment).filter(sheet__stage=stage).exists()


def _next(enrollment: Enrollment) -> Part:
    parts = PARTS[Way(enrollment.way)]
    return parts[parts.index(Part(enrollment.part)) + 1]


def _enter(enrollment: Enrollment, part: Part) -> None:
    enrollment.part = part
    if part is Part.DONE:
        _close(enrollment, Ending.DONE)
    elif step := PREPARED_BY.get(part):
        enrollment.waiting_since = timezone.now()
        look(step, enrollment.pk)
    elif part is Part.REPEAT:
        lay_own(enrollment, rater_of(enrollment))


def _close(enrollment: Enrollment, by: Ending) -> None:
    enrollment.waiting_since = None
    enrollment.finished_at = timezone.now()
    enrollment.ended_by = by
    enrollment.earned_minor = earned_at_end(enrollment, by)
    # Nothing waits for somebody who will not come any more.
    give_up_places(enrollment, LapseReason.RETURNED)
    enrollment.completion_code = "".join(
        secrets.choice(PSEUDONYM_ALPHABET) for _ in range(CODE_LENGTH)
    ).upper()
