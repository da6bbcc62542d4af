"""Answers, and what is known to be right."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models.constraints import exactly_one, one_of, together
from annotation.models.question import Question
from annotation.models.rater import Rater
from annotation.models.sheet import Item
from annotation.models.slot import Slot
from annotation.models.user import User


class Role(models.TextChoices):
    """A rater's relation to an item; first person and third party are never pooled."""

    FIRST_PERSON = "first_person"
    THIRD_PARTY = "third_party"
    MACHINE = "machine"


class Use(models.TextChoices):
    """What an answer counts for; panels use labels alone."""

    LABEL = "label"
    EXTRA = "extra"
    REPEAT = "repeat"
    GOLD = "gold"
    TRAINING = "training"
    ATTENTION = "attention"
    PREVIEW = "preview"
    SURPLUS = "surplus"


class Reason(models.TextChoices):
    """Why there is no value: missing is not wrong."""

    SKIPPED = "skipped"
    FLAGGED = "flagged"
    CANNOT_TELL = "cannot_tell"
    INCONSISTENT = "inconsistent"
    UNPARSED = "unparsed"
    REFUSED = "refused"
    FAILED = "failed"


class DistributionSource(models.TextChoices):
    """Where a distribution over the options came from."""

    COUNTS = "counts"
    LOGPROBS = "logprobs"
    SAMPLES = "samples"
    VERBALIZED = "verbalized"


class Judgment(models.Model):
    """A rater's answer to an item: a value or a reason. Append-only: an edit supersedes."""

    item = models.ForeignKey(
        Item, models.PROTECT, related_name="judgments", db_index=False, db_constraint=False
    )
    question = models.ForeignKey(
        Question, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="judgments", db_index=False)
    role = models.TextField(choices=Role.choices)
    use = models.TextField(choices=Use.choices, default=Use.LABEL, db_default="label")
    occasion = models.SmallIntegerField(default=0, db_default=0)
    slot = models.ForeignKey(
        Slot, models.PROTECT, null=True, blank=True, related_name="judgments", db_index=False
    )
    value = models.SmallIntegerField(null=True, blank=True)
    reason = models.TextField(choices=Reason.choices, null=True, blank=True)
    # Mean of both presentation orders, ordinal questions, machines only (protocols 0.2).
    score = models.FloatField(null=True, blank=True)
    certainty = models.SmallIntegerField(null=True, blank=True)
    distribution = ArrayField(models.FloatField(), null=True, blank=True)
    distribution_source = models.TextField(
        choices=DistributionSource.choices, null=True, blank=True
    )
    shown = models.JSONField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # Agreement frames read this index alone.
            models.Index(
                fields=["question", "role", "item"],
                include=["rater", "value"],
                condition=Q(
                    superseded_at__isnull=True, use="label", occasion=0, value__isnull=False
                ),
                name="judgment_frame",
            ),
            models.Index(
                fields=["question", "role"],
                include=["item", "rater", "reason"],
                condition=Q(
                    superseded_at__isnull=True, use="label", occasion=0, value__isnull=True
                ),
                name="judgment_without_value",
            ),
            # What few answers have, found without looking at the others: repeats, and what machines
            # say beside the value.
            models.Index(
                fields=["question", "role"],
                condition=Q(superseded_at__isnull=True, use="repeat", value__isnull=False),
                name="judgment_repeat",
            ),
            models.Index(
                fields=["question"],
                condition=Q(superseded_at__isnull=True, use="label", occasion=0, role="machine")
                & (
                    Q(score__isnull=False)
                    | Q(certainty__isnull=False)
                    | Q(distribution__isnull=False)
                ),
                name="judgment_details",
            ),
            models.Index(fields=["rater", "question"], name="judgment_rater"),
            models.Index(fields=["slot"], condition=Q(slot__isnull=False), name="judgment_slot"),
            # Pages of a question's answers cost the same wherever they are.
            models.Index(fields=["question", "id"], name="judgment_page"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "rater", "occasion"],
                condition=Q(superseded_at__isnull=True),
                name="judgment_current",
            ),
            exactly_one("value", "reason", name="judgment_value_or_reason"),
            together("distribution", "distribution_source", name="judgment_distribution_sourced"),
            one_of("role", Role, "judgment_role_known"),
            one_of("use", Use, "judgment_use_known"),
            one_of("reason", Reason, "judgment_reason_known"),
            one_of("distribution_source", DistributionSource, "judgment_source_known"),
            models.CheckConstraint(
                condition=Q(certainty__gte=1, certainty__lte=100), name="judgment_certainty_range"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(role=Role.MACHINE),
                name="judgment_score_of_machine",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rater_id} on {self.item_id}: {self.reason or self.value}"


class ReferenceKind(models.TextChoices):
    """How an item's truth is known."""

    GOLD = "gold"
    ADJUDICATED = "adjudicated"
    IMPORTED = "imported"


class Reference(models.Model):
    """The truth of an item: one or several accepted values. Never a Judgment."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="references")
    kind = models.TextField(choices=ReferenceKind.choices)
    accepted = ArrayField(models.SmallIntegerField())
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, db_default="")
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "kind"],
                condition=Q(superseded_at__isnull=True),
                name="reference_current",
            ),
            one_of("kind", ReferenceKind, "reference_kind_known"),
            models.CheckConstraint(condition=Q(accepted__len__gte=1), name="reference_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of item {self.item_id}"


class Stamp(models.Model):
    """Sharded counter of changes to a question's judgments, raised by the database itself."""

    question = models.ForeignKey(
        Question, models.CASCADE, related_name="stamps", db_index=False, db_constraint=False
    )
    shard = models.SmallIntegerField()
    changes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "shard"], name="stamp_shard_once")
        ]

    def __str__(self) -> str:
        return f"question {self.question_id}: {self.changes}"
