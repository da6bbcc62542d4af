"""Lay review sheets for what arms have found and nobody was asked about yet.

A person gets one sheet with the attributes of all arms, in an order that tells nothing of arms.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.models import (
    Attribute,
    AttributeVariant,
    Conversation,
    Enrollment,
    Evidence,
    Item,
    Sheet,
    Study,
)
from annotation.models.person import Part
from annotation.sheets import lay_review
from personalization.models import Arm, ArmAttribute
from personalization.models.arm import ArmStep


@dataclass(frozen=True, slots=True)
class Unlaid:
    """How many attributes, of how many people, no sheet asks about yet."""

    people: int
    attributes: int


@dataclass(frozen=True, slots=True)
class Laid:
    """How many sheets were laid, for so many people, with so many items."""

    sheets: int
    items: int
    people: int


def unlaid(study: Study, arms: Sequence[Arm] | None = None) -> Unlaid:
    """Return what `lay_reviews` would lay; without `arms`, of all that find or revise attributes."""
    found = _ready(study, arms)
    return Unlaid(found.values("participant").distinct().count(), found.count())


def lay_reviews(study: Study, arms: Sequence[Arm] | None = None, most: int | None = None) -> Laid:
    """Lay a review for each person with new attributes (`most`: for no more people); harmless twice.

    Each person's sheet is saved by itself, unless the caller has a transaction open.
    """
    people = _ready(study, arms).order_by("participant").values_list("participant", flat=True)
    laid = [_lay(study, one, arms) for one in people.distinct()[:most]]
    items = [count for count in laid if count]
    return Laid(len(items), sum(items), len(items))


def lay_of(enrollment: Enrollment, arms: Sequence[Arm] | None = None) -> Sheet | None:
    """Lay a person's review of what is new; None where nothing is. The caller has the person locked."""
    attributes = list(
        _new(enrollment.study, arms).filter(participant=enrollment.participant_id).order_by("pk")
    )
    if not attributes:
        return None
    return lay_review(enrollment, _conversations(enrollment, attributes), attributes)


@transaction.atomic
def _lay(study: Study, participant: int, arms: Sequence[Arm] | None) -> int:
    """Lay one person's review; return how many items it has."""
    # Of two who lay at once, the second one finds nothing new.
    enrollment = (
        Enrollment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("study", "participant")
        .get(study=study, participant=participant)
    )
    waits = enrollment.part == Part.REVIEW and enrollment.waiting_since is not None
    sheet = None if waits else lay_of(enrollment, arms)
    return sheet.items.count() if sheet else 0


def _ready(study: Study, arms: Sequence[Arm] | None) -> "QuerySet[Attribute]":
    """Return what is new, but of people who wait for their review: that is laid when it is whole."""
    waits = Enrollment.objects.filter(
        study=study,
        participant=OuterRef("participant"),
        part=Part.REVIEW,
        waiting_since__isnull=False,
    )
    return _new(study, arms).exclude(Exists(waits))


def _new(study: Study, arms: Sequence[Arm] | None) -> "QuerySet[Attribute]":
    """Return the attributes in profiles of arms that have no items, of people who take part."""
    held = ArmAttribute.objects.filter(attribute=OuterRef("pk"), left_out=None)
    if arms is None:
        held = held.filter(arm__step__in=[ArmStep.EXTRACTION, ArmStep.REVISION])
    else:
        held = held.filter(arm__in=[one.pk for one in arms])
    taking_part = Enrollment.objects.filter(
        study=study,
        participant=OuterRef("participant"),
        consented_at__isnull=False,
        withdrawn_at=None,
        preview=False,
    )
    asked = Item.objects.filter(attribute=OuterRef("pk"), response_pair=None)
    return Attribute.objects.filter(
        Exists(held), Exists(taking_part), ~Exists(asked), study=study, withdrawn_at=None
    ).order_by()


def _conversations(enrollment: Enrollment, attributes: Sequence[Attribute]) -> list[Conversation]:
    """Return what is shown beside the attributes: finished chats, and what they were read from."""
    theirs = Conversation.objects.filter(
        study=enrollment.study_id, participant=enrollment.participant_id
    )
    evidence = Evidence.objects.filter(attribute__in=attributes)
    variants = AttributeVariant.objects.filter(attribute__in=attributes)
    shown = theirs.filter(
        Q(finished_at__isnull=False)
        | Q(pk__in=evidence.values("turn__conversation"))
        | Q(pk__in=variants.values("conversation"))
    )
    return list(shown.order_by("pk"))
