"""New user requests, and which attributes might matter for them."""

from django.db import models

from annotation.models.attribute import Attribute
from annotation.models.study import Study


class Query(models.Model):
    """A new user request to be answered, with its source and licence."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="queries")
    key = models.TextField()
    text = models.TextField()
    source = models.TextField(blank=True)
    licence = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "queries"
        constraints = [
            models.UniqueConstraint(fields=["study", "key"], name="query_key_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="query_has_text"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class RelevancePair(models.Model):
    """(attribute, query): should this attribute affect the answer to this query?"""

    attribute = models.ForeignKey(
        Attribute, models.PROTECT, related_name="relevance_pairs", db_index=False
    )
    query = models.ForeignKey(Query, models.PROTECT, related_name="relevance_pairs")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attribute", "query"], name="relevance_pair_once")
        ]

    def __str__(self) -> str:
        return f"{self.attribute} / {self.query}"
