"""What people have said of themselves in a study: kept by their consent, in one statement."""

import re
from collections.abc import Mapping

from django.db.models import Exists, OuterRef

from annotation.models import Demographic, Enrollment, Judgment, Participant, Rater, Study
from annotation.models.person import Scope
from annotation.models.rater import RaterKind

KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
LONGEST = 200

Said = Mapping[str, str]


def people_of(study: Study) -> dict[str, int]:
    """Return the people of a study by pseudonym, and by name where they came in with labels."""
    answers = Judgment.objects.filter(rater=OuterRef("pk"), question__study=study)
    named = Rater.objects.filter(Exists(answers), kind=RaterKind.PERSON).values_list(
        "name", "participant_id", "participant__pseudonym"
    )
    enrolled = Participant.objects.filter(enrollments__study=study)
    found: dict[str, int] = {}
    for name, pk, pseudonym in named:
        if pk is not None and pseudonym is not None:
            found |= {name: pk, pseudonym: pk}
    return found | dict(enrolled.values_list("pseudonym", "pk"))


def without_consent(study: Study) -> set[int]:
    """Return the participants of whom nothing may be kept: they left, declined, or never agreed.

    People who came in with imported labels are not enrolled: who collected the labels had consent.
    Nobody leaves until the caller's transaction ends.
    """
    enrolled = Enrollment.objects.select_for_update().filter(study=study).order_by("pk")
    return {
        one.participant_id
        for one in enrolled
        if one.withdrawn_at or one.declined_at or Scope.USE not in one.scopes
    }


def fault_of(key: str, value: str) -> str:
    """Return what is wrong with a property and what would be right, or "".

    >>> fault_of("age_band", "18-29"), fault_of("Age", "18")[:12]
    ('', "'Age' is no ")
    """
    if not KEY.fullmatch(key):
        return f"{key!r} is no name of a property: use a-z, 0-9 and _, such as age_band."
    if len(value) > LONGEST or "\x00" in value:
        return f"{key} is longer than {LONGEST} characters, or holds one that no text has."
    return ""


def keep(study: Study, said: Mapping[int, Said]) -> int:
    """Keep what people say of themselves, in place of what they said before; return how many rows.

    Callers have asked `without_consent`.
    """
    rows = [
        Demographic(study=study, participant_id=participant, key=key, value=value)
        for participant, properties in sorted(said.items())
        for key, value in sorted(properties.items())
    ]
    Demographic.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["study", "participant", "key"],
        update_fields=["value"],
        batch_size=5_000,
    )
    return len(rows)
