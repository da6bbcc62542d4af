"""A study to fight over: owners with sheets of one stage, and strangers who label them."""

import random
from dataclasses import dataclass

from django.utils import timezone

from annotation import models as m
from annotation.models.person import Part
from annotation.protocol import protocol
from annotation.sheets import rater_of

STAGE = "relevance"
STRATA = ("", "other")
ATTRIBUTES = 2
EXTRA_MOST = 1
SCOPES = ["use", "show"]


@dataclass(frozen=True, slots=True)
class World:
    """The study, its people by the ids of their enrollments, and the items of its sheets."""

    study: m.Study
    owners: list[int]
    strangers: list[int]
    items: dict[int, list[int]]


def build(sheets: int, owners: int, strangers: int, quota: int, seed: int = 1) -> World:
    """Make about so many sheets, dealt out evenly to their owners, with their places in any order."""
    study = m.Study.objects.create(
        name=f"fire-{seed}", strangers=quota, sheets_each=30_000, lease_minutes=60
    )
    m.ConsentText.objects.create(study=study, version=1, text="You may stop.")
    m.Plan.objects.create(study=study, stage=STAGE, strangers=quota, extra_most=EXTRA_MOST)
    of = [_person(study, "whole", Part.RELEVANCE) for _number in range(owners)]
    others = [_person(study, "labels", Part.OTHERS) for _number in range(strangers)]
    each = -(-sheets // owners)
    queries = m.Query.objects.bulk_create(
        m.Query(study=study, key=f"query-{number}", text="Where to?") for number in range(each)
    )
    laid = [sheet for owner in of for sheet in _sheets(study, owner, queries)]
    places = [
        m.Slot(sheet=sheet, role="third_party", ordinal=ordinal)
        for sheet in laid
        for ordinal in range(quota)
    ]
    places += [
        m.Slot(sheet=sheet, role="first_person", ordinal=0, reserved_for=sheet.owner)
        for sheet in laid
    ]
    random.Random(seed).shuffle(places)
    m.Slot.objects.bulk_create(places, 2000)
    items: dict[int, list[int]] = {}
    for sheet, item in m.Item.objects.filter(study=study).values_list("sheet", "pk").order_by("pk"):
        items.setdefault(sheet, []).append(item)
    return World(study, [one.pk for one in of], [one.pk for one in others], items)


def _person(study: m.Study, way: str, part: Part) -> m.Enrollment:
    one = m.Enrollment.objects.create(
        participant=m.Participant.objects.create(),
        study=study,
        way=way,
        part=part,
        scopes=SCOPES,
        consent_version=1,
        consented_at=timezone.now(),
    )
    rater_of(one)
    return one


def _sheets(study: m.Study, owner: m.Enrollment, queries: list[m.Query]) -> list[m.Sheet]:
    question = protocol(study).relevance
    rater = rater_of(owner)
    attributes = m.Attribute.objects.bulk_create(
        m.Attribute(study=study, participant=owner.participant, text=f"The user sails {number}.")
        for number in range(ATTRIBUTES)
    )
    pairs = m.RelevancePair.objects.bulk_create(
        m.RelevancePair(attribute=attribute, query=query)
        for query in queries
        for attribute in attributes
    )
    sheets = m.Sheet.objects.bulk_create(
        m.Sheet(
            study=study, stage=STAGE, owner=rater, stratum=STRATA[number % len(STRATA)],
            shown={"query": query.pk},
        )
        for number, query in enumerate(queries)
    )  # fmt: skip
    m.Item.objects.bulk_create(
        m.Item(
            sheet=sheets[number // ATTRIBUTES], study=study, question=question, relevance_pair=pair
        )
        for number, pair in enumerate(pairs)
    )
    return sheets
