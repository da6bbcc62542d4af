"""Bring labels into a study from the command line."""

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from annotation.models import Study
from personalization.imports import specification
from personalization.imports.errors import ImportRefusedError
from personalization.imports.outcome import Outcome
from personalization.imports.reading import LabelFile
from personalization.imports.verb import import_labels

SHOWN_FAULTS = 20


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
                spec = specification.parse(_text(question))
                outcome = self._import(_study(study), spec, options)
                if options["dry_run"] or (options["strict"] and outcome.counts.bad):
                    transaction.set_rollback(True)
        except ImportRefusedError as error:
            raise CommandError(f"Nothing was imported.\n{error}") from error
        self._report(study, outcome, options)

    def _import(
        self, study: Study, spec: specification.Specification, options: dict[str, Any]
    ) -> Outcome:
        with ExitStack() as stack:
            files = {
                name: _open(stack, options[name])
                for name in ("items", "human", "judges")
                if options[name]
            }
            bar = stack.enter_context(
                tqdm(
                    total=sum(file.size for file in files.values()),
                    unit="B",
                    unit_scale=True,
                    disable=None,
                    leave=False,
                )
            )
            return import_labels(
                study,
                spec,
                **files,
                strict=options["strict"],
                dry_run=options["dry_run"],
                progress=lambda read: (bar.update(read), None)[1],
            )

    def _report(self, study: str, outcome: Outcome, options: dict[str, Any]) -> None:
        for fault in outcome.faults.kept[:SHOWN_FAULTS]:
            self.stderr.write(f"{fault.file} line {fault.line}: {fault.message}")
        if outcome.faults.count > SHOWN_FAULTS:
            self.stderr.write(f"... and {outcome.faults.count - SHOWN_FAULTS} more lines.")
        if options["strict"] and outcome.faults.count:
            raise CommandError(
                f"Nothing was imported: {outcome.faults.count} bad lines and --strict."
            )
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


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error


def _open(stack: ExitStack, path: Path) -> LabelFile:
    try:
        stream = stack.enter_context(path.open("rb"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    return LabelFile(path.name, stream, path.stat().st_size)


def _study(name: str) -> Study:
    study = Study.objects.filter(name=name).first()
    if study is not None:
        return study
    study = Study(name=name, title=name)
    try:
        study.full_clean()
    except ValidationError as error:
        raise CommandError(f"--study {name}: {' '.join(error.messages)}") from error
    study.save()
    return study
