"""What all work of an arm has in common: it is done for somebody who waits, or by a run."""

from django.db import models
from django.db.models import Q

from personalization.models.arm import Arm, ArmRun
from personalization.models.call import ModelCall
from personalization.models.work import Work


class ArmWork(Work):
    """A row of work of an arm. Without a run, somebody waits for it (queue `live`)."""

    arm = models.ForeignKey(Arm, models.PROTECT, related_name="+")
    run = models.ForeignKey(
        ArmRun, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Of a trial: what came of it stands in `result` alone, and counts nowhere.
    trial = models.BooleanField(default=False, db_default=False)
    result = models.JSONField(null=True, blank=True)
    call = models.ForeignKey(ModelCall, models.PROTECT, null=True, blank=True, related_name="+")
    # What the call under way may cost at most; counts against the budget until it is settled.
    reserved_micros = models.BigIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


def pending_live(name: str) -> models.Index:
    """Return the index by which claims find pending rows that somebody waits for."""
    return models.Index(
        fields=["due_at", "id"],
        condition=Q(settled_at__isnull=True, run__isnull=True),
        name=name,
    )


def pending_in_run(name: str) -> models.Index:
    """Return the index by which a run finds its pending rows, however many are settled."""
    return models.Index(
        fields=["run", "due_at", "id"],
        condition=Q(settled_at__isnull=True, run__isnull=False),
        name=name,
    )


def of_run(name: str) -> models.Index:
    """Return the index by which a run's rows are counted and listed."""
    return models.Index(fields=["run", "id"], condition=Q(run__isnull=False), name=name)


def once(*fields: str, name: str) -> list[models.UniqueConstraint]:
    """Return the rules that an arm does a thing once, and each trial of it once as well."""
    return [
        models.UniqueConstraint(
            fields=["arm", *fields], condition=Q(trial=False), name=f"{name}_once"
        ),
        models.UniqueConstraint(
            fields=["run", *fields], condition=Q(trial=True), name=f"{name}_trial_once"
        ),
    ]


def trial_in_run(name: str) -> models.CheckConstraint:
    """Return the rule that a trial is of a run."""
    return models.CheckConstraint(condition=Q(trial=False) | Q(run__isnull=False), name=name)
