"""Raw readings of LLM judges."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import Item, Question, Rater
from annotation.models.constraints import filled, one_of
from annotation.models.judgment import Reason
from personalization.models.call import ModelCall
from personalization.models.run import JudgeRun


class Side(models.TextChoices):
    """The order in which the two candidates were shown; `none` where nothing can be swapped."""

    AB = "ab"
    BA = "ba"
    NONE = "none"


class Verdict(models.Model):
    """One raw reading, already mapped back to canonical values; several settle one Judgment."""

    run = models.ForeignKey(JudgeRun, models.PROTECT, related_name="verdicts")
    item = models.ForeignKey(
        Item, models.PROTECT, related_name="verdicts", db_index=False, db_constraint=False
    )
    question = models.ForeignKey(
        Question, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="verdicts")
    occasion = models.SmallIntegerField(default=0, db_default=0)
    side = models.TextField(choices=Side.choices)
    sample = models.SmallIntegerField(default=0, db_default=0)
    attempt = models.SmallIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.TextField(null=True, blank=True)
    due_at = models.DateTimeField(db_default=Now())
    call = models.ForeignKey(ModelCall, models.PROTECT, null=True, blank=True)
    value = models.SmallIntegerField(null=True, blank=True)
    reason = models.TextField(choices=Reason.choices, null=True, blank=True)
    certainty = models.SmallIntegerField(null=True, blank=True)
    distribution = ArrayField(models.FloatField(), null=True, blank=True)
    # How much probability the endpoint's top tokens left out, where the source is logprobs.
    left_out = models.FloatField(null=True, blank=True)
    # What the call under way may cost at most; counts against the budget until it is settled.
    reserved_micros = models.BigIntegerField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["run", "due_at", "id"],
                condition=Q(settled_at__isnull=True),
                name="verdict_pending",
            ),
            # Both orders of all judges of a question, read from this index alone.
            models.Index(
                fields=["question", "rater"],
                include=["item", "side", "value"],
                condition=Q(settled_at__isnull=False, sample=0, occasion=0) & ~Q(side="none"),
                name="verdict_orders",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "rater", "occasion", "side", "sample"], name="verdict_once"
            ),
            one_of("side", Side, "verdict_side_known"),
            one_of("reason", Reason, "verdict_reason_known"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | filled("value", "reason", count=1),
                name="verdict_value_or_reason",
            ),
            models.CheckConstraint(
                condition=Q(certainty__gte=1, certainty__lte=100), name="verdict_certainty_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rater_id} on {self.item_id} ({self.side}): {self.reason or self.value}"
