"""Pairing for somebody who waits: a seeded choice of queries by the study's plan, and their sheets."""

import secrets

from django.db import transaction

from annotation.enrollment import prepared
from annotation.models import Attribute, Enrollment, Query, Rater, Study
from annotation.models.person import Part
from annotation.sheets import SEED_BITS
from personalization.models import ModelCall, Pairing, PairingPlan
from personalization.pairing import matching
from personalization.pairing.laying import lay
from personalization.pairing.plan import choosable, outcome, pairs_of, usable
from personalization.pairing.rules import seed_of
from personalization.preparing import check_wanted, waiting
from personalization.steps import HopelessError, Step, in_thread


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
            enrollment=enrollment, defaults={"seed": _seed(enrollment)}
        )
        if row.settled_at is not None:
            self.settled(row)
        return int(new)

    def request(self, row: Pairing) -> None:
        """Ask nobody: the choice is made here."""
        check_wanted(row.enrollment)

    async def prepare(self, row: Pairing) -> None:
        """Get the vectors that the matcher of the plan measures by, where they are not there yet.

        Where a person's texts may not be sent there, the matcher says nothing about this person.
        """
        matcher, enrollment, attributes, queries = await in_thread(_known)(row)
        try:
            await matching.ask(matcher, enrollment, attributes, queries)
        except HopelessError as error:
            row.withheld = str(error)  # type: ignore[attr-defined]

    def settle(self, row: Pairing, call: ModelCall | None) -> None:
        """Choose queries, and lay a sheet for each."""
        enrollment = waiting(row.enrollment_id, Part.RELEVANCE)
        row.found = 0
        if enrollment is None:
            return
        study = enrollment.study
        # Of two people who wait at once, the second one sees what the first one got.
        PairingPlan.objects.select_for_update(no_key=True).filter(study=study).first()
        held = pairs_of(study)
        queries = list(study.queries.order_by("id"))
        attributes = list(usable(study).filter(participant=enrollment.participant_id))
        fit = matching.fit(held.matcher, attributes, queries)
        found = outcome(enrollment, held, fit, choosable(study, queries), row.seed)
        row.found = lay(enrollment, attributes, found.queries)
        said = [found.trouble, getattr(row, "withheld", "")]
        row.trouble = " ".join(filter(None, said))  # type: ignore[attr-defined]

    def settled(self, row: Pairing) -> None:
        """Let the person go on."""
        enrollment = waiting(row.enrollment_id, Part.RELEVANCE)
        if enrollment is None:
            return
        trouble = getattr(row, "trouble", "")
        if row.failure:
            trouble = f"Queries could not be chosen. {row.failure}"
        prepared(enrollment.pk, trouble)


def _seed(enrollment: Enrollment) -> int:
    """Return the seed of somebody's choice: it follows from the plan's, if there is one."""
    plan = PairingPlan.objects.filter(study=enrollment.study_id).first()
    return secrets.randbits(SEED_BITS) if plan is None else seed_of(plan.seed, enrollment.pk)


def _known(row: Pairing) -> tuple[Rater | None, Enrollment, list[Attribute], list[Query]]:
    """Return what the matcher would have to measure."""
    enrollment = Enrollment.objects.select_related("study").get(pk=row.enrollment_id)
    study: Study = enrollment.study
    matcher = pairs_of(study).matcher
    if matcher is None:
        return None, enrollment, [], []
    attributes = list(usable(study).filter(participant=enrollment.participant_id))
    return matcher, enrollment, attributes, list(study.queries.order_by("id"))
