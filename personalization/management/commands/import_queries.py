"""Bring a list of queries into a study, with its licence and where it comes from."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.query_files import MOST_BYTES, Fault, read
from annotation.query_lists import ListRefusedError, Provenance, add_list
from personalization.management.named import study_named

SHOWN_FAULTS = 20


class Command(BaseCommand):
    """Read JSONL (text, key), CSV with these columns, or plain text; one bad line refuses all.

    The same file again adds nothing.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study, the file, and its origin."""
        parser.add_argument("--study", required=True)
        parser.add_argument("--file", required=True, type=Path, help=".jsonl, .csv or .txt, UTF-8")
        parser.add_argument("--name", required=True, help="of the list")
        parser.add_argument("--licence", required=True, help="such as CC BY 4.0")
        parser.add_argument("--source", default="", help="a data set, a paper, or yourselves")
        parser.add_argument("--url", default="", help="where others find it")
        parser.add_argument("--note", default="", help="how the queries were chosen")

    def handle(self, *, study: str, file: Path, **said: Any) -> None:
        """Check every line, then add all of them."""
        found = study_named(study)
        origin = {
            key: str(said[key]).strip() for key in ("name", "licence", "source", "url", "note")
        }
        for key in ("name", "licence"):
            if not origin[key]:
                raise CommandError(f"--{key} is empty: say it.")
        try:
            with file.open("rb") as stream:
                content = read(stream.read(MOST_BYTES + 1), file.name)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        if content.faults:
            raise CommandError(_told(file, content.faults))
        try:
            added = add_list(found, Provenance(**origin), content.queries)
        except ListRefusedError as error:
            raise CommandError(_told(file, error.faults)) from error
        self.stdout.write(
            f"{added.of_list.name}: {added.new} queries added, {added.known} were there already."
        )


def _told(file: Path, faults: tuple[Fault, ...]) -> str:
    """Return what is wrong, by line."""
    lines = [
        f"{file.name} line {one.line}: {one.said}" if one.line else f"{file.name}: {one.said}"
        for one in faults[:SHOWN_FAULTS]
    ]
    more = len(faults) - SHOWN_FAULTS
    return "\n".join(["Nothing was added.", *lines, *([f"and {more} more."] if more > 0 else [])])
