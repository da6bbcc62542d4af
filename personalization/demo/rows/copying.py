"""Add very many rows at once: what the database has as defaults stays out of the way."""

from collections.abc import Iterable

from django.db import connection, models
from psycopg import sql


def copy(
    model: type[models.Model], columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> None:
    """Copy rows into the table of `model`; the database's own rules see them as any others."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)
