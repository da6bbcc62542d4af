"""Verify and refine: flagged attributes return to the extractor, at most two rounds."""

from django.db import models
from django.db.models import Q

from annotation.models import Attribute
from annotation.models.constraints import one_of
from personalization.models.arm_work import (
    ArmWork,
    of_run,
    pending_in_run,
    pending_live,
    trial_in_run,
)

MOST_ROUNDS = 2


class RevisionKind(models.TextChoices):
    """The two calls that take turns."""

    CHECK = "check"  # is the attribute problematic, and why?
    REWRITE = "rewrite"  # write it better, or withdraw it


class Revision(ArmWork):
    """One call about one attribute: check 0, then rewrite 1, check 1, rewrite 2, check 2 where flagged.

    `text` and `reason` are what this call is about: the attribute's own at first, then as rewritten.
    """

    # The attribute that the arm began with.
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="revisions")
    kind = models.TextField(choices=RevisionKind.choices)
    round = models.PositiveSmallIntegerField(default=0, db_default=0)
    text = models.TextField()
    reason = models.TextField(blank=True, db_default="")
    # Of a check: is it problematic, and what was said to be wrong.
    flagged = models.BooleanField(null=True, blank=True)
    why = models.TextField(blank=True, db_default="")
    # Of a rewrite: the new wording; empty = withdrawn.
    new_text = models.TextField(null=True, blank=True)
    new_reason = models.TextField(blank=True, db_default="")

    class Meta:
        indexes = [
            pending_live("revision_pending"),
            pending_in_run("revision_pending_run"),
            of_run("revision_of_run"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["arm", "attribute", "kind", "round"],
                condition=Q(trial=False),
                name="revision_once",
            ),
            models.UniqueConstraint(
                fields=["run", "attribute", "kind", "round"],
                condition=Q(trial=True),
                name="revision_trial_once",
            ),
            trial_in_run("revision_trial_in_run"),
            one_of("kind", RevisionKind, "revision_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=RevisionKind.CHECK, round__lte=MOST_ROUNDS)
                | Q(kind=RevisionKind.REWRITE, round__gte=1, round__lte=MOST_ROUNDS),
                name="revision_rounds",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="revision_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.round} of attribute {self.attribute_id}"
