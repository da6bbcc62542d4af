"""Bring labels of people and answers of judges into a study."""

from collections.abc import Callable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from annotation.models import Study
from personalization.imports.errors import ImportRefusedError
from personalization.imports.loading import Loading
from personalization.imports.outcome import Counts, Faults, Outcome
from personalization.imports.questions import find_or_add
from personalization.imports.reading import LabelFile, no_progress
from personalization.imports.specification import Specification
from personalization.imports.staging import TABLES, Staging


def import_labels(
    study: Study,
    spec: Specification,
    *,
    items: LabelFile | None = None,
    human: LabelFile | None = None,
    judges: LabelFile | None = None,
    strict: bool = False,
    dry_run: bool = False,
    progress: Callable[[int], None] = no_progress,
) -> Outcome:
    """Import the files in one transaction and return what came of them.

    Good lines go in and bad ones are named, unless `strict`: then one bad line refuses all.
    `dry_run` does everything and keeps nothing. A second import of the same files adds nothing.
    Raises ImportRefusedError where a file as a whole cannot be used; then nothing is kept.
    """
    files = {
        name: file.name
        for name, file in (("items", items), ("human", human), ("judges", judges))
        if file is not None
    }
    if not files:
        raise ImportRefusedError(_("No file given: name items, human labels or judges."))
    with transaction.atomic():
        # One import per study at a time: two would wait for each other's rows in a circle.
        Study.objects.select_for_update().get(pk=study.pk)
        counts, faults = Counts(), Faults()
        question, new_version = find_or_add(study, spec)
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            staging = Staging(cursor, spec, counts, faults, progress)
            if items:
                staging.items(items)
            if human:
                staging.human(human)
            if judges:
                staging.judges(judges)
            positions = spec.identity == "positions"
            Loading(cursor, study, question, spec.stage, positions, files, counts, faults).run()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        counts.bad = faults.count
        if dry_run or (strict and faults.count):
            transaction.set_rollback(True)
    return Outcome(question.key, question.version, counts, faults, new_version)
