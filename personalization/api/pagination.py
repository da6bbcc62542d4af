"""Pages by the id of the last row: a page costs the same wherever it is, and no row is told twice."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from personalization.api.fields import LARGEST, Digits, Parameters

M = TypeVar("M", bound=Model)
USUAL, MOST = 100, 1000


class PageParameters(Parameters):
    """Where a page begins, and how long it is."""

    after = Digits(
        min_value=0,
        max_value=LARGEST,
        default=0,
        help_text="Id of the last row that you have; `next` holds it for you.",
    )
    limit = Digits(
        min_value=1, max_value=MOST, default=USUAL, help_text="How many rows to return at most."
    )


class NextField(serializers.URLField):
    """The address of the next page."""


def page(rows: QuerySet[M], asked: dict[str, Any]) -> tuple[list[M], bool]:
    """Return the page asked for, and whether another one follows."""
    limit: int = asked["limit"]
    found = list(rows.filter(pk__gt=asked["after"]).order_by("pk")[: limit + 1])
    return found[:limit], len(found) > limit


def next_link(request: Request, rows: Sequence[Model], more: bool) -> str | None:
    """Return the address of the page after `rows`, with the same filters."""
    if not more:
        return None
    query = request.query_params.copy()
    query["after"] = str(rows[-1].pk)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
