"""Errors as programs read them: `{"error": code, "detail": text, "fields": [...]}`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.core.exceptions import SuspiciousOperation
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from personalization.posting.shapes import Fault

# How many faults one answer names; the others are counted in its text.
MOST_FAULTS = 100
# What our codes are called where DRF's say less.
CODES = {"parse_error": "malformed", "authentication_failed": "not_authenticated"}


class Refused(APIException):
    """A request that is well formed, and refused for what it says of which row."""

    def __init__(self, status_code: int, code: str, detail: str, faults: Sequence[Fault]) -> None:
        super().__init__(detail, code)
        self.status_code = status_code
        self.faults = faults


class FaultSerializer(serializers.Serializer[Fault]):
    """What is wrong, and where."""

    row = serializers.IntegerField(
        allow_null=True, help_text="Index in `judgments`, from 0; null outside of it."
    )
    field = serializers.CharField(help_text="Name of the field or parameter; may be empty.")
    message = serializers.CharField(help_text="What is wrong, and what would be right.")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error: `error` is for programs and stays, `detail` is for people and may change."""

    error = serializers.CharField(help_text="Code of the error.")
    detail = serializers.CharField(help_text="The same in words.")
    fields = FaultSerializer(many=True, help_text="What is wrong in which field.")  # type: ignore[assignment] # DRF's own `fields` is a property of the instance


DESCRIPTIONS = {
    400: "The parameters or the body are not as described.",
    401: "No token, or one that is unknown, expired or revoked.",
    403: "The account may not do this.",
    404: "There is no such study, question or item.",
    409: "The judge has already answered otherwise. Nothing was saved.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    429: "Too many requests; Retry-After says in how many seconds to ask again.",
}


def problems(*codes: int) -> dict[int, OpenApiResponse]:
    """Return the documented errors of an endpoint: its own, and those that all have."""
    return {
        code: OpenApiResponse(ProblemSerializer, DESCRIPTIONS[code])
        for code in sorted({401, 403, 429, *codes})
    }


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the error as a problem, with the headers that DRF gives it; None for our own bugs."""
    if isinstance(error, SuspiciousOperation):
        error = ParseError("The request is not as it should be.")
    response = exception_handler(error, context)
    if response is None:
        return None
    if not isinstance(error, APIException):  # Django's own
        error = (
            NotFound(*error.args) if response.status_code == status.HTTP_404_NOT_FOUND else error
        )
    faults = list(_faults(error))
    response.data = {
        "error": _code(error),
        "detail": _detail(error, faults),
        "fields": [asdict(one) for one in faults[:MOST_FAULTS]],
    }
    return response


def _code(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "invalid"
    code = error.get_codes() if isinstance(error, APIException) else "permission_denied"
    return CODES.get(str(code), str(code))


def _detail(error: Exception, faults: Sequence[Fault]) -> str:
    if isinstance(error, ValidationError):
        count = len(faults)
        more = f" The first {MOST_FAULTS} are listed." if count > MOST_FAULTS else ""
        return f"{count} {'thing is' if count == 1 else 'things are'} wrong; see fields.{more}"
    if isinstance(error, APIException):
        return str(error.detail)
    return "You do not have permission to perform this action."


def _faults(error: Exception) -> Iterator[Fault]:
    if isinstance(error, Refused):
        yield from error.faults
    elif isinstance(error, ValidationError):
        yield from _flat(error.detail, None, "")


def _flat(detail: object, row: int | None, field: str) -> Iterator[Fault]:
    """Yield DRF's nested messages one by one, with the row and the path to the field."""
    if isinstance(detail, dict):
        for name, inside in detail.items():
            if isinstance(name, int):
                yield from _flat(inside, name if row is None else row, field)
            else:
                path = "" if name == "non_field_errors" else str(name)
                yield from _flat(
                    inside, row, f"{field}.{path}" if field and path else path or field
                )
    elif isinstance(detail, list | tuple):
        for place, inside in enumerate(detail):
            deeper = isinstance(inside, dict | list)
            yield from _flat(inside, place if deeper and row is None else row, field)
    else:
        yield Fault(row, field, str(detail))
