"""Responses that models write, under a condition."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from annotation.models import Enrollment, Query, Response
from annotation.models.constraints import one_of
from annotation.models.response import Condition
from personalization.models.arm_work import (
    ArmWork,
    of_run,
    once,
    pending_in_run,
    pending_live,
    trial_in_run,
)


class Generation(ArmWork):
    """One response to be written: query, person, condition, and the attributes the author is given."""

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="generations")
    query = models.ForeignKey(Query, models.PROTECT, related_name="generations")
    condition = models.TextField(choices=Condition.choices)
    # Ids of attributes, in the order in which the prompt names them.
    attributes = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # Of a length-matched arm: as many words as the response without attributes has; null = free.
    words = models.PositiveIntegerField(null=True, blank=True)
    # What the response gives away (personalization/generation/leaks.py).
    leaks = ArrayField(models.TextField(), default=list, blank=True, db_default=[])
    response = models.OneToOneField(
        Response, models.PROTECT, null=True, blank=True, related_name="generation"
    )

    class Meta:
        indexes = [
            pending_live("generation_pending"),
            pending_in_run("generation_pending_run"),
            of_run("generation_of_run"),
        ]
        constraints = [
            *once("enrollment", "query", name="generation"),
            trial_in_run("generation_trial_in_run"),
            one_of("condition", Condition, "generation_condition_known"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, response__isnull=True)
                | Q(settled_at__isnull=False, response__isnull=False, failure__isnull=True)
                | Q(settled_at__isnull=False, response__isnull=True, failure__isnull=False)
                | Q(settled_at__isnull=False, response__isnull=True, trial=True),
                name="generation_written_or_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition} response to query {self.query_id}"
