"""Half-finished sheets: kept as they are entered, and never overwritten by something older."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now

from annotation.models import Rater, Slot


@dataclass(frozen=True, slots=True)
class Draft:
    """What is kept of a sheet, which saving it was, and whether it is what was just sent."""

    revision: int
    entered: Mapping[str, str]
    saved: bool


def save_draft(slot: Slot, rater: Rater, revision: int, entered: Mapping[str, str]) -> Draft:
    """Keep a draft that follows `revision`, and the person's place with it.

    Where another tab has saved since, or the place is not this person's any more, nothing is
    overwritten: what is there comes back, not saved.
    """
    mine = Slot.objects.filter(pk=slot.pk, rater=rater, submitted_at=None)
    kept = mine.filter(draft_revision=revision).update(
        draft=dict(entered),
        draft_revision=revision + 1,
        leased_until=Now() + timedelta(minutes=slot.sheet.study.lease_minutes),
    )
    if kept:
        return Draft(revision + 1, entered, saved=True)
    # A saving whose reply got lost is sent again: it is there already.
    there = mine.values_list("draft", "draft_revision").first() or (None, revision)
    return Draft(there[1], there[0] or {}, saved=there[0] == dict(entered))
