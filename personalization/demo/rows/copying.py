"""Add very many rows at once: what the database has as defaults stays out of the way."""

from collections.abc import Iterable

from django.apps import apps
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


def analyse() -> None:
    """Let the database count what is new, so that the first page is already planned with it."""
    tables = sql.SQL(", ").join(
        sql.Identifier(model._meta.db_table)
        for label in ("annotation", "personalization")
        for model in apps.get_app_config(label).get_models()
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(tables))
