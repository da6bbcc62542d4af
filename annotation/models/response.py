"""Answers to queries, and pairs of them to compare."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.constraints import one_of
from annotation.models.person import Participant
from annotation.models.query import Query


class AuthorKind(models.TextChoices):
    """Who can write a response."""

    HUMAN = "human"
    MODEL = "model"


class Author(models.Model):
    """Who wrote a text: a person or a model, its family and sampling; never shown to raters."""

    kind = models.TextField(choices=AuthorKind.choices)
    name = models.TextField()
    family = models.TextField(blank=True)
    sampling = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name", "sampling"], name="author_once"),
            one_of("kind", AuthorKind, "author_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Condition(models.TextChoices):
    """Which attributes the author of a response was given."""

    NONE = "none"
    ALL = "all"
    RELEVANT_MAJORITY = "relevant_majority"
    RELEVANT_OWNER = "relevant_owner"
    VERIFIED = "verified"
    HUMAN = "human"


class Response(models.Model):
    """An answer to a query under a condition, for one person where it is personalized."""

    query = models.ForeignKey(Query, models.PROTECT, related_name="responses", db_index=False)
    participant = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="responses"
    )
    author = models.ForeignKey(Author, models.PROTECT, related_name="responses")
    condition = models.TextField(choices=Condition.choices)
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            # The pair of ids that a ResponsePair refers to, so that both answer the same query.
            models.UniqueConstraint(fields=["query", "id"], name="response_of_query"),
            one_of("condition", Condition, "response_condition_known"),
            models.CheckConstraint(condition=~models.Q(text=""), name="response_has_text"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class ResponsePair(models.Model):
    """Two responses to one query, canonical a and b (a is the older): a pair has no sides."""

    query = models.ForeignKey(Query, models.PROTECT, related_name="response_pairs")
    participant = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="response_pairs"
    )
    a = models.ForeignKey(Response, models.PROTECT, related_name="pairs_as_a", db_index=False)
    b = models.ForeignKey(Response, models.PROTECT, related_name="pairs_as_b")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="response_pair_once"),
            models.CheckConstraint(
                condition=models.Q(a__lt=models.F("b")), name="response_pair_canonical"
            ),
        ]

    def __str__(self) -> str:
        return f"responses {self.a_id} and {self.b_id}"
