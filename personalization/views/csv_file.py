"""CSV downloads, streamed, with cells that no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.text import slugify

from personalization.releases.csv_safety import ESCAPED, escape


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
        texts = [name for name in heading if isinstance(row[name], str)]
        cells = {name: "" if row[name] is None else str(row[name]) for name in heading}
        yield str(writer.writerow(escape(cells, texts).values()))
