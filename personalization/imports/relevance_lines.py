"""The lines of a file of answers on relevance, matched with the items that people are asked."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from annotation.models import Item, Question, Study
from annotation.models.judgment import Reason
from personalization.imports.cells import certainty, row_of, shortened
from personalization.imports.errors import LineError
from personalization.imports.outcome import Faults
from personalization.imports.output_cells import needed, number, text_of, word_of
from personalization.imports.output_lookup import Attributes, Queries, standing
from personalization.imports.output_people import People, Person
from personalization.imports.reading import Line, Row
from personalization.imports.verdict_question import Answers

LONGEST = 50_000
FIELDS = {
    "participant", "attribute", "query", "relevant", "certainty", "score", "reason", "raw",
}  # fmt: skip
YES, NO = ("true", "yes"), ("false", "no")
# Why a matcher may have said nothing; the other reasons are people's.
REASONS = (Reason.UNPARSED, Reason.REFUSED, Reason.CANNOT_TELL, Reason.FAILED)
Staged = Sequence[object]


@dataclass(frozen=True, slots=True)
class _Read:
    """A line that is right by itself."""

    line: int
    person: Person
    attribute: str
    query: int
    value: int | None
    reason: str | None
    certainty: int | None
    raw: str | None


@dataclass(slots=True)
class Matching:
    """Lines on their way to items."""

    study: Study
    question: Question
    answers: Answers
    file: str
    faults: Faults
    unread: set[str]
    people: People = field(init=False)
    queries: Queries = field(init=False)
    attributes: Attributes = field(init=False)

    def __post_init__(self) -> None:
        self.people = People.of(self.study)
        self.queries = Queries.of(self.study)
        self.attributes = Attributes(self.study)

    def of(self, lines: Iterable[Line]) -> Iterator[tuple[int, str, Staged]]:
        """Yield the number, the item and the reading of each good line, and note the others."""
        good = list(self._good(lines))
        self.attributes.load(one.person.participant for one in good)
        named = {
            found.pk for one in good if (found := self.attributes.found(one.person, one.attribute))
        }
        items = {
            (attribute, query): item
            for attribute, query, item in Item.objects.filter(
                study=self.study,
                question=self.question,
                relevance_pair__query__in={one.query for one in good},
                relevance_pair__attribute__in=named,
            ).values_list("relevance_pair__attribute", "relevance_pair__query", "pk")
        }
        for one in good:
            try:
                found = standing(self.attributes.named(one.person, one.attribute))
                item = items.get((found.pk, one.query))
                if item is None:
                    raise LineError(
                        _(
                            "people are not asked whether %(text)s matters to this query, so there"
                            " is nothing to compare the answer with: lay a relevance sheet first."
                        )
                        % {"text": shortened(found.text)}
                    )
            except LineError as fault:
                self.faults.add(self.file, one.line, str(fault))
                continue
            told = ("none", one.value, one.reason, one.certainty, None, None, one.raw)
            yield one.line, str(item), (None, "{}", 0, *told)

    def _good(self, lines: Iterable[Line]) -> Iterator[_Read]:
        for line in lines:
            try:
                row = row_of(line)
                read = self._read(line.number, row)
            except LineError as fault:
                self.faults.add(self.file, line.number, str(fault))
                continue
            self.unread |= row.keys() - FIELDS
            yield read

    def _read(self, line: int, row: Row) -> _Read:
        value, reason = self._answer(row)
        return _Read(
            line,
            self.people.of_row(row),
            needed(row, "attribute", LONGEST),
            self.queries.named(needed(row, "query", LONGEST)),
            value,
            reason,
            certainty(row, "certainty"),
            _raw(row),
        )

    def _answer(self, row: Row) -> tuple[int | None, str | None]:
        """Return the code of yes or no, or why there is none; unparsed where no reason is given."""
        if "relevant" not in row:
            raise LineError(_("the field %(field)s is missing.") % {"field": "relevant"})
        said = row["relevant"].strip().casefold()
        reason = word_of(row, "reason", [one.value for one in REASONS])
        if said in YES or said in NO:
            if reason:
                raise LineError(_("gives an answer and a reason why there is none: one of both."))
            return self.answers.codes["yes" if said in YES else "no"], None
        if said:
            raise LineError(
                _("relevant is %(value)s: write true, false, yes, no or null.")
                % {"value": shortened(row["relevant"])}
            )
        return None, reason or Reason.UNPARSED.value


def _raw(row: Row) -> str | None:
    """Return the raw answer; with a score, both as JSON: nothing of it is lost, or shown as ours."""
    raw = text_of(row, "raw", LONGEST, lines=True) or None
    said = row.get("score", "").strip()
    if not said:
        return raw
    if (score := number(said)) is None:
        raise LineError(_("the score %(value)s is not a number.") % {"value": shortened(said)})
    return json.dumps({"score": score, **({"raw": raw} if raw else {})}, ensure_ascii=False)
