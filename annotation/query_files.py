"""Read a list of queries from a file or a pasted text: JSONL, CSV with a header, or plain text.

A query is a text, perhaps with a key by which its source calls it. What cannot be read is a fault
with its line: what is wrong, and how to mend it. Nothing is read half.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from django.utils.translation import gettext as _

from annotation.preparation import split_queries

MOST_BYTES = 5_000_000
MOST_QUERIES = 10_000
MOST_LETTERS = 10_000
MOST_KEY = 100
TEXT, KEY = "text", "key"

Form = Literal["jsonl", "csv", "text"]
FORMS: dict[str, Form] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".txt": "text",
    ".md": "text",
    "": "text",
}


@dataclass(frozen=True, slots=True)
class Read:
    """One query of a file, with the line on which it begins; an empty key: none was given."""

    line: int
    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, for people; line 0: with all of it."""

    line: int
    said: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds: its queries, and its faults."""

    queries: tuple[Read, ...]
    faults: tuple[Fault, ...]


def read(content: bytes, name: str = "") -> Found:
    """Return the queries of a file; its name tells how it is written, or its first letter does."""
    if len(content) > MOST_BYTES:
        most = _("More than %(most)s megabytes. Divide the list into several.")
        return _refused(most % {"most": MOST_BYTES // 1_000_000})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _refused(_("This is not UTF-8. Save the file as UTF-8, and try again."), line)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return _refused(_("There is a null character. Take it out."), line)
    form = _form(text, name)
    if form is None:
        said = _("%(name)s is of no kind that is read: use .jsonl, .csv or .txt.")
        return _refused(said % {"name": PurePath(name).name})
    lines = list({"jsonl": _jsonl, "csv": _csv, "text": _plain}[form](text))
    queries = [one for one in lines if isinstance(one, Read)]
    faults = [one for one in lines if isinstance(one, Fault)]
    faults += [fault for one in queries for fault in _faults(one)]
    if len(queries) > MOST_QUERIES:
        said = _("%(count)s queries; a list has at most %(most)s. Divide it into several.")
        faults.append(Fault(0, said % {"count": len(queries), "most": MOST_QUERIES}))
    if not queries and not faults:
        faults.append(Fault(0, _("There is no query in it.")))
    return Found(tuple(queries), tuple(sorted(faults, key=lambda one: one.line)))


def _form(text: str, name: str) -> Form | None:
    """Return how a text is written; None where nobody here reads that."""
    if name:
        return FORMS.get(PurePath(name).suffix.lower())
    return "jsonl" if text.lstrip().startswith("{") else "text"


def _refused(said: str, line: int = 0) -> Found:
    return Found((), (Fault(line, said),))


def _jsonl(text: str) -> Iterator[Read | Fault]:
    """Yield what the lines of a JSONL file say: {"text": ..., "key": ...}."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            yield Fault(number, _('This is not an object of JSON. Write {"text": "Where to?"}.'))
            continue
        said, key = row.get(TEXT), row.get(KEY, "")
        if not isinstance(said, str) or not said.strip():
            has = ", ".join(map(str, row)).encode("utf-8", "replace").decode() or "-"
            wanted = _('There is no text under "text". The line has: %(has)s.')
            yield Fault(number, wanted % {"has": has[:200]})
        elif not isinstance(key, str | int) or isinstance(key, bool):
            yield Fault(number, _('What is under "key" is neither a text nor a number.'))
        else:
            yield Read(number, _tidy(said), str(key).strip())


def _csv(text: str) -> Iterator[Read | Fault]:
    """Yield what the rows of a CSV file say, by its columns `text` and `key`."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    begins = 1
    try:
        for row in rows:
            line, begins = begins, rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if not columns:
                columns = [cell.strip().casefold() for cell in row]
                if TEXT not in columns:
                    has = ", ".join(columns)[:200]
                    said = _("The first line has no column text. It has: %(has)s.")
                    yield Fault(line, said % {"has": has})
                    return
                continue
            if len(row) != len(columns):
                said = _("%(found)s cells, but the first line has %(wanted)s columns.")
                yield Fault(line, said % {"found": len(row), "wanted": len(columns)})
                continue
            cells = dict(zip(columns, row, strict=True))
            if not cells[TEXT].strip():
                yield Fault(line, _("The cell under text is empty."))
                continue
            yield Read(line, _tidy(cells[TEXT]), cells.get(KEY, "").strip())
    except csv.Error as error:
        said = _("This cannot be read as CSV (%(why)s). Quotes must be closed, and doubled inside.")
        yield Fault(rows.line_num, said % {"why": str(error)})


def _plain(text: str) -> Iterator[Read]:
    """Yield the queries of a plain text: one a line, or divided by empty lines."""
    at, line = 0, 1
    tidy = "\n".join(line.rstrip() for line in text.splitlines())
    for query in split_queries(text):
        begin = tidy.index(query, at)
        line += tidy.count("\n", at, begin)
        yield Read(line, query)
        line += query.count("\n")
        at = begin + len(query)


def _faults(one: Read) -> Iterator[Fault]:
    """Yield what is wrong with a query that could be read."""
    # JSON can name signs that no text may hold: nothing at all, and halves of signs.
    if "\0" in one.text or one.text != one.text.encode("utf-8", "replace").decode():
        yield Fault(one.line, _("There is a sign in it that cannot be kept. Take it out."))
    if len(one.text) > MOST_LETTERS:
        said = _("The query has %(count)s letters, at most %(most)s are allowed.")
        yield Fault(one.line, said % {"count": len(one.text), "most": MOST_LETTERS})
    if len(one.key) > MOST_KEY or not one.key.isprintable() or " " in one.key:
        said = _("A key has at most %(most)s letters, and no spaces.")
        yield Fault(one.line, said % {"most": MOST_KEY})


def _tidy(text: str) -> str:
    """Return a text with plain line ends, as people write it."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
