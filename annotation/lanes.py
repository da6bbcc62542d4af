"""Claiming in one statement: the next place for a rater, from the heads of a study's lanes.

What it costs grows neither with the study nor with what the rater has done: a lane is read from
where this rater has come to, and a place that comes back stands behind all others (see
`annotation.models.lane`). `docs/performance.md` has the figures.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.utils import timezone

from annotation.lane_statements import (
    AGAIN_SECONDS,
    AVAILABLE,
    CLAIM,
    CLAIM_RESERVED,
    COMING,
    EXPIRE,
    OVERDUE,
    PLENTY,
)
from annotation.models import Enrollment, Rater, Slot
from annotation.models.places import SlotRole
from annotation.reading import Reader, prepared

__all__ = [
    "AGAIN_SECONDS",
    "CLAIM",
    "OVERDUE",
    "Wanted",
    "expire",
    "is_available",
    "is_plenty",
    "next_place",
    "next_release",
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks for a place, in which role, and of which stages and purposes; None = of any."""

    person: Enrollment
    rater: Rater
    role: SlotRole
    stages: tuple[str, ...] | None = None
    purposes: tuple[str, ...] | None = None

    def parameters(self, *, again: bool = False) -> dict[str, Any]:
        """Return what the statements ask for."""
        return {
            "rater": self.rater.pk,
            "study": self.person.study_id,
            "cohort": self.person.invite_id,
            "role": self.role.value,
            "stages": list(self.stages) if self.stages is not None else None,
            "purposes": list(self.purposes) if self.purposes is not None else None,
            "minutes": self.person.study.lease_minutes,
            "again": again,
        }


def next_place(wanted: Wanted) -> Slot | None:
    """Lease the next place to a rater, whose enrollment the caller has locked; None = nothing.

    Places kept for the rater come first. Strangers then get the first free place that is new to
    them. Only where there is none, overdue places are freed, and lanes begun again from the start.
    """
    if wanted.role is SlotRole.FIRST_PERSON:
        return _claimed(CLAIM_RESERVED, wanted)
    found = _claimed(CLAIM, wanted)
    if found is None and expire(wanted.person.study_id, but=wanted.rater):
        found = _claimed(CLAIM, wanted)
    return found or _claimed(CLAIM, wanted, again=True)


def is_available(wanted: Wanted) -> bool:
    """Return whether a stranger would find a place now."""
    if _one(AVAILABLE, wanted.parameters()):
        return True
    coming = next_release(wanted)
    if coming is not None and coming <= timezone.now():
        return True
    return bool(_one(AVAILABLE, wanted.parameters(again=True)))


def next_release(wanted: Wanted) -> datetime | None:
    """Return when a place of others may become free for a stranger, as leases stand; None: never."""
    return cast("datetime | None", _one(COMING, wanted.parameters()))


def is_plenty(study: int) -> bool:
    """Return whether more places are free than held: then nobody waits for one held in advance."""
    return bool(_one(PLENTY, {"study": study}))


def expire(study: int | None = None, but: Rater | None = None) -> int:
    """Free places whose time is over, at most a hundred; return how many.

    What was entered is kept with the lapse. Whoever is late finds the place again while it is free.
    """
    with prepared() as cursor:
        cursor.execute(EXPIRE, {"study": study, "rater": but.pk if but else None})
        return int(cursor.rowcount)


def _claimed(statement: Reader, wanted: Wanted, *, again: bool = False) -> Slot | None:
    found = statement.first(wanted.parameters(again=again))
    if found is None:
        return None
    slot: Slot
    slot, slot.sheet = found
    slot.sheet.study = wanted.person.study
    return slot


def _one(statement: str, parameters: dict[str, Any]) -> object:
    """Return the first value of the first row; None without rows."""
    with prepared() as cursor:
        cursor.execute(statement, parameters)
        row: tuple[object, ...] | None = cursor.fetchone()
    return row[0] if row else None
