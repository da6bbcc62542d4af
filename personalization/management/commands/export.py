"""manage.py export: write one study to a folder that can be checked and shared."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from personalization.releases import files
from personalization.releases.errors import ExportError
from personalization.releases.export import BY_NAME, Exported, export


class Command(BaseCommand):
    """Arguments in, a summary out; the work is in personalization.releases."""

    help = "Write one study as JSON lines and CSV, with a dictionary, a manifest and checksums."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--study", required=True, help="name of the study")
        parser.add_argument("--out", required=True, type=Path, help="folder to make")
        parser.add_argument(
            "--tables", default="", help=f"only these, by commas: {', '.join(BY_NAME)}"
        )
        parser.add_argument("--force", action="store_true", help="replace an earlier export")

    def handle(self, *args: object, **options: Any) -> None:
        out = Path(options["out"]).expanduser().resolve()
        names = [name.strip() for name in options["tables"].split(",") if name.strip()]
        for folder in files.leftovers(out):
            self.stderr.write(
                f"{folder} is left from an export that was killed, or belongs to one that still"
                " runs. If none runs, delete it: it holds a part of the data."
            )
        try:
            done = export(options["study"], out, tables=names, force=options["force"])
        except ExportError as error:
            raise CommandError(str(error)) from error
        self._summarize(done, out)

    def _summarize(self, done: Exported, out: Path) -> None:
        tables = [file for file in done.files if file.path.endswith(".jsonl")]
        rows = sum(file.rows or 0 for file in tables)
        self.stdout.write(
            f"Exported {done.study} to {out}: {rows:,} rows in {len(tables)} tables,"
            f" {sum(file.bytes for file in done.files):,} bytes, all read again and checked."
        )
        if left_out := sum(done.left_out.values()):
            self.stdout.write(f"{left_out:,} rows of people who withdrew were left out.")
        self.stdout.write(f"To check a copy: cd FOLDER && sha256sum -c {files.SUMS}")
