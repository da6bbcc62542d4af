"""A line of responses that were written elsewhere, read and checked by itself."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from annotation.models.response import AuthorKind, Condition
from personalization.imports.cells import LONGEST_NAME, shortened
from personalization.imports.errors import LineError
from personalization.imports.output_arms import ArmSaid
from personalization.imports.output_cells import (
    list_of,
    needed,
    object_of,
    row_of_entry,
    text_of,
    word_of,
)
from personalization.imports.reading import Row

LONGEST, LONGEST_QUERY, MOST_ATTRIBUTES = 50_000, 50_000, 500
FIELDS = {"participant", "query", "condition", "text", "author", "attributes"}
# Written for anybody: these need no participant.
FOR_ANYBODY = {Condition.NONE.value, Condition.HUMAN.value}


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a response."""

    kind: str
    name: str
    family: str
    sampling: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What a line says; its person is looked up beside it."""

    query: str
    condition: str
    text: str
    writer: Writer
    attributes: tuple[str, ...]


def written(row: Row, said: ArmSaid, condition: str) -> Written:
    """Read a line; what it does not say of author and condition holds for the whole file."""
    query = needed(row, "query", LONGEST_QUERY)
    text = needed(row, "text", LONGEST, lines=True)
    given = word_of(row, "condition", Condition.values) or condition
    if not given:
        raise LineError(
            _("says no condition: write one of %(known)s.") % {"known": ", ".join(Condition.values)}
        )
    if not row.get("participant", "").strip() and given not in FOR_ANYBODY:
        raise LineError(
            _("names no participant: what is written under %(condition)s is for somebody.")
            % {"condition": given}
        )
    attributes = tuple(map(_named, list_of(row, "attributes", MOST_ATTRIBUTES) or []))
    if attributes and not row.get("participant", "").strip():
        raise LineError(_("names attributes, but no participant whom they are of."))
    if attributes and given == Condition.NONE:
        raise LineError(_("names attributes under the condition none, which is given none."))
    return Written(query, given, text, _writer(row, said), attributes)


def _writer(row: Row, said: ArmSaid) -> Writer:
    """Return who wrote it: whom the line names, else who wrote the whole file."""
    usual = said.model or said.name
    cells = row_of_entry(object_of(row, "author") or {})
    kind = word_of(cells, "kind", AuthorKind.values) or said.author.value
    name = text_of(cells, "name", LONGEST_NAME) or (usual if kind == said.author.value else "")
    if not name:
        raise LineError(_("names an author without a name."))
    sampling = object_of(cells, "sampling")
    if sampling is None:
        sampling = said.sampling if (kind, name) == (said.author.value, usual) else {}
    return Writer(kind, name, text_of(cells, "family", LONGEST_NAME), sampling)


def _named(entry: object) -> str:
    if isinstance(entry, bool) or not isinstance(entry, str | int):
        raise LineError(
            _("attributes holds %(value)s: write texts or numbers of attributes.")
            % {"value": shortened(str(entry))}
        )
    return str(entry)
