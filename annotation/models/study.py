"""A study: one protocol and everything collected under it."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
# Python's $ also matches before a last line break; PostgreSQL's does not.
WHOLE_NAME = NAME_PATTERN.removesuffix("$") + r"\Z"


class Study(models.Model):
    """One protocol: questions, quotas, consent text version, chat model, pay, crowd platform."""

    name = models.TextField(
        unique=True,
        validators=[
            RegexValidator(
                WHOLE_NAME,
                _(
                    "Use lower-case letters, digits, - and _, at most 63, starting with a letter or digit."
                ),
            )
        ],
    )
    title = models.TextField(blank=True)
    description = models.TextField(blank=True)
    synthetic = models.BooleanField(default=False, db_default=False)
    consent_version = models.PositiveSmallIntegerField(default=1, db_default=1)
    consent_text = models.TextField(blank=True)
    chat_model = models.TextField(blank=True)
    platform = models.TextField(blank=True)
    pay_minor = models.PositiveIntegerField(null=True, blank=True)
    pay_currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "studies"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__regex=NAME_PATTERN), name="study_name_plain"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.name

    def get_absolute_url(self) -> str:
        return reverse("study", args=[self.name])
