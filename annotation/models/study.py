"""A study: one protocol and everything collected under it."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotation.models.constraints import one_of

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
# Python's $ also matches before a last line break; PostgreSQL's does not.
WHOLE_NAME = NAME_PATTERN.removesuffix("$") + r"\Z"


class PayRule(models.TextChoices):
    """What somebody gets who does not do the whole study."""

    FIXED = "fixed"  # the amount for stopping early
    SHARE = "share"  # of the pay, as much as was done; at least the amount for stopping early


class Study(models.Model):
    """One protocol: questions, quotas, consent texts, chat model, pay, crowd platform."""

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
    chat_model = models.TextField(blank=True)
    # What people are asked to talk about with the assistant.
    chat_task = models.TextField(blank=True, db_default="")
    turns_min = models.PositiveSmallIntegerField(default=3, db_default=3)
    turns_max = models.PositiveSmallIntegerField(default=10, db_default=10)
    # New requests for each person, and strangers' places at each of their sheets.
    queries_each = models.PositiveSmallIntegerField(default=2, db_default=2)
    strangers = models.PositiveSmallIntegerField(default=3, db_default=3)
    # Other people's sheets that somebody who only labels is asked for.
    sheets_each = models.PositiveSmallIntegerField(default=10, db_default=10)
    lease_minutes = models.PositiveSmallIntegerField(default=60, db_default=60)
    # How many training sheets come first, and after how many sheets of others comes a check; 0 = no.
    training_first = models.PositiveSmallIntegerField(default=0, db_default=0)
    gold_every = models.PositiveSmallIntegerField(default=0, db_default=0)
    attention_every = models.PositiveSmallIntegerField(default=0, db_default=0)
    # How long after a sheet its owner may be asked again; 0 = at the end of the same visit.
    repeat_after_hours = models.PositiveSmallIntegerField(default=0, db_default=0)
    platform = models.TextField(blank=True)
    pay_minor = models.PositiveIntegerField(null=True, blank=True)
    pay_rule = models.TextField(choices=PayRule.choices, default=PayRule.FIXED, db_default="fixed")
    # What somebody gets who stops early; null = nothing.
    pay_partial_minor = models.PositiveIntegerField(null=True, blank=True)
    pay_currency = models.CharField(max_length=3, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "studies"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__regex=NAME_PATTERN), name="study_name_plain"
            ),
            models.CheckConstraint(
                condition=models.Q(turns_min__gte=1, turns_min__lte=models.F("turns_max")),
                name="study_turns_ordered",
            ),
            models.CheckConstraint(
                condition=models.Q(lease_minutes__gte=1), name="study_lease_not_empty"
            ),
            one_of("pay_rule", PayRule, "study_pay_rule_known"),
        ]

    def __str__(self) -> str:
        return self.title or self.name

    def get_absolute_url(self) -> str:
        return reverse("study", args=[self.name])
