"""Which endpoints there are, which one is the usual one, and how each is reached."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from annotation.models import Study
from personalization.llm import guard
from personalization.llm.backend import AskError, Backend
from personalization.llm.door import openai_backend
from personalization.llm.place import RETRIES, Place
from personalization.llm.standin import Standin
from personalization.models import Endpoint, StepModel
from personalization.models.endpoint import OFFLINE, EndpointKind
from personalization.sealing import UnreadableKeyError, unseal

ENVIRONMENT = "environment"
RESERVED = frozenset({ENVIRONMENT, OFFLINE})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which model is asked where, and how."""

    endpoint: Endpoint
    model: str
    sampling: dict[str, Any]


def model_for(study: Study, step: str) -> Asked:
    """Return the model that a study uses for a step: its own choice, else the usual endpoint's."""
    chosen = StepModel.objects.select_related("endpoint").filter(study=study, step=step).first()
    if chosen is not None:
        return Asked(chosen.endpoint, chosen.model, dict(chosen.sampling))
    endpoint = usual()
    return Asked(endpoint, endpoint.model, {})


def usual() -> Endpoint:
    """Return the endpoint that is asked where nothing else is said.

    That of the environment, else the first that was added and is open, so that one more changes
    nothing; else the offline stand-in.
    """
    usable = Endpoint.objects.filter(kind=EndpointKind.OPENAI, closed_at=None).exclude(model="")
    return usable.order_by("-fixed", "created_at", "pk").first() or stand_in()


def stand_in() -> Endpoint:
    """Return the offline stand-in's row, which a new database already has."""
    kept, _new = Endpoint.objects.get_or_create(
        name=OFFLINE, defaults={"kind": EndpointKind.OFFLINE, "model": OFFLINE, "fixed": True}
    )
    return kept


def sync_environment() -> Endpoint | None:
    """Bring the row of the environment's endpoint up to date; its key is stored nowhere."""
    if not settings.LLM_URL:
        gone = Endpoint.objects.filter(name=ENVIRONMENT, closed_at=None)
        gone.update(closed_at=timezone.now())
        return None
    if not settings.LLM_MODEL:
        raise ImproperlyConfigured("CONCORD_LLM_URL is set: name a model, CONCORD_LLM_MODEL, too.")
    try:
        guard.parts(settings.LLM_URL)
    except guard.MalformedError:
        raise ImproperlyConfigured(
            "CONCORD_LLM_URL cannot be read: write http://host:port/v1 or https://host/v1."
        ) from None
    row = Endpoint(
        name=ENVIRONMENT,
        kind=EndpointKind.OPENAI,
        url=settings.LLM_URL.rstrip("/"),
        model=settings.LLM_MODEL,
        provider=settings.LLM_PROVIDER,
        fixed=True,
    )
    # One statement: several processes may start at the same moment.
    Endpoint.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["kind", "url", "model", "provider", "fixed", "closed_at"],
    )
    return Endpoint.objects.get(name=ENVIRONMENT)


def key_of(endpoint: Endpoint) -> str:
    """Return the key of an endpoint, empty where it has none; AskError where it is unreadable."""
    if endpoint.fixed:
        return str(settings.LLM_KEY)
    if endpoint.sealed_key is None:
        return ""
    try:
        return unseal(endpoint.sealed_key)
    except UnreadableKeyError:
        raise AskError(
            "unauthorized",
            "the stored key cannot be read, as the site's secret key has changed: enter it again",
        ) from None


def reach(endpoint: Endpoint, retries: int = RETRIES) -> Backend:
    """Return a new backend for an endpoint, for the running event loop; raises AskError.

    With 0 `retries` one ask is one request.
    """
    if endpoint.kind == EndpointKind.OFFLINE:
        return Standin()
    place = Place(
        url=endpoint.url,
        key=key_of(endpoint),
        timeout=endpoint.timeout_s,
        trusted=endpoint.fixed,
        hosts=tuple(settings.ENDPOINT_HOSTS),
        retries=retries,
    )
    return openai_backend(place)
