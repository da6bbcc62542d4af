"""What is put to raters."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.attribute import Attribute
from annotation.models.constraints import filled, one_of
from annotation.models.query import RelevancePair
from annotation.models.question import Question
from annotation.models.rater import Rater
from annotation.models.record import Record
from annotation.models.response import Response, ResponsePair
from annotation.models.study import Study

SUBJECTS = ("attribute", "relevance_pair", "response_pair", "response", "record")


class Stage(models.TextChoices):
    """The stages of the three-stage protocol (RH); imported sheets may name their own."""

    REVIEW = "review"  # all attributes of one person, beside the conversations
    RELEVANCE = "relevance"  # one query with a person's attributes
    COMPARISON = "comparison"  # one response pair: overall, and a gain for each attribute
    MENTION = "mention"  # one response: does it name these attributes? (a sample, beside judges)


# What takes no owner to see: the owner of such a sheet gets no place at it.
STRANGERS_ONLY = (Stage.MENTION,)


class SheetUse(models.TextChoices):
    """What a sheet is for; all but labels are put to raters now and then, beside the quota."""

    LABEL = "label"
    GOLD = "gold"  # what is right is known, and the rater is not told
    TRAINING = "training"  # what is right is known, and the rater is told at once
    ATTENTION = "attention"  # asks for one certain answer, as a check whether it is read


class Sheet(models.Model):
    """What one rater gets at once: it pins what it shows and holds atomic items."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="sheets")
    stage = models.TextField()
    owner = models.ForeignKey(
        Rater, models.PROTECT, null=True, blank=True, related_name="owned_sheets"
    )
    use = models.TextField(choices=SheetUse.choices, default=SheetUse.LABEL, db_default="label")
    # A group of sheets of this stage that advances as fast as the others.
    stratum = models.TextField(blank=True, db_default="")
    shown = models.JSONField(default=dict, blank=True, db_default={})
    hidden_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            # The gold, training and attention sheets of a study are few.
            models.Index(
                fields=["study", "use", "stage"],
                condition=~models.Q(use="label"),
                name="sheet_check",
            ),
            models.Index(fields=["study", "stage", "id"], name="sheet_page"),
        ]
        constraints = [
            # Pairs of ids that slots and items refer to.
            models.UniqueConstraint(fields=["id", "owner"], name="sheet_of_owner"),
            models.UniqueConstraint(fields=["id", "study"], name="sheet_of_study"),
            one_of("use", SheetUse, "sheet_use_known"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} sheet {self.pk}"


class Item(models.Model):
    """(subject, question): the atom that every rater answers."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="items", db_constraint=False)
    study = models.ForeignKey(
        Study, models.PROTECT, related_name="items", db_index=False, db_constraint=False
    )
    question = models.ForeignKey(
        Question, models.PROTECT, related_name="items", db_index=False, db_constraint=False
    )
    attribute = models.ForeignKey(
        Attribute, models.PROTECT, null=True, blank=True, related_name="items"
    )
    relevance_pair = models.ForeignKey(
        RelevancePair, models.PROTECT, null=True, blank=True, related_name="items"
    )
    response_pair = models.ForeignKey(
        ResponsePair, models.PROTECT, null=True, blank=True, related_name="items"
    )
    response = models.ForeignKey(
        Response, models.PROTECT, null=True, blank=True, related_name="items"
    )
    record = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "question"], name="item_of_question"),
            models.UniqueConstraint(
                fields=["question", *SUBJECTS], nulls_distinct=False, name="item_subject_once"
            ),
            models.CheckConstraint(
                condition=filled(*SUBJECTS, count=1)
                | (
                    filled("response_pair", "attribute", count=2)
                    & filled("relevance_pair", "response", "record", count=0)
                ),
                name="item_has_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"
