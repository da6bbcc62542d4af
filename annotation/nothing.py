"""Why somebody who labels for others gets no sheet: the reason, and when to look again.

An empty page that says "all done" to people who only have to wait costs their trust, and one that
says "wait" where nothing will come costs their time. So there is one reason for each case, found by
a few look-ups whose cost does not grow with the study.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Min, Sum
from django.db.models.functions import Now

from annotation import lanes, waves
from annotation.lanes import Wanted
from annotation.models import Enrollment, Rater, Slot, Tally
from annotation.models.person import Part
from annotation.models.slot import Purpose, SlotRole
from annotation.sheets import rater_of

COUNTED = ("free", "leased", "submitted", "withheld")


class Reason(StrEnum):
    """Why no sheet is given out, for one person at one moment."""

    DONE = "done"  # the person has finished, or has done all that was asked
    WAITING = "waiting"  # others have what is left, or the machine prepares the person's own part
    NOT_OPEN = "not_open"  # sheets are there, and strangers may not see them yet
    EXCLUDED = "excluded"  # places are left, none of them for this person
    QUOTA = "quota"  # every place is answered
    NO_SHEETS = "no_sheets"  # nothing was laid yet


@dataclass(frozen=True, slots=True)
class Nothing:
    """A reason, and when a place may be free again where that is known."""

    reason: Reason
    at: datetime | None = None


def why(enrollment: Enrollment) -> Nothing:
    """Return why a person gets no sheet of somebody else's; ask after a claim has found none.

    The first that holds, from what the person cares about most: the person is done; something is
    certain to come, with its time; something will come later; something is left, for others; nothing is left;
    there was never anything.
    """
    if enrollment.finished_at is not None or _has_done_all(enrollment):
        return Nothing(Reason.DONE)
    if enrollment.waiting_since is not None:
        return Nothing(Reason.WAITING)
    rater = rater_of(enrollment)
    times = (_next_release(enrollment, rater), _kept_until(enrollment, rater))
    if known := [time for time in times if time is not None]:
        return Nothing(Reason.WAITING, min(known))
    if waves.is_waiting(enrollment.study):
        return Nothing(Reason.NOT_OPEN)
    return Nothing(_by_number(enrollment.study_id))


def _has_done_all(enrollment: Enrollment) -> bool:
    return enrollment.part == Part.OTHERS and (
        enrollment.others_sent >= enrollment.study.sheets_each
    )


def _next_release(enrollment: Enrollment, rater: Rater) -> datetime | None:
    """Return when a place that somebody else holds, and that fits this person, may be free."""
    return lanes.next_release(Wanted(enrollment, rater, SlotRole.THIRD_PARTY))


def _kept_until(enrollment: Enrollment, rater: Rater) -> datetime | None:
    """Return when the next place that is kept for this person may be taken, such as a repeat."""
    kept = Slot.objects.filter(
        reserved_for=rater,
        rater=None,
        offered=True,
        role=SlotRole.THIRD_PARTY,
        sheet__study=enrollment.study_id,
        not_before__gt=Now(),
    )
    time: datetime | None = kept.aggregate(at=Min("not_before"))["at"]
    return time


def _by_number(study: int) -> Reason:
    """Return the reason that the study's places have, as they are counted by state."""
    places = Tally.objects.filter(
        lane__study=study,
        lane__role=SlotRole.THIRD_PARTY,
        lane__purpose__in=(Purpose.LABEL, Purpose.EXTRA),
    )
    sums = places.aggregate(**{f"all_{name}": Sum(name) for name in COUNTED})
    free, leased, submitted, withheld = (sums[f"all_{name}"] or 0 for name in COUNTED)
    if free + leased:
        return Reason.EXCLUDED
    if submitted:
        return Reason.QUOTA
    return Reason.NOT_OPEN if withheld else Reason.NO_SHEETS
