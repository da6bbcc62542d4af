"""Strangers who answer a sheet, and what stands at it then."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from annotation import models as m
from annotation.answers import Answers
from annotation.assignment import submit
from tests import factories as make
from tests import laid


def someone(study: m.Study) -> m.Enrollment:
    """Make somebody who labels other people's sheets."""
    return make.enrolled(study=study, way="labels", part="others")


def seat(sheet: m.Sheet, person: m.Enrollment | None = None) -> tuple[m.Enrollment, m.Slot]:
    """Give somebody the first free place of strangers at a sheet."""
    person = person or someone(sheet.study)
    slot = open_places(sheet).filter(rater=None).order_by("pk")[0]
    now = timezone.now()
    slot.rater, slot.leased_at = laid.rater(person), now
    slot.leased_until = now + timedelta(hours=1)
    slot.save()
    return person, slot


def answer(
    sheet: m.Sheet,
    code: int = 1,
    *,
    by: m.Enrollment | None = None,
    instead: Mapping[int, int] | None = None,
) -> m.Slot:
    """Let somebody send one answer to all questions; `instead` has other answers, by item.

    Without a name it is somebody who wants no other sheet.
    """
    person, slot = seat(sheet, by)
    if by is None:
        m.Enrollment.objects.filter(pk=person.pk).update(finished_at=timezone.now())
    submit(person, slot.pk, told(sheet, code, instead))
    slot.refresh_from_db()
    return slot


def told(sheet: m.Sheet, code: int, instead: Mapping[int, int] | None = None) -> Answers:
    """Return one answer to everything that must be answered."""
    items = sheet.items.exclude(question__kind="error_code")
    return Answers({**{item.pk: code for item in items}, **(instead or {})})


def places(sheet: m.Sheet) -> int:
    """Return how many strangers a sheet is for, those beyond the quota left out."""
    return sheet.slots.filter(role="third_party", purpose="label").count()


def extras(sheet: m.Sheet) -> int:
    """Return how many places beyond the quota a sheet has."""
    return sheet.slots.filter(purpose="extra").count()


def open_places(sheet: m.Sheet) -> "QuerySet[m.Slot]":
    """Return the strangers' places at a sheet that wait for answers."""
    return sheet.slots.filter(role="third_party", submitted_at=None)
