"""A database of made-up labels of its own, and each step of `panel` measured on it."""

import os
import sys
from pathlib import Path

import django

from benchmarks.imports import PER_ITEM, generate, measure
from benchmarks.measuring import child
from config.embedded import server

LINE = "{:<41}{:>9}{:>7}{:>9}{:>18}   {}\n"
NUMBERS = "raw agreement, alpha, Fleiss, AC1, AC2, BP with intervals"
# Step of `panel`, what it is, milliseconds of section 10 at 1 M, and what is in it.
STEPS = [
    ("rows", "rows into numpy, row by row", "510", "psycopg's tuples"),
    ("frame", "load the frame", "", "both panels, judges, orders, references"),
    ("patterns", "load pattern counts", "120", "grouped in SQL"),
    ("panel", "a panel, cold", "1,500", NUMBERS),
    ("kept_panel", "a panel from kept pattern counts", "200", NUMBERS),
    ("report", "the whole report, cold", "", "people, two judges, every section"),
    ("kept_report", "the whole report, kept", "", "as a page reads it"),
]


def run(folder: Path, items: int) -> None:
    """Import labels of so many items, and print a line per step."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    server.start()
    try:
        measure("migrations", "manage.py", "migrate", "--verbosity", "0")
        generate(folder, items)
        imported = measure(
            "import", "manage.py", "import_labels", "--study", "bench",
            "--question", str(folder / "question.toml"),
            "--human", str(folder / "human.csv"), "--judges", str(folder / "judges.csv"),
        )  # fmt: skip
        write(f"\n{items * PER_ITEM:,} human and {items * 2:,} judges' labels in PostgreSQL, ")
        write(f"imported in {imported.seconds:.0f} s.\n")
        write(LINE.format("step", "ms", "MB", "ratio", "section 10, 1 M", ""))
        fetched = None
        for step, name, target, what in STEPS:
            code = f"from benchmarks.panel import main; main('{step}')"
            found = child("manage.py", "shell", "--no-imports", "--command", code)
            fetched = fetched or found.ms
            write(
                LINE.format(
                    name, f"{found.ms:,.0f}", f"{found.peak:.0f}", f"{found.ms / fetched:.2g}",
                    target, what,
                )
            )  # fmt: skip
        write("MB: peak of the whole process (section 10: 600). ratio: to fetching the rows.\n")
    finally:
        server.stop()


def write(text: str) -> None:
    """Print without delay: some steps take a while."""
    sys.stdout.write(text)
    sys.stdout.flush()
