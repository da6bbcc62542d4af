"""What is an arm's: the attributes of its profiles, and the responses that it wrote."""

from collections.abc import Iterable

from django.db.models import QuerySet

from annotation.models import Attribute, Participant, Response
from personalization.models import Arm, ArmAttribute, ArmResponse


def hold(arm: Arm, attributes: Iterable[Attribute]) -> None:
    """Put attributes into the profiles of an arm; harmless twice."""
    rows = [ArmAttribute(arm=arm, attribute=one) for one in attributes]
    ArmAttribute.objects.bulk_create(rows, ignore_conflicts=True)


def leave_out(arm: Arm, attribute: Attribute, why: str) -> None:
    """Note that an attribute is not in an arm's profile, and why: withdrawn, dropped or refined."""
    ArmAttribute.objects.update_or_create(arm=arm, attribute=attribute, defaults={"left_out": why})


def hold_response(arm: Arm, response: Response) -> None:
    """Note which arm wrote a response; harmless twice."""
    ArmResponse.objects.get_or_create(arm=arm, response=response)


def profile(arm: Arm, participant: Participant | int) -> "QuerySet[Attribute]":
    """Return the attributes of a person as an arm has them, without those withdrawn since."""
    pk = participant if isinstance(participant, int) else participant.pk
    return Attribute.objects.filter(
        in_arms__arm=arm, in_arms__left_out=None, participant=pk, withdrawn_at=None
    ).order_by("pk")
