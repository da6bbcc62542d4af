"""The fields of a line of outputs: what they must hold, and what is said where they do not."""

import json
import math
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from personalization.imports.cells import shortened
from personalization.imports.errors import LineError
from personalization.imports.reading import Row


def text_of(row: Row, column: str, longest: int, *, lines: bool = False) -> str:
    """Return a text without spaces around it, in one line unless it may have `lines`; "" = none."""
    found = row.get(column, "")
    found = found.strip() if lines else " ".join(found.split())
    if len(found) > longest:
        raise LineError(
            _("%(field)s has %(found)d characters; it may have up to %(limit)d.")
            % {"field": column, "found": len(found), "limit": longest}
        )
    return found


def needed(row: Row, column: str, longest: int, *, lines: bool = False) -> str:
    """Return a text that must be there."""
    if found := text_of(row, column, longest, lines=lines):
        return found
    if column in row:
        raise LineError(_("the field %(field)s is empty.") % {"field": column})
    raise LineError(_("the field %(field)s is missing.") % {"field": column})


def share_of(row: Row, column: str) -> float | None:
    """Return a number from 0 to 1, or None where nothing is said."""
    said = row.get(column, "").strip()
    if not said:
        return None
    if (found := number(said)) is None or not 0 <= found <= 1:
        raise LineError(
            _("%(field)s is %(value)s: write a number from 0 to 1, or leave it out.")
            % {"field": column, "value": shortened(said)}
        )
    return found


def number(said: str) -> float | None:
    """Return the number that a text is, or None where it is none."""
    try:
        found = float(said)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def word_of(row: Row, column: str, known: Collection[str]) -> str:
    """Return a word of a list, or "" where nothing is said."""
    said = row.get(column, "").strip()
    if said and said not in known:
        raise LineError(
            _("%(field)s is %(value)s: write one of %(known)s.")
            % {"field": column, "value": shortened(said), "known": ", ".join(known)}
        )
    return said


def list_of(row: Row, column: str, most: int) -> list[Any] | None:
    """Return a list, or None where nothing is said."""
    found = _structure(row, column)
    if found is None:
        return None
    if not isinstance(found, list):
        raise LineError(
            _("%(field)s is %(value)s: write a list, such as [1, 2].")
            % {"field": column, "value": shortened(row[column])}
        )
    if len(found) > most:
        raise LineError(
            _("%(field)s has %(found)d entries; it may have up to %(limit)d.")
            % {"field": column, "found": len(found), "limit": most}
        )
    return found


def object_of(row: Row, column: str) -> dict[str, Any] | None:
    """Return an object with named fields, or None where nothing is said."""
    found = _structure(row, column)
    if found is not None and not isinstance(found, dict):
        raise LineError(
            _("%(field)s is %(value)s: write an object with named fields.")
            % {"field": column, "value": shortened(row[column])}
        )
    return found


def row_of_entry(entry: Mapping[str, Any]) -> Row:
    """Return an object within a line as a line of its own."""
    return {
        name: value
        if isinstance(value, str)
        else ""
        if value is None
        else json.dumps(value, ensure_ascii=False)
        for name, value in entry.items()
    }


def _structure(row: Row, column: str) -> Any:  # noqa: ANN401 - what JSON holds
    said = row.get(column, "").strip()
    if not said:
        return None
    try:
        found = json.loads(said, parse_constant=_no_number)
        is_sound = _is_sound(found)
    except (ValueError, RecursionError):
        raise LineError(
            _("%(field)s is not readable as JSON: %(value)s.")
            % {"field": column, "value": shortened(said)}
        ) from None
    if not is_sound:
        raise LineError(
            _("%(field)s holds a NUL character, half a character or a number without end.")
            % {"field": column}
        )
    return found


def _no_number(name: str) -> float:
    raise ValueError(name)


def _is_sound(value: object) -> bool:
    """Return whether the database can hold all of a value."""
    if isinstance(value, str):
        return is_encodable(value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return all(map(_is_sound, value))
    if isinstance(value, dict):
        return all(_is_sound(one) for pair in value.items() for one in pair)
    return True


def is_encodable(text: str) -> bool:
    """Return whether a database can hold a text: no NUL, no half characters."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
