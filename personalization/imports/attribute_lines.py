"""A line of attributes that were extracted or rewritten elsewhere, read and checked by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from personalization.extraction.reading import STATEMENT
from personalization.imports.cells import LONGEST_NAME, shortened
from personalization.imports.errors import LineError
from personalization.imports.output_cells import list_of, needed, row_of_entry, share_of, text_of
from personalization.imports.reading import Row

LONGEST, LONGEST_REASON = 1000, 5000
MOST_ATTRIBUTES, MOST_VARIANTS, MOST_EVIDENCE = 200, 50, 200
FIELDS = {
    "participant", "conversation", "attribute", "attributes", "reason", "confidence", "evidence",
    "variants", "refined_from",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """An attribute in some words, with why and how sure its extractor was."""

    text: str
    reason: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """A turn: its place in a conversation, or where none is named its number in the study."""

    conversation: str
    number: int


@dataclass(frozen=True, slots=True)
class Said:
    """One attribute of a line, with its other wordings; no text where a verifier withdrew it."""

    wording: Wording | None
    variants: tuple[Wording, ...] = ()
    evidence: tuple[Pointer, ...] = ()
    refined_from: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a line says of its person; without attributes, that a conversation held none."""

    conversation: str
    said: tuple[Said, ...]
    unread: frozenset[str] = field(default_factory=frozenset)


def told(row: Row, *, revised: bool) -> Told:
    """Read a line: one attribute, or under `attributes` all that were found in a conversation."""
    conversation = text_of(row, "conversation", LONGEST_NAME)
    unread = frozenset(row.keys() - FIELDS)
    entries = list_of(row, "attributes", MOST_ATTRIBUTES)
    if entries is None:
        return Told(conversation, (_said(row, conversation, revised=revised),), unread)
    if row.get("attribute"):
        raise LineError(_("has both attribute and attributes: write one of them."))
    if not entries and not conversation:
        raise LineError(_("says that nothing was found, but not in which conversation."))
    return Told(conversation, tuple(_each(entries, conversation, revised=revised)), unread)


def _each(entries: list[Any], conversation: str, *, revised: bool) -> Iterator[Said]:
    for place, entry in enumerate(entries, 1):
        # The shortest way to say it: just the sentence.
        inner = {"attribute": entry} if isinstance(entry, str) else entry
        if not isinstance(inner, dict):
            raise LineError(
                _("entry %(place)d of attributes is neither a text nor an object.")
                % {"place": place}
            )
        try:
            yield _said(row_of_entry(inner), conversation, revised=revised)
        except LineError as fault:
            raise LineError(
                _("entry %(place)d of attributes: %(fault)s") % {"place": place, "fault": fault}
            ) from fault


def _said(row: Row, conversation: str, *, revised: bool) -> Said:
    refined_from = text_of(row, "refined_from", LONGEST)
    if refined_from and not revised:
        raise LineError(_("names what it rewrites: import it as a revision (--step revision)."))
    if refined_from and "attribute" in row and not row["attribute"].strip():
        return Said(None, refined_from=refined_from)  # withdrawn
    return Said(
        _wording(row),
        tuple(_variants(row)),
        tuple(_pointers(row, conversation)),
        refined_from,
    )


def _wording(row: Row) -> Wording:
    text = needed(row, "attribute", LONGEST)
    if not STATEMENT.match(text):
        raise LineError(
            _('the attribute %(text)s does not begin with "The user": people must not see from how'
              " it is written who found it.") % {"text": shortened(text)}
        )  # fmt: skip
    reason = text_of(row, "reason", LONGEST_REASON)
    return Wording(text, reason, share_of(row, "confidence"))


def _variants(row: Row) -> Iterator[Wording]:
    for entry in list_of(row, "variants", MOST_VARIANTS) or []:
        inner = {"attribute": entry} if isinstance(entry, str) else entry
        if not isinstance(inner, dict):
            raise LineError(_("variants holds something that is neither a text nor an object."))
        cells = row_of_entry(inner)
        yield Wording(
            needed(cells, "attribute", LONGEST),
            text_of(cells, "reason", LONGEST_REASON),
            share_of(cells, "confidence"),
        )


def _pointers(row: Row, conversation: str) -> Iterator[Pointer]:
    for entry in list_of(row, "evidence", MOST_EVIDENCE) or []:
        if isinstance(entry, dict) and "turn" in entry:
            yield Pointer("", _whole(entry["turn"]))
        elif isinstance(entry, dict):
            named = entry.get("conversation", conversation)
            yield Pointer(str(named), _whole(entry.get("position")))
        else:
            yield Pointer(conversation, _whole(entry))


def _whole(value: object) -> int:
    """Return a place or number; what cannot be one points nowhere."""
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    return int(str(value)) if whole else -1
