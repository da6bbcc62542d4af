"""Where models are asked, and which model a study uses for which step."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import Study
from annotation.models.constraints import one_of

OFFLINE = "offline-stand-in"


class EndpointKind(models.TextChoices):
    """What speaks at the other end; personalization/llm/ holds a backend for each."""

    OPENAI = "openai"  # anything that speaks the OpenAI protocol
    OFFLINE = "offline"  # our own stand-in: no model, no network


class Endpoint(models.Model):
    """A place to ask models. The key goes in and never comes out again; it is stored sealed."""

    name = models.SlugField(unique=True, db_index=False)
    kind = models.TextField(choices=EndpointKind.choices, default=EndpointKind.OPENAI)
    url = models.TextField(blank=True, db_default="")
    sealed_key = models.BinaryField(null=True, blank=True, editable=False)
    # Who runs it, as people read it in the consent text; empty = we ourselves.
    provider = models.TextField(blank=True, db_default="")
    # The model to ask where nothing else is said.
    model = models.TextField(blank=True, db_default="")
    concurrency = models.PositiveSmallIntegerField(default=8, db_default=8)
    timeout_s = models.FloatField(default=60, db_default=60)
    # From the environment: the settings page shows it and cannot change it.
    fixed = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, db_default="")

    class Meta:
        ordering = ["name"]
        constraints = [
            one_of("kind", EndpointKind, "endpoint_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=EndpointKind.OFFLINE, url="")
                | (~Q(kind=EndpointKind.OFFLINE) & ~Q(url="")),
                name="endpoint_has_address",
            ),
            models.CheckConstraint(
                condition=Q(concurrency__gte=1, timeout_s__gt=0), name="endpoint_limits_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Step(models.TextChoices):
    """The steps of the machine that ask a model for a person in a study."""

    REPLY = "reply"
    EXTRACTION = "extraction"
    GENERATION = "generation"


class StepModel(models.Model):
    """The model that a study uses for a step; where there is none, the site's usual one."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="step_models", db_index=False)
    step = models.TextField(choices=Step.choices)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="step_models")
    model = models.TextField()
    sampling = models.JSONField(default=dict, blank=True, db_default={})

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "step"], name="step_model_once"),
            one_of("step", Step, "step_model_step_known"),
            models.CheckConstraint(condition=~Q(model=""), name="step_model_named"),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.study}: {self.model} at {self.endpoint}"
