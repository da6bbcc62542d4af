"""Attribute extractions: a row exists even where nothing was found."""

from django.db import models
from django.db.models.functions import Now

from annotation.models import Conversation
from personalization.models.call import ModelCall


class Extraction(models.Model):
    """One extractor over one conversation: pending, leased, or settled (perhaps with nothing)."""

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="extractions", db_index=False
    )
    extractor = models.TextField()
    attempt = models.SmallIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.TextField(null=True, blank=True)
    call = models.ForeignKey(ModelCall, models.PROTECT, null=True, blank=True)
    failure = models.TextField(null=True, blank=True)
    found = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
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
