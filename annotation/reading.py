"""Rows of several models by one prepared statement, for what every request of a labeller needs.

The ORM plans and builds such a query anew each time: ten times the cost of running it
(docs/performance.md). The statements here are few, short and fixed; everything else uses the ORM.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, JSONField, Model
from psycopg import Cursor

# From its second use on, the database keeps the plan of a statement.
PREPARE_AFTER = 1

Found = tuple[Any, ...]


class Reader:
    """A statement whose result is a row of each of some models, one after the other.

    In its text, {name} stands for the columns of the model given under that name, whose table has
    the same name as its alias. A model whose key is null in a row (by an outer join) becomes None.
    """

    def __init__(self, statement: str, *plain: str, **models: type[Model]) -> None:
        self.parts = [(model, fields_of(model)) for model in models.values()]
        columns = {
            name: ", ".join(f'{name}."{field.column}"' for field in fields_of(model))
            for name, model in models.items()
        }
        self.statement = statement.format(**columns)
        self.plain = len(plain)

    def all(self, parameters: Mapping[str, Any]) -> list[Found]:
        """Return a tuple of instances for each row, followed by the plain columns."""
        with prepared() as cursor:
            cursor.execute(self.statement, parameters)
            rows = cursor.fetchall()
        return [self._read(row) for row in rows]

    def first(self, parameters: Mapping[str, Any]) -> Found | None:
        """Return the first row's tuple; None without rows."""
        return next(iter(self.all(parameters)), None)

    def _read(self, row: Sequence[Any]) -> Found:
        found: list[Any] = []
        start = 0
        for model, fields in self.parts:
            end = start + len(fields)
            found.append(instance(model, fields, row[start:end]))
            start = end
        return (*found, *row[start:])


def prepared() -> CursorWrapper:
    """Return a cursor whose statements the database plans once and keeps (per connection).

    Its parameters are sent beside the statement. It takes part in Django's transaction, and in its
    log of queries.
    """
    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = PREPARE_AFTER
    wrapped: CursorWrapper = connection._prepare_cursor(Cursor(raw))  # type: ignore[attr-defined]
    return wrapped


def fields_of(model: type[Model]) -> list["Field[Any, Any]"]:
    """Return the fields of a model that have a column."""
    return [field for field in model._meta.concrete_fields if field.column]


def instance(
    model: type[Model], fields: Sequence["Field[Any, Any]"], values: Sequence[Any]
) -> Model | None:
    """Return a row as an instance; None where its key is null."""
    read = [
        json.loads(value) if isinstance(value, str) and isinstance(field, JSONField) else value
        for field, value in zip(fields, values, strict=True)
    ]
    names = [field.attname for field in fields]
    key = model._meta.pk.attname
    if read[names.index(key)] is None:
        return None
    return model.from_db(connection.alias, names, read)
