"""Attribute extractions: a row exists even where nothing was found."""

from django.db import models

from annotation.models import AttributeVariant, Conversation
from personalization.models.call import ModelCall
from personalization.models.work import Work, pending


class Extraction(Work):
    """One extractor over one conversation: pending, leased, or settled (perhaps with nothing)."""

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="extractions", db_index=False
    )
    extractor = models.TextField()
    call = models.ForeignKey(ModelCall, models.PROTECT, null=True, blank=True)
    found = models.PositiveSmallIntegerField(null=True, blank=True)
    # What was not kept, counted by why: below_floor, not_a_statement, no_such_turn ...
    dropped = models.JSONField(default=dict, blank=True, db_default={})

    class Meta:
        indexes = [pending("extraction_pending")]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "extractor"], name="extraction_once"),
            models.CheckConstraint(
                condition=models.Q(
                    settled_at__isnull=True, found__isnull=True, failure__isnull=True
                )
                | models.Q(settled_at__isnull=False, found__isnull=False, failure__isnull=True)
                | models.Q(settled_at__isnull=False, found__isnull=True, failure__isnull=False),
                name="extraction_found_or_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.extractor} on conversation {self.conversation_id}"


class Extracted(models.Model):
    """Which extraction a variant came from."""

    extraction = models.ForeignKey(Extraction, models.CASCADE, related_name="extracted")
    variant = models.OneToOneField(AttributeVariant, models.CASCADE, related_name="extracted")

    def __str__(self) -> str:
        return f"variant {self.variant_id} from extraction {self.extraction_id}"
