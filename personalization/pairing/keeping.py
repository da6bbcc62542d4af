"""Keep the plan of a study's pairing, and who gets no queries."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from annotation.models import Attribute, Enrollment, Judgment, Study
from annotation.models.judgment import Reason
from annotation.models.question import Kind
from annotation.progress import taking_part
from personalization.models import PairingPlan
from personalization.pairing.plan import Pairs


@dataclass(frozen=True, slots=True)
class Blocked:
    """Somebody on the block list, or who may belong there: attributes, and how many were flagged."""

    enrollment: Enrollment
    attributes: int
    flagged: int


@transaction.atomic
def save(study: Study, held: Pairs) -> None:
    """Keep the rules; the block list is kept by `block` alone."""
    rules = held.rules
    plan = _held(study)
    plan.seed, plan.by_list = rules.seed, rules.by_list
    plan.queries_min, plan.queries_max = rules.queries_min, rules.queries_max
    plan.people_max, plan.candidates_min = rules.people_max, held.least
    plan.matcher = held.matcher
    plan.save()


@transaction.atomic
def block(study: Study, pseudonym: str, *, blocked: bool = True) -> bool:
    """Give somebody no queries from now on, or some again; False where nobody is called so here.

    Sheets that are there stay.
    """
    person = taking_part(study).filter(participant__pseudonym=pseudonym.strip()).first()
    if person is None:
        return False
    plan = _held(study)
    plan.blocked = sorted({*plan.blocked, person.pk} if blocked else {*plan.blocked} - {person.pk})
    plan.save(update_fields=["blocked"])
    return True


def block_list(study: Study, held: Pairs) -> list[Blocked]:
    """Return who is on the block list."""
    return _told(study, Q(pk__in=held.blocked))


def flagged(study: Study, held: Pairs) -> list[Blocked]:
    """Return people of whom somebody flagged an attribute, and who are not on the list."""
    found = _told(study, ~Q(pk__in=held.blocked))
    return [one for one in found if one.flagged]


def _told(study: Study, which: Q) -> list[Blocked]:
    """Return people with how many attributes they have, and how many of them anybody flagged."""
    people = list(taking_part(study).filter(which).select_related("participant").order_by("pk"))
    mine = Attribute.objects.filter(study=study, withdrawn_at=None).order_by()
    count = dict(mine.values_list("participant").annotate(n=Count("pk")))
    said = Judgment.objects.filter(
        question__study=study,
        question__kind=Kind.ATTRIBUTE,
        reason=Reason.FLAGGED,
        superseded_at=None,
        item__attribute__withdrawn_at=None,
    ).order_by()
    named = said.values_list("item__attribute__participant")
    bad = dict(named.annotate(n=Count("item__attribute", distinct=True)))
    return [
        Blocked(one, count.get(one.participant_id, 0), bad.get(one.participant_id, 0))
        for one in people
    ]


def _held(study: Study) -> PairingPlan:
    """Return the plan, locked; a new one says what held without it."""
    each = max(1, study.queries_each)
    PairingPlan.objects.get_or_create(
        study=study,
        defaults={
            "queries_min": each,
            "queries_max": each,
            "candidates_min": 1,
            "by_list": False,
        },
    )
    return PairingPlan.objects.select_for_update().get(study=study)
