"""Bring responses that were written elsewhere into a study: an arm for each author and condition."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from annotation.models import Study
from personalization.imports.cells import row_of
from personalization.imports.errors import LineError
from personalization.imports.outcome import KEPT_FAULTS, Faults, Outcome, OutputCounts
from personalization.imports.output_arms import ArmSaid
from personalization.imports.output_lookup import Attributes, Queries
from personalization.imports.output_people import People, Person
from personalization.imports.reading import LabelFile, Row, no_progress, rows
from personalization.imports.response_lines import FIELDS, Writer, Written, written
from personalization.imports.response_loading import Loading, Placed

AT_ONCE = 200
# Two lines with the same content are one; of two that contradict each other neither is right.
TABLE = "CREATE TEMP TABLE staged_response (line bigint, place text, said text) ON COMMIT DROP"
PLACES = """
CREATE TEMP TABLE staged_place ON COMMIT DROP AS
SELECT place, min(line) AS first_line, count(DISTINCT said) > 1 AS contradictory
FROM staged_response GROUP BY place HAVING count(*) > 1;
CREATE INDEX ON staged_response (line);
ANALYZE staged_response;
"""
TWICE = f"""
SELECT r.line, p.first_line, p.contradictory FROM staged_response r JOIN staged_place p USING (place)
WHERE p.contradictory OR r.line > p.first_line ORDER BY r.line LIMIT {KEPT_FAULTS}
"""  # noqa: S608 - a constant
LEAVE_OUT = """
DELETE FROM staged_response r USING staged_place p
WHERE r.place = p.place AND (p.contradictory OR r.line > p.first_line)
"""
NEXT = "SELECT line, said FROM staged_response WHERE line > %s ORDER BY line LIMIT %s"
CLEAR = "DROP TABLE staged_response, staged_place"


def import_responses(
    study: Study,
    said: ArmSaid,
    file: LabelFile,
    *,
    condition: str = "",
    strict: bool = False,
    dry_run: bool = False,
    most: int | None = None,
    progress: Callable[[int], None] = no_progress,
) -> Outcome:
    """Import a file of responses in one transaction, and return what came of it.

    As `import_attributes`; an arm writes one response for a person and query, so another text for
    them is refused. `condition`: of lines that say none.
    """
    counts, faults, unread = OutputCounts(), Faults(), set[str]()
    with transaction.atomic(), connection.cursor() as cursor:
        # One import per study at a time: two would wait for each other's rows in a circle.
        Study.objects.select_for_update().get(pk=study.pk)
        people, queries = People.of(study), Queries.of(study)

        def good() -> Iterator[tuple[int, str, str]]:
            for line in islice(rows(file, progress), most):
                counts.lines += 1
                try:
                    row = row_of(line)
                    one = written(row, said, condition)
                    person = _person(people, row)
                    query = queries.named(one.query)
                except LineError as fault:
                    faults.add(file.name, line.number, str(fault))
                    continue
                unread.update(row.keys() - FIELDS)
                yield line.number, *_staged(one, person, query)

        cursor.execute(TABLE)
        with cursor.copy("COPY staged_response FROM STDIN") as copy:
            for staged in good():
                copy.write_row(staged)
        _leave_out_twice(cursor, file, faults)
        loading = Loading(study, said, counts, Attributes(study))
        named: set[int] = set()
        for batch in _batches(cursor):
            named |= {one.person.participant for one in batch if one.person}
            for number, fault in loading.add(batch):
                faults.add(file.name, number, fault)
        cursor.execute(CLEAR)
        faults.kept.sort(key=lambda fault: fault.line)
        counts.people, counts.bad = len(named), faults.count
        if dry_run or (strict and faults.count):
            transaction.set_rollback(True)
    arms = [one.name for one in loading.arms.values()]
    return Outcome("", 0, counts, faults, arms=arms, unread=sorted(unread)[:20])


def _person(people: People, row: Row) -> Person | None:
    """Return whom a response is for; None for one that is for anybody."""
    return people.of_row(row) if row.get("participant", "").strip() else None


def _staged(one: Written, person: Person | None, query: int) -> tuple[str, str]:
    """Return the place that a line fills, and all that it says."""
    writer = one.writer
    of_model = [writer.name, writer.sampling] if writer.kind == "model" else []
    place = [person and person.participant, query, one.condition, writer.kind, *of_model]
    told = {
        "person": [person.enrollment, person.participant] if person else None,
        "query": query,
        "written": asdict(one),
    }
    return json.dumps(place, sort_keys=True), json.dumps(told, sort_keys=True)


def _placed(line: int, said: str) -> Placed:
    told = json.loads(said)
    one = told["written"]
    writer = Writer(**one.pop("writer"))
    attributes = tuple(one.pop("attributes"))
    person = Person(*told["person"]) if told["person"] else None
    return Placed(line, person, told["query"], Written(writer=writer, attributes=attributes, **one))


def _leave_out_twice(cursor: CursorWrapper, file: LabelFile, faults: Faults) -> None:
    cursor.execute(PLACES)
    cursor.execute(TWICE)
    for line, first, contradictory in cursor.fetchall():
        message = (
            _("several lines, from line %(first)d on, say different things for this participant and query: none of them is used.")
            if contradictory
            else _("repeats line %(first)d: read once.")
        )  # fmt: skip
        faults.add(file.name, line, message % {"first": first})
    cursor.execute(LEAVE_OUT)
    faults.add_unnamed(max(0, cursor.rowcount - KEPT_FAULTS))


def _batches(cursor: CursorWrapper) -> Iterator[list[Placed]]:
    last = 0
    while True:
        cursor.execute(NEXT, [last, AT_ONCE])
        found = [_placed(line, said) for line, said in cursor.fetchall()]
        if not found:
            return
        last = found[-1].line
        yield found
