"""What earlier calls and an endpoint tell of a run to come; see forecast.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from personalization.llm.pricing import cost
from personalization.llm.tokens import of_body
from personalization.models import Endpoint, Price, Pulse
from personalization.runs.forecast import Range, Speed
from personalization.runs.money import Seen

# What a server has said of its limits is believed for so long.
FRESH = timedelta(hours=24)
SEEN = 50


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier runs of the same model at the same endpoint tell."""

    seen: Sequence[Seen] = ()
    written: Sequence[int] = ()  # tokens of answers in the same form
    latency: float | None = None

    @property
    def counted(self) -> list[tuple[int, int]]:
        """Return estimated and real tokens of requests, where the endpoint counts."""
        return [
            (one.estimated, one.prompt_tokens) for one in self.seen if one.prompt_tokens is not None
        ]


def seen_of(rows: Iterable[QuerySet[Any]], most: int = SEEN) -> list[Seen]:
    """Return some answers of rows with a call: the estimated request, and what was counted."""
    columns = ("call__request", "call__prompt_tokens", "call__completion_tokens")
    return [
        Seen(of_body(body), read, written)
        for each in rows
        for body, read, written in each.filter(call__answer__isnull=False).values_list(*columns)[
            :most
        ]
    ]


def micros_of(price: Price | None, read: Range, written: Range) -> Range | None:
    """Return what so many tokens cost; None where no price is known."""
    if price is None:
        return None
    ends = zip(_ends(read), _ends(written), strict=True)
    return Range(*(cost(price, asked, answered) for asked, answered in ends))


def speed_of(endpoint: Endpoint, latency: float | None) -> Speed:
    """Return what holds calls up: what the server says of itself goes before what somebody read."""
    pulse = Pulse.objects.filter(endpoint=endpoint, seen_at__gte=timezone.now() - FRESH).first()
    requests, read = endpoint.requests_per_minute, endpoint.tokens_per_minute
    if pulse is not None:
        requests, read = pulse.seen_requests or requests, pulse.seen_tokens or read
    return Speed(endpoint.concurrency, latency, requests, read)


def _ends(one: Range) -> tuple[int, int, int]:
    return round(one.low), round(one.expected), round(one.high)
