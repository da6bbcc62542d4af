"""Own sheets that somebody who is through may answer once more, on a later day, if they like."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.db.models.functions import Now

from annotation.models import Enrollment, Lapse, Slot
from annotation.models.person import Part
from annotation.models.slot import GIVEN_BACK, Purpose, SlotRole
from annotation.sheets import rater_of


@dataclass(frozen=True, slots=True)
class Again:
    """How many sheets wait to be answered once more, and when more of them will; None: never."""

    now: int
    later: datetime | None


def waiting_again(person: Enrollment) -> Again | None:
    """Return what waits for somebody who has done the whole way; None where nothing ever will."""
    if person.part != Part.DONE or person.withdrawn_at is not None:
        return None
    rater = rater_of(person)
    given_back = Lapse.objects.filter(sheet=OuterRef("sheet"), rater=rater, why__in=GIVEN_BACK)
    counted = Slot.objects.filter(
        ~Exists(given_back),
        sheet__owner=rater,
        sheet__study=person.study_id,
        sheet__hidden_at=None,
        role=SlotRole.FIRST_PERSON,
        purpose=Purpose.REPEAT,
        submitted_at=None,
    ).aggregate(
        now=Count("pk", filter=Q(not_before=None) | Q(not_before__lte=Now())),
        later=Min("not_before", filter=Q(not_before__gt=Now())),
    )
    found = Again(counted["now"], counted["later"])
    return found if found.now or found.later else None
