"""Responses that models write, under a condition."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotation.models import Enrollment, Query, Response
from annotation.models.constraints import one_of
from annotation.models.response import Condition
from personalization.models.call import ModelCall
from personalization.models.work import Work, pending


class Generation(Work):
    """One response to be written: query, person, condition, and the attributes the author is given."""

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="generations")
    query = models.ForeignKey(Query, models.PROTECT, related_name="generations")
    condition = models.TextField(choices=Condition.choices)
    # Names endpoint, model and prompt, so that another generator is another row.
    generator = models.TextField()
    # Ids of attributes, in the order in which the prompt names them.
    attributes = ArrayField(models.BigIntegerField(), default=list, blank=True)
    response = models.OneToOneField(
        Response, models.PROTECT, null=True, blank=True, related_name="generation"
    )
    call = models.ForeignKey(ModelCall, models.PROTECT, null=True, blank=True)

    class Meta:
        indexes = [pending("generation_pending")]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "query", "condition", "generator"], name="generation_once"
            ),
            one_of("condition", Condition, "generation_condition_known"),
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True, response__isnull=True)
                | models.Q(settled_at__isnull=False, response__isnull=False, failure__isnull=True)
                | models.Q(settled_at__isnull=False, response__isnull=True, failure__isnull=False),
                name="generation_written_or_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition} response to query {self.query_id}"
