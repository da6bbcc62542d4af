"""What the database refuses, by the name of the rule that it gives."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, models, transaction

Row = dict[str, Any]


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """Expect the database itself, by the rule of this name, to refuse what happens inside."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == rule


def execute(statement: str, *parameters: int | str | None) -> None:
    """Run one SQL statement, past Django's own checks."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def update(row: models.Model, **columns: object) -> None:
    """Update one row in the database, past the model's own checks."""
    assert type(row)._default_manager.filter(pk=row.pk).update(**columns) == 1


def copy(row: models.Model, **columns: object) -> None:
    """Insert the row again under a new id, with these columns changed."""
    again = type(row)._default_manager.get(pk=row.pk)
    for name, value in columns.items():
        setattr(again, name, value)
    again.pk = None
    again.save(force_insert=True)
