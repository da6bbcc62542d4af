"""The cells of a row: what they must hold, and what is said where they do not."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from personalization.imports.errors import LineError
from personalization.imports.reading import Line, Row

JOIN = "/"
LONGEST_NAME = 500  # characters; an index holds each name
MOST_DIGITS = 18  # of whole numbers
# What columns name; looked up in the language of the messages only where there is one.
ITEM, RATER, JUDGE = gettext_lazy("item"), gettext_lazy("rater"), gettext_lazy("judge")


def row_of(line: Line) -> Row:
    """Return the row of a line, or say what is wrong with it."""
    if line.fault:
        raise LineError(line.fault)
    return line.row


def cell(row: Row, column: str) -> str:
    """Return a cell that must be there."""
    try:
        return row[column]
    except KeyError as error:
        raise LineError(_("the field %(field)s is missing.") % {"field": column}) from error


def joined(row: Row, columns: tuple[str, ...], what: object) -> str:
    """Return the name that one or several columns give together."""
    found = JOIN.join(cell(row, column) for column in columns)
    if not found.strip(JOIN + " "):
        raise LineError(_("names no %(what)s.") % {"what": what})
    if len(found) > LONGEST_NAME:
        raise LineError(
            _("names a %(what)s with more than %(limit)d characters: %(name)s.")
            % {"what": what, "limit": LONGEST_NAME, "name": shortened(found)}
        )
    return found


def optional(row: Row, column: str) -> str | None:
    """Return a cell that may be missing or empty."""
    return (row.get(column) or None) if column else None


def shortened(text: str) -> str:
    """Return a cell's text for a message."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


def whole_number(text: str) -> bool:
    """Return whether a text is a whole number that is not too long to be one."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def certainty(row: Row, column: str) -> int | None:
    """Return how certain an answer is, from 1 to 100, or None where nothing says it."""
    text = optional(row, column)
    if text is None:
        return None
    if not whole_number(text) or not 1 <= int(text) <= 100:
        raise LineError(
            _("the certainty %(value)s is not a whole number from 1 to 100.")
            % {"value": shortened(text)}
        )
    return int(text)
