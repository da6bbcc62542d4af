"""CSV downloads, streamed, with cells that no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.text import slugify

from personalization.releases.csv_safety import ESCAPED, MARK, STARTERS


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(
    name: str, heading: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> HttpResponseBase:
    """Return `rows` as a CSV file called after `name`; its last column undoes the escaping."""
    response = StreamingHttpResponse(_lines(heading, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(name) or "concord"}.csv"'
    return response


def _lines(heading: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield str(writer.writerow([*heading, ESCAPED]))
    for row in rows:
        unsafe = [name for name in heading if _starts_formula(row[name])]
        cells = [f"{MARK}{row[name]}" if name in unsafe else row[name] for name in heading]
        yield str(writer.writerow([*cells, " ".join(unsafe)]))


def _starts_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell[:1] != "" and cell[0] in STARTERS
