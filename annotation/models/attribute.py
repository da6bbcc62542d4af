"""What a model says about a person, and where it says to have read it."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.conversation import Conversation, Turn
from annotation.models.person import Participant
from annotation.models.study import Study

UNIT_INTERVAL = models.Q(confidence__gte=0, confidence__lte=1)


class Attribute(models.Model):
    """A free sentence about a person ("The user ..."), immutable once it has an item."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="attributes")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="attributes")
    text = models.TextField()
    reason = models.TextField(blank=True)
    confidence = models.FloatField(null=True, blank=True)
    refined_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="attribute_has_text"),
            models.CheckConstraint(condition=UNIT_INTERVAL, name="attribute_confidence_share"),
        ]

    def __str__(self) -> str:
        return self.text


class AttributeVariant(models.Model):
    """One extracted wording that was merged into an attribute; every variant is kept."""

    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="variants")
    # Null where an imported one does not say which conversation it was read from.
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, null=True, blank=True, related_name="variants"
    )
    text = models.TextField()
    reason = models.TextField(blank=True)
    confidence = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=UNIT_INTERVAL, name="variant_confidence_share")
        ]

    def __str__(self) -> str:
        return self.text


class Evidence(models.Model):
    """A turn that supports an attribute."""

    attribute = models.ForeignKey(
        Attribute, models.CASCADE, related_name="evidence", db_index=False
    )
    turn = models.ForeignKey(Turn, models.PROTECT, related_name="evidence_for")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attribute", "turn"], name="evidence_once")]

    def __str__(self) -> str:
        return f"turn {self.turn_id} for attribute {self.attribute_id}"
