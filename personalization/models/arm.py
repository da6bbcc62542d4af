"""Arms: one configured way of doing a step of the pipeline, and what it has made."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import Attribute, Response, Study, User
from annotation.models.constraints import one_of
from annotation.models.response import AuthorKind
from personalization.models.endpoint import Endpoint
from personalization.models.run import LedgerRow, Run


class ArmStep(models.TextChoices):
    """The steps of the pipeline that can be done in several ways, compared on people's labels."""

    EXTRACTION = "extraction"  # attributes from conversations
    REVISION = "revision"  # verify and refine the attributes of another arm
    GENERATION = "generation"  # responses to queries under a condition


class ArmSource(models.TextChoices):
    """Where what an arm has made comes from."""

    CALLED = "called"
    IMPORTED = "imported"


class Arm(models.Model):
    """A way of doing a step: endpoint, model, sampling, prompts and settings; never changed.

    Something else in any of them is another arm. Raters never see which arm anything is of.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="arms", db_index=False)
    step = models.TextField(choices=ArmStep.choices)
    # What researchers call it; also in reports, filters and exports.
    name = models.TextField()
    source = models.TextField(choices=ArmSource.choices)
    author = models.TextField(
        choices=AuthorKind.choices, default=AuthorKind.MODEL, db_default="model"
    )
    # Where the arm is asked; null for what is imported.
    endpoint = models.ForeignKey(
        Endpoint, models.PROTECT, null=True, blank=True, related_name="arms"
    )
    model = models.TextField(blank=True, db_default="")
    # The arm whose attributes a revision begins with.
    base = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="revised")
    # See personalization/arms/configuration.py.
    configuration = models.JSONField(default=dict, blank=True, db_default={})
    fingerprint = models.TextField()
    # Done for everybody who takes part from now on, while they wait.
    live = models.BooleanField(default=False, db_default=False)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["study", "step", "id"]
        constraints = [
            models.UniqueConstraint(fields=["study", "step", "name"], name="arm_name_once"),
            models.UniqueConstraint(
                fields=["study", "step", "fingerprint"], name="arm_fingerprint_once"
            ),
            one_of("step", ArmStep, "arm_step_known"),
            one_of("source", ArmSource, "arm_source_known"),
            one_of("author", AuthorKind, "arm_author_known"),
            models.CheckConstraint(condition=~Q(name=""), name="arm_named"),
            models.CheckConstraint(
                condition=Q(source=ArmSource.CALLED) | Q(endpoint=None, live=False),
                name="arm_imported_asks_nobody",
            ),
            models.CheckConstraint(
                condition=Q(step=ArmStep.REVISION, base__isnull=False)
                | Q(step=ArmStep.REVISION, source=ArmSource.IMPORTED)
                | (~Q(step=ArmStep.REVISION) & Q(base=None)),
                name="arm_revision_has_base",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ArmAttribute(models.Model):
    """An attribute in the profiles that an arm makes; of a revision also what it has left out."""

    arm = models.ForeignKey(Arm, models.CASCADE, related_name="attributes", db_index=False)
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="in_arms")
    # Of a revision: why the attribute is not in the profile (any more); null = it is.
    left_out = models.TextField(
        choices=[("withdrawn", "withdrawn"), ("dropped", "dropped"), ("refined", "refined")],
        null=True,
        blank=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arm", "attribute"], name="arm_attribute_once"),
            models.CheckConstraint(
                condition=Q(left_out=None) | Q(left_out__in=["withdrawn", "dropped", "refined"]),
                name="arm_attribute_left_out_known",
            ),
        ]

    def __str__(self) -> str:
        return f"attribute {self.attribute_id} of {self.arm}"


class ArmResponse(models.Model):
    """A response that an arm has written."""

    arm = models.ForeignKey(Arm, models.CASCADE, related_name="responses", db_index=False)
    response = models.ForeignKey(Response, models.CASCADE, related_name="in_arms")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arm", "response"], name="arm_response_once")
        ]

    def __str__(self) -> str:
        return f"response {self.response_id} of {self.arm}"


class ArmRun(Run):
    """An arm at work on many people or queries at once, with budget and ledger."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="arm_runs")
    arm = models.ForeignKey(Arm, models.PROTECT, related_name="runs")
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="arm_runs")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(spent_micros__gte=0), name="arm_run_spent_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(budget_micros=None) | Q(budget_micros__gte=0),
                name="arm_run_budget_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arm} in {self.study}"


class ArmLedger(LedgerRow):
    """What a run of an arm did in a minute."""

    run = models.ForeignKey(ArmRun, models.CASCADE, related_name="ledger", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "minute", "outcome"], name="arm_ledger_once")
        ]
