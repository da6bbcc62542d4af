"""Embeddings of texts that were paid for or took time: each is asked for once."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Vector(models.Model):
    """The embedding of one text by one embedder."""

    # Which embedder: kind, model, and what else decides its numbers (personalization/embedding/).
    embedder = models.TextField()
    text_hash = models.TextField()
    values = ArrayField(models.FloatField())
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["embedder", "text_hash"], name="vector_once")
        ]

    def __str__(self) -> str:
        return f"{self.embedder}: {len(self.values)} numbers"
