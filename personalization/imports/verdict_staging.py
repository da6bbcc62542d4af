"""Check the lines of a file of verdicts, and copy the good ones to a temporary table."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from annotation.models.judgment import Reason
from personalization.imports.cells import (
    ITEM,
    JUDGE,
    cell,
    certainty,
    joined,
    optional,
    row_of,
    shortened,
    whole_number,
)
from personalization.imports.errors import ImportRefusedError, LineError
from personalization.imports.outcome import Counts, Faults
from personalization.imports.reading import LabelFile, Progress, Row, rows
from personalization.imports.verdict_mapping import ReadingColumns, VerdictMapping
from personalization.imports.verdict_question import Answers
from personalization.imports.verdict_shares import read_shares
from personalization.judge.choices import Side
from personalization.judge.ladder import refuses
from personalization.judge.settlement import INCONSISTENT, Reading, most_probable

SIDES: dict[str, Side] = {"ab": "ab", "ba": "ba", "none": "none"}
Staged = Sequence[object]


@dataclass(slots=True)
class VerdictStaging:
    """One file of verdicts on its way to the temporary table; without a cursor it is only checked."""

    cursor: CursorWrapper | None
    mapping: VerdictMapping
    answers: Answers
    counts: Counts
    faults: Faults
    progress: Progress
    unseen: set[str] = field(default_factory=set)

    def copy(self, file: LabelFile) -> None:
        """Stage all readings of `file`."""
        if self.cursor is None:
            raise RuntimeError("a check keeps nothing")
        with self.cursor.copy("COPY staged_reading FROM STDIN") as copy:
            for line in self._good(file):
                for reading in line:
                    copy.write_row(reading)
        if self.unseen:
            self._refuse(file, sorted(self.unseen), {})

    def check(self, file: LabelFile, limit: int) -> int:
        """Convert the first lines of `file` without keeping them; return how many are good."""
        return sum(1 for _line in islice(self._good(file), limit))

    def _good(self, file: LabelFile) -> Iterator[list[Staged]]:
        """Yield the readings of each good line."""
        self.unseen = set(self.mapping.named)
        checked = False
        for line in rows(file, self.progress):
            try:
                row = row_of(line)
                if not checked:
                    checked = True
                    self._refuse(file, [n for n in self.mapping.needed if n not in row], row)
                if self.unseen:
                    self.unseen -= row.keys()
                if any(cell(row, name) != value for name, value in self.mapping.where.items()):
                    self.counts.elsewhere += 1
                    continue
                self.counts.lines += 1
                yield self._readings(line.number, row)
            except LineError as fault:
                self.faults.add(file.name, line.number, str(fault))

    def _refuse(self, file: LabelFile, missing: list[str], row: Row) -> None:
        """Refuse the file where columns that the mapping names are not there."""
        if missing and row:
            raise ImportRefusedError(
                _("%(file)s has no column %(missing)s. It has: %(found)s.")
                % {"file": file.name, "missing": ", ".join(missing), "found": ", ".join(row)}
            )
        if missing:
            raise ImportRefusedError(
                _("%(file)s has no column %(missing)s in any of its lines.")
                % {"file": file.name, "missing": ", ".join(missing)}
            )

    def _readings(self, number: int, row: Row) -> list[Staged]:
        item = self._item(row)
        judge = self.mapping.judge_name or joined(row, self.mapping.judge, JUDGE)
        reference = optional(row, self.mapping.reference)
        code = None if reference is None else self.answers.given(reference)
        of_line = (code, self._authors(row), self._sample(row))
        return [
            (number, item, judge, *of_line, *self._staged(row, columns))
            for columns in self.mapping.readings
        ]

    def _item(self, row: Row) -> str:
        item = joined(row, self.mapping.item, ITEM)
        if not self.mapping.by_number:
            return item
        if not whole_number(item):
            raise LineError(_("the item %(value)s is not a number.") % {"value": shortened(item)})
        return str(int(item))  # 7 and 007 are one item

    def _staged(self, row: Row, columns: ReadingColumns) -> Staged:
        side = self._side(row, columns)
        said = self._reading(row, columns, side)
        shares = None if said.distribution is None else list(said.distribution)
        raw = optional(row, columns.raw)
        return (side, said.value, said.reason, said.certainty, shares, said.left_out, raw)

    def _side(self, row: Row, columns: ReadingColumns) -> Side:
        if columns.side:
            return SIDES[columns.side]
        text = cell(row, self.mapping.side)
        side = SIDES.get(self.mapping.side_values.get(text, text))
        if side is None:
            raise LineError(
                _(
                    "the side %(value)s is none of ab, ba and none: say under [side_values] what"
                    " it means."
                )
                % {"value": shortened(text)}
            )
        return side

    def _sample(self, row: Row) -> int:
        if not self.mapping.sample:
            return 0
        text, first = cell(row, self.mapping.sample), self.mapping.first_sample
        last = first + self.mapping.samples - 1
        if not whole_number(text) or not first <= int(text) <= last:
            raise LineError(
                _("the sample %(value)s is not a number from %(first)d to %(last)d.")
                % {"value": shortened(text), "first": first, "last": last}
            )
        return int(text) - first

    def _authors(self, row: Row) -> str:
        if not self.mapping.authors:
            return "{}"
        found = {
            "" if candidate == "text" else candidate: name
            for candidate, column in self.mapping.authors.items()
            if (name := optional(row, column))
        }
        return json.dumps(found, ensure_ascii=False, sort_keys=True)

    def _reading(self, row: Row, columns: ReadingColumns, side: Side) -> Reading:
        """Return what was answered, mapped back to the candidates."""
        scale = self.answers.scale
        shown: Side = side if self.mapping.as_shown else "ab"
        given = read_shares(row, columns, self.answers, self.mapping.source)
        shares = None if given is None else scale.spread(given[0], shown)
        value, reason = self._said(row, columns, shown)
        if value is None and reason is None:
            if shares is None:
                raise LineError(_("gives no probabilities."))
            value = most_probable(shares, scale)
            reason = INCONSISTENT if value is None else None
        left_out = given[1] if given else None
        return Reading(value, reason, certainty(row, columns.certainty), shares, left_out)

    def _said(
        self, row: Row, columns: ReadingColumns, shown: Side
    ) -> tuple[int | None, str | None]:
        """Return the code that a line says, or why it says none; nothing where no column does."""
        column = columns.value or columns.raw
        if not column:
            return None, None
        text = cell(row, column)
        if text in self.mapping.invalid:
            return None, Reason.UNPARSED.value
        if text in self.mapping.refused:
            return None, Reason.REFUSED.value
        if columns.value:
            code: int | None = self.answers.code(text)
        else:
            code = self.answers.read(text)
        if code is None:
            return None, (Reason.REFUSED if refuses(text) else Reason.UNPARSED).value
        return self.answers.scale.seen_as(code, shown), None
