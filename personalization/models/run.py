"""Runs of a judge over a set of items."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import Rater, Study, User
from annotation.models.constraints import one_of
from personalization.models.endpoint import Endpoint


class RunSource(models.TextChoices):
    """Where the verdicts of a run come from."""

    CALLED = "called"
    IMPORTED = "imported"
    COMPUTED = "computed"  # baselines: no model is asked
    POSTED = "posted"  # by a program, over the REST API


class Run(models.Model):
    """What runs of judges and of arms have in common; their state follows from the times."""

    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # How many rows of work the plan asks for, and how many are settled: progress without counting.
    planned = models.PositiveIntegerField(default=0, db_default=0)
    settled = models.PositiveIntegerField(default=0, db_default=0)
    # What is not sent: its person did not agree to the endpoint's provider.
    withheld = models.PositiveIntegerField(default=0, db_default=0)
    # What a person must mend before the run can go on, as the endpoint said it; set with the pause.
    trouble = models.TextField(blank=True, db_default="")
    paused_at = models.DateTimeField(null=True, blank=True)
    # Everything is asked before then, or not at all.
    deadline = models.DateTimeField(null=True, blank=True)
    # A trial of a prompt: a few rows, and nothing that counts.
    trial = models.BooleanField(default=False, db_default=False)
    # No more items, people or queries than so many, drawn by their ids; null = all.
    most_items = models.PositiveIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    budget_micros = models.BigIntegerField(null=True, blank=True)
    spent_micros = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class JudgeRun(Run):
    """A judge over a set of items, with budget and ledger."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="judge_runs")
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="judge_runs")
    source = models.TextField(choices=RunSource.choices)
    # Where the judge is asked; null for every source but `called`.
    endpoint = models.ForeignKey(
        Endpoint, models.PROTECT, null=True, blank=True, related_name="judge_runs"
    )
    # Ids of the questions whose items are judged; empty = all of the study.
    questions = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=[])
    # Texts that give orders to the judge are put into its material, to see whether it obeys.
    planted = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            one_of("source", RunSource, "run_source_known"),
            models.UniqueConstraint(
                fields=["study", "rater"], condition=Q(source="imported"), name="run_imported_once"
            ),
            models.CheckConstraint(
                condition=Q(source=RunSource.CALLED, endpoint__isnull=False)
                | (~Q(source=RunSource.CALLED) & Q(endpoint__isnull=True)),
                name="run_called_at_endpoint",
            ),
            models.CheckConstraint(condition=Q(spent_micros__gte=0), name="run_spent_not_negative"),
            models.CheckConstraint(
                condition=Q(budget_micros=None) | Q(budget_micros__gte=0),
                name="run_budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(planted=False) | Q(trial=True), name="run_planted_is_trial"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rater} in {self.study}"


class LedgerRow(models.Model):
    """What a run did in a minute, by what came of it: an answer, a kind of error, a saved answer.

    Written with the calls themselves, so that a run's rate, spend and errors are known without
    counting calls.
    """

    minute = models.DateTimeField()
    # answered, reused, lost, or a kind of error (llm/backend.py).
    outcome = models.TextField()
    calls = models.PositiveIntegerField()
    prompt_tokens = models.PositiveBigIntegerField(default=0, db_default=0)
    completion_tokens = models.PositiveBigIntegerField(default=0, db_default=0)
    micros = models.PositiveBigIntegerField(default=0, db_default=0)
    # The time that these calls took, all together.
    milliseconds = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.minute}: {self.calls} {self.outcome}"


class Ledger(LedgerRow):
    """What a judge's run did in a minute."""

    run = models.ForeignKey(JudgeRun, models.CASCADE, related_name="ledger", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "minute", "outcome"], name="ledger_once")
        ]
