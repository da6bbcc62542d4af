"""Bring labels into a study from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from annotation.models import Study
from personalization.imports import specification
from personalization.imports.errors import ImportRefusedError
from personalization.imports.outcome import Outcome
from personalization.imports.verb import import_labels
from personalization.management.importing import opened, study_called, tell_faults, text_of


class Command(BaseCommand):
    """Import items, people's labels and judges' answers; a second run of the same files adds nothing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study, the question, and up to three files."""
        parser.add_argument("--study", required=True, help="the study; a new name makes a new one")
        parser.add_argument("--question", required=True, type=Path, metavar="question.toml")
        parser.add_argument("--items", type=Path, help="the items with their fields (CSV or JSONL)")
        parser.add_argument("--human", type=Path, help="people's labels (CSV or JSONL)")
        parser.add_argument("--judges", type=Path, help="judges' answers (CSV or JSONL)")
        parser.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")
        parser.add_argument("--strict", action="store_true", help="one bad line refuses all")

    def handle(self, *, study: str, question: Path, **options: Any) -> None:
        """Import, and print what came of it."""
        try:
            with transaction.atomic():
                spec = specification.parse(text_of(question))
                outcome = self._import(study_called(study), spec, options)
                if options["dry_run"] or (options["strict"] and outcome.counts.bad):
                    transaction.set_rollback(True)
        except ImportRefusedError as error:
            raise CommandError(f"Nothing was imported.\n{error}") from error
        self._report(study, outcome, options)

    def _import(
        self, study: Study, spec: specification.Specification, options: dict[str, Any]
    ) -> Outcome:
        paths = {name: options[name] for name in ("items", "human", "judges")}
        with opened(paths) as (files, progress):
            return import_labels(
                study,
                spec,
                **files,
                strict=options["strict"],
                dry_run=options["dry_run"],
                progress=progress,
            )

    def _report(self, study: str, outcome: Outcome, options: dict[str, Any]) -> None:
        tell_faults(outcome.faults, self.stderr, strict=options["strict"])
        counts = outcome.counts
        if outcome.new_version:
            self.stdout.write(
                f"The question has changed: these labels belong to version {outcome.version}."
            )
        self.stdout.write(
            f"{'Would import' if options['dry_run'] else 'Imported'} into {study},"
            f" question {outcome.question}: {counts.new} answers"
            f" ({counts.unchanged} already there, {counts.superseded} replaced older ones,"
            f" {counts.without_value} without a value), {counts.items} new items,"
            f" {counts.raters} new raters, {counts.references} references;"
            f" {counts.elsewhere} lines for other questions, {counts.bad} bad lines."
        )
