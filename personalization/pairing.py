"""Pairing: which queries a person's attributes are put beside; a seeded choice, no model."""

import random
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from annotation.enrollment import prepared
from annotation.models import Attribute, Enrollment, Judgment, Query, RelevancePair
from annotation.models.judgment import Reason
from annotation.models.person import Part
from annotation.models.question import Kind
from annotation.sheets import SEED_BITS, lay_relevance, rater_of
from personalization.models import ModelCall, Pairing
from personalization.preparing import check_wanted, waiting
from personalization.steps import Step

REJECTED = "rejected"


class PairingStep(Step[Pairing]):
    """One choice of queries for each person."""

    model = Pairing

    @transaction.atomic
    def plan(self, about: int) -> int:
        """Add the one row of a person, with the seed of the choice."""
        enrollment = waiting(about, Part.RELEVANCE)
        if enrollment is None:
            return 0
        row, new = Pairing.objects.get_or_create(
            enrollment=enrollment, defaults={"seed": secrets.randbits(SEED_BITS)}
        )
        if row.settled_at is not None:
            self.settled(row)
        return int(new)

    def request(self, row: Pairing) -> None:
        """Ask nobody: the choice is made here."""
        check_wanted(row.enrollment)

    def settle(self, row: Pairing, call: ModelCall | None) -> None:
        """Choose queries, and lay a sheet for each."""
        enrollment = waiting(row.enrollment_id, Part.RELEVANCE)
        row.found = 0
        if enrollment is None:
            return
        attributes = list(_usable(enrollment))
        for query in _choose(enrollment, row.seed) if attributes else []:
            pairs = _pairs(attributes, query)
            lay_relevance(enrollment, pairs)
            row.found += len(pairs)

    def settled(self, row: Pairing) -> None:
        """Let the person go on."""
        enrollment = waiting(row.enrollment_id, Part.RELEVANCE)
        if enrollment is None:
            return
        trouble = ""
        if row.failure:
            trouble = f"Queries could not be chosen. {row.failure}"
        elif not enrollment.study.queries.exists():
            trouble = "The study has no queries."
        prepared(enrollment.pk, trouble)


def _usable(enrollment: Enrollment) -> "QuerySet[Attribute]":
    """Return a person's attributes but those that the person rejected or flagged."""
    refused = Judgment.objects.filter(
        Q(question__options__key=REJECTED, question__options__code=F("value"))
        | Q(reason=Reason.FLAGGED),
        item__attribute=OuterRef("pk"),
        item__response_pair=None,
        question__kind=Kind.ATTRIBUTE,
        rater=rater_of(enrollment),
        superseded_at=None,
    )
    mine = Attribute.objects.filter(
        study=enrollment.study_id, participant=enrollment.participant_id, withdrawn_at=None
    )
    return mine.exclude(Exists(refused)).order_by("id")


def _choose(enrollment: Enrollment, seed: int) -> Sequence[Query]:
    """Return as many queries as the study gives to each person: those that the fewest have met."""
    study = enrollment.study
    people = Count("relevance_pairs__attribute__participant", distinct=True)
    queries = list(study.queries.annotate(people=people).order_by("id"))
    random.Random(seed).shuffle(queries)  # noqa: S311 - a fair choice that can be repeated
    queries.sort(key=lambda one: one.people)
    return queries[: study.queries_each]


def _pairs(attributes: Sequence[Attribute], query: Query) -> list[RelevancePair]:
    RelevancePair.objects.bulk_create(
        [RelevancePair(attribute=one, query=query) for one in attributes], ignore_conflicts=True
    )
    return list(
        RelevancePair.objects.filter(query=query, attribute__in=attributes).order_by("attribute")
    )
