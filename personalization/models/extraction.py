"""Extraction: attributes from conversations, their merging, and where they were read."""

from django.db import models
from django.db.models import Q

from annotation.models import Attribute, AttributeVariant, Conversation, Enrollment
from personalization.models.arm_work import (
    ArmWork,
    of_run,
    once,
    pending_in_run,
    pending_live,
    trial_in_run,
)


class Extraction(ArmWork):
    """One extractor over one conversation: pending, leased, or settled (perhaps with nothing)."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="extractions")
    found = models.PositiveSmallIntegerField(null=True, blank=True)
    # What was not kept, counted by why: below_floor, not_a_statement, no_such_turn ...
    dropped = models.JSONField(default=dict, blank=True, db_default={})

    class Meta:
        indexes = [
            pending_live("extraction_pending"),
            pending_in_run("extraction_pending_run"),
            of_run("extraction_of_run"),
        ]
        constraints = [
            *once("conversation", name="extraction"),
            trial_in_run("extraction_trial_in_run"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, found__isnull=True, failure__isnull=True)
                | Q(settled_at__isnull=False, found__isnull=False, failure__isnull=True)
                | Q(settled_at__isnull=False, found__isnull=True, failure__isnull=False),
                name="extraction_found_or_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arm} on conversation {self.conversation_id}"


class Extracted(models.Model):
    """Which extraction a variant came from."""

    extraction = models.ForeignKey(Extraction, models.CASCADE, related_name="extracted")
    variant = models.OneToOneField(AttributeVariant, models.CASCADE, related_name="extracted")

    def __str__(self) -> str:
        return f"variant {self.variant_id} from extraction {self.extraction_id}"


class Merging(ArmWork):
    """What one extractor found about a person, put together: same things said in other words.

    A new row for each time that more of the person's conversations were read: what was merged
    before stays, texts that have items never change.
    """

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="mergings")
    # The newest extraction that goes in.
    up_to = models.ForeignKey(Extraction, models.CASCADE, related_name="+")
    # Which embedder said how near two texts are, and how near is the same (cosine).
    embedder = models.TextField(blank=True, db_default="")
    threshold = models.FloatField(null=True, blank=True)
    variants = models.PositiveIntegerField(null=True, blank=True)
    attributes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            pending_live("merging_pending"),
            pending_in_run("merging_pending_run"),
            of_run("merging_of_run"),
        ]
        constraints = [
            *once("enrollment", "up_to", name="merging"),
            trial_in_run("merging_trial_in_run"),
        ]

    def __str__(self) -> str:
        return f"{self.arm}: merging for {self.enrollment}"


class Pointing(ArmWork):
    """The call by which an attribute gets its evidence: which turns of which conversations."""

    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="pointings")
    # How many turns support the attribute; 0 = no evidence.
    found = models.PositiveSmallIntegerField(null=True, blank=True)
    # Pointers that were not kept, counted by why: no_such_turn, another_person, no_turn_of_the_user ...
    dropped = models.JSONField(default=dict, blank=True, db_default={})

    class Meta:
        indexes = [
            pending_live("pointing_pending"),
            pending_in_run("pointing_pending_run"),
            of_run("pointing_of_run"),
        ]
        constraints = [
            *once("attribute", name="pointing"),
            trial_in_run("pointing_trial_in_run"),
        ]

    def __str__(self) -> str:
        return f"{self.arm}: evidence for attribute {self.attribute_id}"
