"""Bring in what people said of themselves, such as an age band."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from annotation import demographics
from annotation.models import Study
from personalization.imports.errors import ImportRefusedError
from personalization.imports.reading import LabelFile, Line, rows

PERSON = "rater"
SHOWN_FAULTS = 20


class Command(BaseCommand):
    """Read a table with a column `rater` and a column per property; one bad line refuses all."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study and the file."""
        parser.add_argument("--study", required=True)
        parser.add_argument(
            "--file",
            required=True,
            type=Path,
            help="CSV, TSV or JSONL: rater (a pseudonym, or a name from imported labels) and a"
            " column for each property; an empty cell says nothing",
        )

    def handle(self, *, study: str, file: Path, **options: Any) -> None:
        """Check every line, then keep all of them."""
        found = _study(study)
        with transaction.atomic():
            said = _Said(found)
            for fault in _read(file, said):
                said.faults.append(fault)
            if said.faults:
                shown = "\n".join(said.faults[:SHOWN_FAULTS])
                more = len(said.faults) - SHOWN_FAULTS
                raise CommandError(
                    f"Nothing was imported.\n{shown}" + (f"\nand {more} more." if more > 0 else "")
                )
            kept = demographics.keep(found, said.by_person)
        self.stdout.write(f"Kept {kept} properties of {len(said.by_person)} people in {study}.")


class _Said:
    """What the lines say, checked one by one."""

    def __init__(self, study: Study) -> None:
        self.people = demographics.people_of(study)
        self.silent = demographics.without_consent(study)
        self.by_person: dict[int, dict[str, str]] = {}
        self.faults: list[str] = []

    def add(self, line: Line) -> str:
        """Take in one line; return what is wrong with it, or ""."""
        if line.fault:
            return line.fault
        name = line.row.get(PERSON, "")
        person = self.people.get(name)
        if person is None:
            return (
                f"{name!r} is nobody of this study. Write a pseudonym as the study's pages show"
                " it, or a rater's name from imported labels."
            )
        if person in self.silent:
            return f"{name} has not agreed to the use of answers, or has left: leave the line out."
        if person in self.by_person:
            return f"{name} stands in an earlier line already. Leave one of them out."
        given = {key: value for key, value in line.row.items() if key != PERSON and value}
        self.by_person[person] = given
        faults = [demographics.fault_of(key, value) for key, value in given.items()]
        return " ".join(fault for fault in faults if fault)


def _read(path: Path, said: _Said) -> Iterator[str]:
    """Yield the faults of the file, each with its line."""
    try:
        with path.open("rb") as stream:
            file = LabelFile(path.name, stream, path.stat().st_size)
            for line in rows(file):
                if PERSON not in line.row and not line.fault:
                    yield f"{file.name} has no column {PERSON}. It has: {', '.join(line.row)}."
                    return
                if fault := said.add(line):
                    yield f"{file.name} line {line.number}: {fault}"
    except OSError as error:
        yield f"{path} cannot be read: {error.strerror}."
    except ImportRefusedError as error:
        yield str(error)


def _study(name: str) -> Study:
    study = Study.objects.filter(name=name).first()
    if study is None:
        known = ", ".join(Study.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no study {name}. Studies here: {known}.")
    return study
