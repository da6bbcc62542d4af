"""New user requests, and which attributes might matter for them."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.attribute import Attribute
from annotation.models.study import Study


class QueryList(models.Model):
    """Queries that came together: where from, under which licence, how they were chosen."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="query_lists", db_index=False)
    name = models.TextField()
    source = models.TextField(blank=True)
    licence = models.TextField(blank=True)
    # Where the list can be found, and how it was drawn from there.
    url = models.TextField(blank=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["study", "name"]
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="query_list_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="query_list_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Query(models.Model):
    """A new user request to be answered, with its source and licence."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="queries")
    # The list that it came with; null = typed in one by one, or from before there were lists.
    list = models.ForeignKey(
        QueryList, models.PROTECT, null=True, blank=True, related_name="queries"
    )
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
