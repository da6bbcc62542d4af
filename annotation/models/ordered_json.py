"""JSON that keeps the order of its fields."""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.types.json import Json


class OrderedJSONField(models.JSONField):
    """PostgreSQL's json instead of jsonb, which sorts names by length: a card reads as its file did."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column type."""
        return "json"

    def from_db_value(self, value: object, expression: object, connection: object) -> object:
        """Return the value as psycopg has read it."""
        return value

    def get_db_prep_value(
        self, value: object, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> object:
        """Return the value for psycopg to write."""
        return None if value is None else Json(value)
