"""Every call to a model, saved before anyone parses the answer."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ModelCall(models.Model):
    """One request and its raw answer or error; unique by the work row and attempt it serves."""

    step = models.TextField()
    work_id = models.BigIntegerField()
    attempt = models.SmallIntegerField(default=0, db_default=0)
    endpoint = models.TextField()
    model = models.TextField()
    request = models.JSONField()
    request_hash = models.TextField(db_index=True)
    # Hashes of the prompt versions that the request was made from, joined by spaces.
    prompt_hash = models.TextField(blank=True, db_default="")
    answer = models.JSONField(null=True, blank=True)
    error = models.TextField(null=True, blank=True)
    prompt_tokens = models.IntegerField(null=True, blank=True)
    completion_tokens = models.IntegerField(null=True, blank=True)
    # In millionths of the run's currency, by the price of the day; null = no price is known.
    cost_micros = models.BigIntegerField(null=True, blank=True)
    # The answer was there already, to the same request: nothing was asked, nothing is paid.
    reused = models.ForeignKey("self", models.PROTECT, null=True, blank=True, db_index=False)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "work_id", "attempt"], name="call_attempt_once"
            ),
            models.CheckConstraint(
                condition=Q(answer__isnull=True) | Q(error__isnull=True),
                name="call_answer_or_error",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.work_id} attempt {self.attempt}"
