"""The rows of an arm for one person: extractions, mergings, looks for evidence; trials are none."""

from typing import Any

from django.db.models import QuerySet

from annotation.models import Enrollment
from personalization.models import Arm, Extraction, Merging, Pointing


def extractions(arm: Arm, person: Enrollment) -> "QuerySet[Extraction]":
    """Return what reads the conversations of a person."""
    return Extraction.objects.filter(
        arm=arm,
        trial=False,
        conversation__study=person.study_id,
        conversation__participant=person.participant_id,
    )


def mergings(arm: Arm, person: Enrollment) -> "QuerySet[Merging]":
    """Return what puts together what was found about a person."""
    return Merging.objects.filter(arm=arm, trial=False, enrollment=person)


def pointings(arm: Arm, person: Enrollment) -> "QuerySet[Pointing]":
    """Return what looks for the evidence of a person's attributes."""
    return Pointing.objects.filter(
        arm=arm,
        trial=False,
        attribute__study=person.study_id,
        attribute__participant=person.participant_id,
    )


def all_of(arm: Arm, person: Enrollment) -> "list[QuerySet[Any]]":
    """Return all of them, kind by kind, in the order in which they are done."""
    return [extractions(arm, person), mergings(arm, person), pointings(arm, person)]
