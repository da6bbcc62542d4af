"""Bring attributes that were extracted or rewritten elsewhere into a study, as an arm."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db import transaction

from annotation.models import Study
from personalization.imports.attribute_lines import told
from personalization.imports.attribute_loading import Loading, Placed
from personalization.imports.cells import row_of
from personalization.imports.errors import LineError
from personalization.imports.outcome import Faults, Outcome, OutputCounts
from personalization.imports.output_arms import ArmSaid, arm_of_attributes
from personalization.imports.output_lookup import Attributes
from personalization.imports.output_people import People
from personalization.imports.reading import LabelFile, Line, no_progress, rows

AT_ONCE = 500  # lines that are matched and added together


def import_attributes(
    study: Study,
    said: ArmSaid,
    file: LabelFile,
    *,
    strict: bool = False,
    dry_run: bool = False,
    most: int | None = None,
    progress: Callable[[int], None] = no_progress,
) -> Outcome:
    """Import a file of attributes in one transaction, and return what came of it.

    Good lines go in and bad ones are named, unless `strict`: then one bad line refuses all.
    `dry_run` does everything and keeps nothing; `most`: only so many lines of the file.
    A second import of the same file adds nothing. The same text about the same person is one
    attribute, whichever arm has found it. Raises ImportRefusedError where a file as a whole cannot
    be used; then nothing is kept.
    """
    counts, faults, unread = OutputCounts(), Faults(), set[str]()
    with transaction.atomic():
        # One import per study at a time: two would wait for each other's rows in a circle.
        Study.objects.select_for_update().get(pk=study.pk)
        arm = arm_of_attributes(study, said)
        people = People.of(study)
        loading = Loading(study, arm, counts, Attributes(study))
        named: set[int] = set()

        def placed(lines: Iterable[Line]) -> Iterator[Placed]:
            for line in lines:
                counts.lines += 1
                try:
                    row = row_of(line)
                    read = Placed(line.number, people.of_row(row), told(row, revised=said.revision))
                except LineError as fault:
                    faults.add(file.name, line.number, str(fault))
                    continue
                unread.update(read.told.unread)
                named.add(read.person.participant)
                yield read

        lines = islice(rows(file, progress), most)
        while batch := list(islice(lines, AT_ONCE)):
            for number, fault in loading.add(list(placed(batch))):
                faults.add(file.name, number, fault)
        faults.kept.sort(key=lambda fault: fault.line)
        counts.people, counts.bad = len(named), faults.count
        if dry_run or (strict and faults.count):
            transaction.set_rollback(True)
    return Outcome("", 0, counts, faults, arms=[arm.name], unread=sorted(unread)[:20])
