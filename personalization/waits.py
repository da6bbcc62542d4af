"""How long people wait for the machine to prepare a part, as a rule."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Max, Min, Model, Q

from annotation.models import Enrollment
from annotation.models.person import Part
from personalization.models import Extraction, Generation, Merging, Pairing, Pointing

FEWEST = 3  # people whose waits say something
RECENT = 20
LIVE = Q(run=None)  # nobody waits for what runs do


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the machine for a part, and how they lead to the study and to the person."""

    of: type[Model]
    study: str
    person: str
    counted: Q = LIVE


PREPARING: dict[str, tuple[Rows, ...]] = {
    # The first kind says who waited, the others how long the same people went on waiting.
    Part.REVIEW: (
        Rows(Extraction, "conversation__study", "conversation__participant"),
        Rows(Merging, "enrollment__study", "enrollment__participant"),
        Rows(Pointing, "attribute__study", "attribute__participant"),
    ),
    Part.RELEVANCE: (Rows(Pairing, "enrollment__study", "enrollment__participant", counted=Q()),),
    Part.COMPARISON: (Rows(Generation, "enrollment__study", "enrollment__participant"),),
}


def usual_wait(enrollment: Enrollment) -> int | None:
    """Return the median wait of the last people in this part of the study, in seconds.

    None where too few have waited for it.
    """
    if enrollment.part not in PREPARING:
        return None
    first, *then = PREPARING[enrollment.part]
    spans = _spans(first, enrollment.study_id)
    for rows in then:
        for person, (_start, end) in _spans(rows, enrollment.study_id, list(spans)).items():
            spans[person] = (spans[person][0], max(spans[person][1], end))
    seconds = [(end - start).total_seconds() for start, end in spans.values()]
    return round(median(seconds)) if len(seconds) >= FEWEST else None


def _spans(
    rows: Rows, study: int, people: list[int] | None = None
) -> dict[int, tuple[datetime, datetime]]:
    """Return from when to when the last people waited, or those who are named."""
    done: Any = rows.of._default_manager.filter(
        rows.counted, **{rows.study: study}, settled_at__isnull=False, failure=None
    )
    if people is not None:
        done = done.filter(**{f"{rows.person}__in": people})
    found = (
        done.values(rows.person)
        .annotate(start=Min("created_at"), end=Max("settled_at"))
        .order_by("-end")
        .values_list(rows.person, "start", "end")
    )
    return {person: (start, end) for person, start, end in found[:RECENT]}
