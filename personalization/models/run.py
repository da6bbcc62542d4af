"""Runs of a judge over a set of items."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import Rater, Study
from annotation.models.constraints import one_of


class RunSource(models.TextChoices):
    """Where the verdicts of a run come from."""

    CALLED = "called"
    IMPORTED = "imported"


class JudgeRun(models.Model):
    """A judge over a set of items, with budget and ledger; its state follows from the times."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="judge_runs")
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="judge_runs")
    source = models.TextField(choices=RunSource.choices)
    budget_micros = models.BigIntegerField(null=True, blank=True)
    spent_micros = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("source", RunSource, "run_source_known"),
            models.UniqueConstraint(
                fields=["study", "rater"], condition=Q(source="imported"), name="run_imported_once"
            ),
            models.CheckConstraint(condition=Q(spent_micros__gte=0), name="run_spent_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.rater} in {self.study}"
