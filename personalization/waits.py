"""How long people wait for the machine to prepare a part, as a rule."""

from statistics import median
from typing import Any

from django.db.models import Max, Min, Model

from annotation.models import Enrollment
from annotation.models.person import Part
from personalization.models import Extraction, Generation, Pairing

FEWEST = 3  # people whose waits say something
RECENT = 20

# The machine's rows for a part, and how they lead to the study and to the person.
ROWS: dict[str, tuple[type[Model], str, str]] = {
    Part.REVIEW: (Extraction, "conversation__study", "conversation__participant"),
    Part.RELEVANCE: (Pairing, "enrollment__study", "enrollment"),
    Part.COMPARISON: (Generation, "enrollment__study", "enrollment"),
}


def usual_wait(enrollment: Enrollment) -> int | None:
    """Return the median wait of the last people in this part of the study, in seconds.

    None where too few have waited for it.
    """
    if enrollment.part not in ROWS:
        return None
    model, study, person = ROWS[enrollment.part]
    done: Any = model._default_manager.filter(
        **{study: enrollment.study_id}, settled_at__isnull=False, failure=None
    )
    spans = (
        done.values(person)
        .annotate(start=Min("created_at"), end=Max("settled_at"))
        .order_by("-end")
        .values_list("start", "end")[:RECENT]
    )
    seconds = [(end - start).total_seconds() for start, end in spans]
    return round(median(seconds)) if len(seconds) >= FEWEST else None
