"""What people are asked to agree to, in versions, and the links by which they are invited."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from annotation.models.constraints import one_of
from annotation.models.study import Study
from annotation.models.user import User


class ConsentText(models.Model):
    """One version of a study's consent text; never changed, so that it is known who read what."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="consent_texts", db_index=False)
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    # Who runs the models that people's texts are sent to, by name; empty = nobody outside.
    provider = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["study", "-version"]
        constraints = [
            # The pair that an Enrollment refers to.
            models.UniqueConstraint(fields=["study", "version"], name="consent_text_version_once"),
            models.CheckConstraint(condition=~Q(text=""), name="consent_text_not_empty"),
        ]

    def __str__(self) -> str:
        return f"consent to {self.study}, version {self.version}"


class Way(models.TextChoices):
    """What a person is invited to."""

    WHOLE = "whole"  # talks to the assistant, then labels
    LABELS = "labels"  # labels other people's sheets only


class Invite(models.Model):
    """A link into a study; its address is a signature over its id and is stored nowhere."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="invites")
    way = models.TextField(choices=Way.choices, default=Way.WHOLE, db_default="whole")
    label = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # How many people may come in by it; null = any number.
    most = models.PositiveIntegerField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            one_of("way", Way, "invite_way_known"),
            models.CheckConstraint(
                condition=Q(most__isnull=True) | Q(used__lte=F("most")), name="invite_not_overused"
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"invite {self.pk}"
