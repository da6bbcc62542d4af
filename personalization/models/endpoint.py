"""Where models are asked, and which model a study uses for which step."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import Study, User
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
    # What the provider allows in a minute, for all workers together; null = not known. What the
    # server says in its answers goes before, as long as it is fresh.
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_minute = models.PositiveIntegerField(null=True, blank=True)
    limits_source = models.TextField(blank=True, db_default="")
    limits_on = models.DateField(null=True, blank=True)
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
            models.CheckConstraint(
                condition=(Q(requests_per_minute=None) | Q(requests_per_minute__gte=1))
                & (Q(tokens_per_minute=None) | Q(tokens_per_minute__gte=1)),
                name="endpoint_rates_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Pulse(models.Model):
    """How an endpoint is doing, as all workers see it: one row, written a few times a second.

    Apart from the endpoint, so that pages and settings never wait for it. Times are the database's.
    """

    endpoint = models.OneToOneField(
        Endpoint, models.CASCADE, primary_key=True, related_name="pulse"
    )
    # The adaptive number of places, and the state of the circuit breaker (llm/pace.py).
    pace = models.JSONField(default=dict, db_default={})
    # Token buckets for requests and tokens (llm/buckets.py).
    buckets = models.JSONField(default=dict, db_default={})
    # What the server last said of its limits in a minute, and when.
    seen_requests = models.PositiveIntegerField(null=True, blank=True)
    seen_tokens = models.PositiveIntegerField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"pulse of {self.endpoint_id}"


class Crew(models.Model):
    """One worker at an endpoint: how many of the places are its own, until when."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="crew", db_index=False)
    worker = models.TextField()
    run_id = models.BigIntegerField(null=True, blank=True)
    places = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "worker"], name="crew_once")]

    def __str__(self) -> str:
        return f"{self.worker} at {self.endpoint_id}: {self.places}"


class Price(models.Model):
    """What a model costs at an endpoint from a day on; a newer row replaces, none is changed."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="prices", db_index=False)
    model = models.TextField()
    since = models.DateField()
    # Millionths of the currency for a million tokens, so that prices are whole numbers.
    input_micros = models.PositiveBigIntegerField()
    output_micros = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3, default="USD", db_default="USD")
    # Where the price was read.
    source = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["endpoint", "model", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "model", "since"], name="price_once"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(model=""), name="price_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.model} at {self.endpoint_id} from {self.since}"


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
