"""Rows and columns out of PostgreSQL as plain tuples and arrays, never as model instances."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
from django.db import connection

from personalization.agreement.arrays import FloatArray, IntArray

Parameter: TypeAlias = "int | str | datetime | list[int] | list[str]"
# How a column is packed in the database, and read here: both in network byte order.
INTEGER = ("int8send", ">i8", np.int64)
NUMBER = ("float8send", ">f8", np.float64)


def rows(sql: str, parameters: Mapping[str, Parameter]) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def columns(sql: str, parameters: Mapping[str, Parameter], width: int) -> list[IntArray]:
    """Return the columns of a query of integers, none of them null."""
    return _packed(sql, [INTEGER] * width, parameters)


def mixed_columns(
    sql: str, parameters: Mapping[str, Parameter], integers: int, numbers: int
) -> tuple[list[IntArray], list[FloatArray]]:
    """Return the columns of a query: first the integers, then the numbers; none of them null."""
    found = _packed(sql, [INTEGER] * integers + [NUMBER] * numbers, parameters)
    return found[:integers], found[integers:]


def _packed(
    sql: str, kinds: Sequence[tuple[str, str, type]], parameters: Mapping[str, Parameter]
) -> list[Any]:
    """Return the columns of a query, each packed into one value by the database.

    A million rows cost half of what they cost row by row, and next to nothing here. A value holds
    1 GB as text, so 67 million rows are the most.
    """
    names = [f"c{place}" for place in range(len(kinds))]
    packed = ", ".join(
        f"string_agg({send}({name}), '')"
        for (send, _wire, _kind), name in zip(kinds, names, strict=True)
    )
    ((*found,),) = rows(
        f"SELECT {packed} FROM ({sql}) AS packed ({', '.join(names)})",  # noqa: S608 - ours
        parameters,
    )
    return [
        np.frombuffer(column or b"", wire).astype(kind)
        for column, (_send, wire, kind) in zip(found, kinds, strict=True)
    ]
