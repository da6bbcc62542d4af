"""Which arms work for people who take part from now on."""

from django.db import transaction

from personalization.arms.making import UnfitError, asked_of, begin
from personalization.models import Arm


@transaction.atomic
def use_for_new(arm: Arm, on: bool) -> bool:
    """Let an arm work for new people, or no longer; return whether that is new.

    UnfitError for one that asks nobody; StaleError where a prompt of it was changed meanwhile.
    """
    if on:
        endpoint, _sampling = asked_of(arm)
        if endpoint.closed_at is not None:
            raise UnfitError(f"{endpoint} is closed: nobody can be asked there")
        begin(arm)
    changed = Arm.objects.filter(pk=arm.pk, live=not on).update(live=on)
    arm.live = on
    return bool(changed)
