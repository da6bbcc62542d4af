"""What an endpoint's page shows: how it is, how fast it may be asked just now, what it costs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.utils import timezone

from personalization import trials
from personalization.endpoints import usual
from personalization.llm.pace import Pace, places
from personalization.llm.pricing import said
from personalization.models import Crew, Endpoint, Price, Pulse
from personalization.prices import in_use
from personalization.views.endpoint_wording import mend, state


@dataclass(frozen=True, slots=True)
class Now:
    """How fast an endpoint is asked just now, and what holds it back."""

    places: int
    most: int
    workers: int
    seen_requests: int | None = None
    seen_tokens: int | None = None
    seen_at: datetime | None = None
    open_until: datetime | None = None
    failures: int = 0
    quiet_until: datetime | None = None

    @property
    def slowed(self) -> bool:
        """Return whether fewer requests are made at a time than the settings allow."""
        return 0 < self.places < self.most


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price as the table shows it."""

    price: Price
    input: str
    output: str
    link: str
    holds: bool
    used: bool


def context(endpoint: Endpoint, **forms: object) -> dict[str, object]:
    """Return what the page needs, with its forms."""
    return {
        "endpoint": endpoint,
        "state": state(endpoint),
        "usual": endpoint == usual(),
        "mend": mend(endpoint.error.partition(":")[0]),
        "now": now(endpoint),
        "prices": prices(endpoint),
        **of_trial(trials.newest(endpoint)),
        **forms,
    }


def of_trial(trial: trials.Trial | None) -> dict[str, object]:
    """Return what the part of the page needs that shows a trial."""
    return {"trial": trial, "trial_mend": mend(trial.kind) if trial else ""}


def now(endpoint: Endpoint) -> Now:
    """Return how fast the endpoint is asked just now, as its workers have agreed."""
    at = timezone.now()
    workers = Crew.objects.filter(endpoint=endpoint, until__gt=at).count()
    pulse = Pulse.objects.filter(endpoint=endpoint).first()
    if pulse is None:
        return Now(endpoint.concurrency, endpoint.concurrency, workers)
    pace = Pace.of(pulse.pace)
    return Now(
        places=places(pace, endpoint.concurrency, at.timestamp()),
        most=endpoint.concurrency,
        workers=workers,
        seen_requests=pulse.seen_requests,
        seen_tokens=pulse.seen_tokens,
        seen_at=pulse.seen_at,
        open_until=_to_come(pace.open_until, at),
        failures=pace.outages_in_row,
        quiet_until=_to_come(pace.quiet_until, at),
    )


def prices(endpoint: Endpoint) -> list[PriceRow]:
    """Return all prices, by model, the newest first; of each model one holds today."""
    rows = list(Price.objects.filter(endpoint=endpoint).select_related("by"))
    used = in_use(rows)
    today = timezone.now().date()
    holding: dict[str, int] = {}
    for one in rows:
        if one.since <= today:
            holding.setdefault(one.model, one.pk)
    return [
        PriceRow(
            price=one,
            input=said(one.input_micros),
            output=said(one.output_micros),
            link=one.source if _is_address(one.source) else "",
            holds=holding.get(one.model) == one.pk,
            used=one.pk in used,
        )
        for one in rows
    ]


def _is_address(text: str) -> bool:
    """Return whether a source is an address that a page may link to."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text


def _to_come(seconds: float | None, at: datetime) -> datetime | None:
    if seconds is None or seconds <= at.timestamp():
        return None
    return datetime.fromtimestamp(seconds, UTC)
