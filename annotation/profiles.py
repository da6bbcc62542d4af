"""What people tell about themselves: kept as they said it, read by others only where they share it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotation.enrollment import locked
from annotation.models import Enrollment, ProfileAnswer, ProfileField, Sheet, Study
from annotation.models.consent import Way
from annotation.models.person import Part
from annotation.reading import prepared

LONGEST = 200  # characters of an answer
PLACE = "{value}"

# Nobody reads what somebody shared who left, declined or never agreed, nor what is asked no more:
# its owner could not take that back. People who came in with imported labels are not enrolled.
_SHARED = """
    SELECT a.participant_id, f.key, f.sentence, a.value, f.choices <> '{{}}'
    FROM annotation_profileanswer a
    JOIN annotation_profilefield f ON f.id = a.field_id
    WHERE f.study_id = %(study)s AND {whose}
        AND a.shared AND a.value <> '' AND f.closed_at IS NULL
        AND NOT EXISTS (
            SELECT FROM annotation_enrollment e
            WHERE e.participant_id = a.participant_id AND e.study_id = f.study_id AND (
                e.withdrawn_at IS NOT NULL OR e.declined_at IS NOT NULL
                OR e.consented_at IS NULL OR e.preview
            )
        )
    ORDER BY f.position, f.id
"""
BY_PEOPLE = _SHARED.format(whose="a.participant_id = ANY (%(people)s)")
BY_RATER = _SHARED.format(
    whose="a.participant_id = (SELECT participant_id FROM annotation_rater WHERE id = %(rater)s)"
)

# What somebody says to one field, and whether others may read it. Nothing = rather not say.
Said = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing that a person lets others read of them."""

    key: str
    sentence: str  # with the place for the answer
    value: str
    is_chosen: bool = False  # not in own words

    def said(self) -> str:
        """Return the sentence with the answer in it, as judges read it."""
        return filled(self.sentence, self.value)


class ProfileError(Exception):
    """An answer that cannot be kept; says to which field (its key), and why."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key, self.why = key, why


def filled(sentence: str, value: str) -> str:
    """Return a field's sentence about somebody who gave this answer.

    >>> filled("The person lives in {value}.", "a {value} {0}")
    'The person lives in a {value} {0}.'
    """
    return sentence.replace(PLACE, value, 1)


def tidy(value: str) -> str:
    """Return an answer as one line: it becomes a part of a sentence."""
    return " ".join(value.split())


def open_fields(study: Study) -> list[ProfileField]:
    """Return what a study asks its people about themselves now, in order."""
    return list(study.profile_fields.filter(closed_at=None).order_by("position", "pk"))


def is_due(enrollment: Enrollment) -> bool:
    """Return whether a person comes to the profile before the chat: once, and only with texts of theirs."""
    return (
        enrollment.profile_at is None
        and enrollment.part == Part.CHAT
        and may_tell(enrollment)
        and enrollment.study.profile_fields.filter(closed_at=None).exists()
    )


def may_tell(enrollment: Enrollment) -> bool:
    """Return whether others judge texts of this person, who may then say something of themself.

    Who has done so before can always take it back.
    """
    is_gone = enrollment.withdrawn_at is not None or enrollment.preview
    return not is_gone and (enrollment.way == Way.WHOLE or enrollment.profile_at is not None)


def may_change(enrollment: Enrollment) -> bool:
    """Return whether answers can still change: until the person is done and the study is closed.

    Sharing can be taken back even then.
    """
    return enrollment.finished_at is None or enrollment.study.closed_at is None


def fault_of(field: ProfileField, value: str) -> str:
    """Return what is wrong with an answer and what would be right, or ""."""
    if "\x00" in value:
        return "The answer holds a character that no text has."
    if len(value) > LONGEST:
        return f"The answer is longer than {LONGEST} characters."
    if value and field.choices and value not in field.choices:
        return "The answer is none of those on offer."
    return ""


@transaction.atomic
def keep(enrollment: Enrollment, said: Mapping[str, Said]) -> Enrollment:
    """Keep what a person says, by key of the field, in place of what they said before.

    Nothing is shared that is not said. Fields that are not named keep their answer; ProfileError
    leaves everything as it was, as where the person has withdrawn meanwhile.
    """
    person = locked(enrollment.pk)
    if person.withdrawn_at is not None or not may_change(person):
        raise ProfileError("", "This person's answers cannot change any more.")
    # Nobody changes what is asked while it is answered.
    asked = person.study.profile_fields.select_for_update(no_key=True).filter(closed_at=None)
    fields = {field.key: field for field in asked.order_by("pk")}
    now = timezone.now()
    rows = []
    for key, (value, shared) in said.items():
        if key not in fields:
            raise ProfileError(key, "This study does not ask it.")
        told = tidy(value)
        if fault := fault_of(fields[key], told):
            raise ProfileError(key, fault)
        rows.append(
            ProfileAnswer(
                field=fields[key],
                participant_id=person.participant_id,
                value=told,
                shared=shared and bool(told),
                at=now,
            )
        )
    ProfileAnswer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["field", "participant"],
        update_fields=["value", "shared", "at"],
    )
    return _passed(person)


@transaction.atomic
def pass_by(enrollment: Enrollment) -> Enrollment:
    """Let a person go on without an answer; what was said before stays."""
    return _passed(locked(enrollment.pk))


def share_nothing(enrollment: Enrollment) -> int:
    """Take back all that a person shares; return how many answers that were. Possible at any time."""
    return answers_of(enrollment).filter(shared=True).update(shared=False, at=timezone.now())


def telling_studies(studies: Collection[int]) -> set[int]:
    """Return which of these studies ask people about themselves now."""
    fields = ProfileField.objects.filter(study__in=studies, closed_at=None)
    return set(fields.values_list("study", flat=True))


def answers_of(enrollment: Enrollment) -> QuerySet[ProfileAnswer]:
    """Return what a person said of themself in this study."""
    return ProfileAnswer.objects.filter(
        field__study=enrollment.study_id, participant=enrollment.participant_id
    )


def told(enrollment: Enrollment) -> dict[str, Said]:
    """Return what a person has said so far, by key of the field."""
    rows = answers_of(enrollment).values_list("field__key", "value", "shared")
    return {key: (value, shared) for key, value, shared in rows}


def shared_by(study: int, people: Collection[int]) -> dict[int, list[Shared]]:
    """Return what these participants let others read of them, in the order of the fields."""
    found: dict[int, list[Shared]] = defaultdict(list)
    if people:
        for person, shared in _read(BY_PEOPLE, {"study": study, "people": sorted(people)}):
            found[person].append(shared)
    return dict(found)


def shared_by_owner(sheet: Sheet) -> list[Shared]:
    """Return what the person whom a sheet is about lets others read."""
    if sheet.owner_id is None:
        return []
    whose = {"study": sheet.study_id, "rater": sheet.owner_id}
    return [shared for _person, shared in _read(BY_RATER, whose)]


def shared_sentences(study: int, people: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the same as sentences with their keys; whoever shares nothing is not in it."""
    return {
        person: [(one.key, one.said()) for one in shared]
        for person, shared in shared_by(study, people).items()
    }


def _read(statement: str, whose: Mapping[str, Any]) -> list[tuple[int, Shared]]:
    with prepared() as cursor:
        cursor.execute(statement, whose)
        return [(person, Shared(*rest)) for person, *rest in cursor.fetchall()]


def _passed(person: Enrollment) -> Enrollment:
    if person.profile_at is None:
        person.profile_at = timezone.now()
        person.save(update_fields=["profile_at"])
    return person
