"""What a table of an export is made of; the files and their dictionary come from the same lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices

TYPES = {
    "integer": "a whole number",
    "number": "a decimal number",
    "boolean": "true or false",
    "text": "free text, as people or models wrote it",
    "word": "a word from a closed list, or a pseudonym",
    "time": "a time in UTC, ISO 8601 with microseconds",
    "json": "a list or an object; in CSV its JSON text",
}
# What can begin like a formula. JSON begins with a bracket, a quote, a digit or a word; a lone
# negative number is a number.
ESCAPABLE = {"text"}


@dataclass(frozen=True)
class Column:
    """One column: its name, its type, where its value comes from, and what it means."""

    name: str
    type: str
    sql: str
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of the export: the rows of `base` (called t) in `scope`, less those left out.

    `joins` must neither lose nor double a row: the export counts `base` apart and compares.
    """

    name: str
    meaning: str
    base: str
    scope: str
    columns: tuple[Column, ...]
    joins: tuple[str, ...] = ()
    # The condition under which a row belongs to a person who is left out; "" = to nobody.
    left_out: str = ""
    # Columns of `base` that no export holds, and why.
    held_back: Mapping[str, str] = field(default_factory=dict)


def integer(name: str, meaning: str, *, sql: str = "", unit: str = "") -> Column:
    return Column(name, "integer", sql or f"t.{name}", meaning, unit)


def number(name: str, meaning: str, *, sql: str = "", unit: str = "") -> Column:
    return Column(name, "number", sql or f"t.{name}", meaning, unit)


def boolean(name: str, meaning: str, *, sql: str = "") -> Column:
    return Column(name, "boolean", sql or f"t.{name}", meaning)


def text(name: str, meaning: str, *, sql: str = "") -> Column:
    return Column(name, "text", sql or f"t.{name}", meaning)


def word(
    name: str, meaning: str, choices: type[TextChoices] | None = None, *, sql: str = ""
) -> Column:
    values = tuple(str(value) for value in choices.values) if choices else ()
    return Column(name, "word", sql or f"t.{name}", meaning, values=values)


def json(name: str, meaning: str, *, sql: str = "") -> Column:
    return Column(name, "json", sql or f"t.{name}", meaning)


def time(name: str, meaning: str) -> Column:
    utc = f"""to_char(t.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return Column(name, "time", utc, meaning)
