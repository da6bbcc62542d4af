"""Which attributes an arm of revision begins with, and the first check of each."""

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import MD5, Cast

from annotation.consent import versions_naming
from annotation.models import Attribute, Enrollment
from annotation.models.person import Scope
from personalization.arms.configuration import Revising
from personalization.arms.making import asked_of
from personalization.models import Arm, Revision
from personalization.models.revision import RevisionKind
from personalization.revision.flagging import WHO, Says


def of_base(arm: Arm) -> "QuerySet[Attribute]":
    """Return the attributes in the base arm's profiles of people who take part, always in one order."""
    return (
        Attribute.objects.filter(
            Exists(_taking_part()),
            in_arms__arm=arm.base_id,
            in_arms__left_out=None,
            withdrawn_at=None,
        )
        .annotate(turn=MD5(Cast("pk", TextField())))
        .order_by("turn", "pk")
    )


def agreed(arm: Arm) -> Q:
    """Return the condition on attributes that their people let them be sent to the arm's endpoint."""
    endpoint, _sampling = asked_of(arm)
    if not endpoint.provider:
        return Q()
    return Q(
        Exists(
            _taking_part().filter(
                scopes__contains=[Scope.PROVIDER],
                consent_version__in=versions_naming(arm.study_id, endpoint.provider),
            )
        )
    )


def begun(arm: Arm) -> "QuerySet[Revision]":
    """Return the first checks that an arm has already; none where the arm is not saved yet."""
    return Revision.objects.filter(arm=arm.pk, kind=RevisionKind.CHECK, round=0, trial=False)


def not_begun(arm: Arm) -> Q:
    """Return the condition on attributes that the arm has not begun with them."""
    return ~Q(Exists(begun(arm).filter(attribute=OuterRef("pk"))))


def judged(arm: Arm, attributes: "QuerySet[Attribute]", most: int | None = None) -> list[Attribute]:
    """Return the first of the attributes that a model can be asked about, or that people have judged."""
    says = people_of(arm)
    if says is None:
        return list(attributes[:most])
    found = list(attributes)
    said = says([one.pk for one in found])
    return [one for one in found if one.pk in said][:most]


def people_of(arm: Arm) -> Says | None:
    """Return who says at first what is flagged; None where the arm's model is asked."""
    return WHO[Revising.read(arm.configuration).flagged_by]


def first(arm: Arm, attribute: Attribute) -> Revision:
    """Return the first check of an attribute, not saved."""
    return Revision(
        arm=arm,
        attribute=attribute,
        kind=RevisionKind.CHECK,
        round=0,
        text=attribute.text,
        reason=attribute.reason,
    )


def _taking_part() -> "QuerySet[Enrollment]":
    return Enrollment.objects.filter(
        study=OuterRef("study"),
        participant=OuterRef("participant"),
        consented_at__isnull=False,
        withdrawn_at=None,
        preview=False,
    )
