"""Fields and bodies that take exactly what the schema says, and nothing that merely resembles it."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

T = TypeVar("T")
LARGEST = 2**63 - 1
DIGITS = re.compile(r"[0-9]{1,19}")


class StrictSerializer(serializers.Serializer[T]):
    """A body whose every key is known: a misspelt or smuggled one is refused, never ignored."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 - whatever was sent
        """Return the body as read."""
        if isinstance(data, Mapping) and (
            unknown := [name for name in data if name not in self.fields]
        ):
            text = f"There is no such field here. There are: {', '.join(self.fields)}."
            raise ValidationError({str(name): [text] for name in unknown})
        return super().to_internal_value(data)


class ClosedSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says so in the OpenAPI schema."""

    target_class = "personalization.api.fields.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return the schema of the body, closed to other keys."""
        schema: dict[str, Any] = auto_schema._map_serializer(  # type: ignore[no-untyped-call]
            self.target, direction, bypass_extensions=True
        )
        return {**schema, "additionalProperties": False}


class Text(serializers.CharField):
    """A JSON string, kept as it was sent."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - DRF's
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: object) -> str:
        """Return the text."""
        if not isinstance(data, str):
            raise ValidationError("This must be a text.")
        return super().to_internal_value(data)


class Word(serializers.ChoiceField):
    """One of some words, as a JSON string."""

    def to_internal_value(self, data: object) -> str:
        """Return the word."""
        if not isinstance(data, str):
            raise ValidationError("This must be a text.")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: object) -> int:
        """Return the number."""
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            raise ValidationError("This must be a whole number.")
        return data


class Share(serializers.FloatField):
    """A JSON number from 0 to 1."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - DRF's
        super().__init__(min_value=0, max_value=1, **options)

    def to_internal_value(self, data: object) -> float:
        """Return the number."""
        if not isinstance(data, int | float) or isinstance(data, bool):
            raise ValidationError("This must be a number.")
        return float(data)


class Digits(serializers.IntegerField):
    """A whole number in an address: digits and nothing else."""

    def to_internal_value(self, data: object) -> int:
        """Return the number."""
        if not isinstance(data, str) or not DIGITS.fullmatch(data):
            raise ValidationError("This must be a whole number.")
        return int(data)


class Parameters(serializers.Serializer[dict[str, Any]]):
    """The parameters of an address: an allow-list, each given once at most."""

    @classmethod
    def of(cls, request: Request) -> dict[str, Any]:
        """Return the request's parameters, read; refuse unknown and repeated ones."""
        given = request.query_params
        known = [str(name) for name in cls().fields]
        wrong = {
            name: [f"There is no such parameter here. There are: {', '.join(known) or 'none'}."]
            for name in given
            if name not in known
        } | {name: ["Give this once."] for name in known if len(given.getlist(name)) > 1}
        if wrong:
            raise ValidationError(wrong)
        read = cls(data=given.dict())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)
