"""Write one study as JSON lines and CSV, with a dictionary, a manifest and checksums."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from psycopg import IsolationLevel
from tqdm import tqdm

from personalization.releases import dictionary, files, pseudonyms, queries
from personalization.releases.errors import ExportError
from personalization.releases.schema import Table
from personalization.releases.tables import PARTICIPANTS, SCHEMA_VERSION, TABLES

BATCH = 10_000
BY_NAME = {table.name: table for table in TABLES}
# One session, read once: no compiling of plans, and sorts of a million rows with less disk.
SESSION = "SET jit = off; SET work_mem = '64MB'; SET timezone = 'UTC'; SET statement_timeout = 0"


@dataclass(frozen=True)
class Exported:
    """What an export wrote."""

    study: str
    files: tuple[files.File, ...]
    left_out: dict[str, int]


def export(study: str, out: Path, *, tables: Sequence[str] = (), force: bool = False) -> Exported:
    """Write the study to the new folder `out` (or in the place of an old export, with `force`).

    Every file shows the database at one moment. ExportError says what to do about a refusal.
    """
    chosen = choose(tables)
    with files.finished_folder(out, replace=force) as folder, snapshot() as cursor:
        return Work(study, cursor, folder, chosen).run()


def choose(names: Sequence[str]) -> tuple[Table, ...]:
    """Return the named tables, or all of them; ExportError for a name that is none."""
    if unknown := sorted(set(names) - BY_NAME.keys()):
        raise ExportError(f"Unknown tables: {', '.join(unknown)}. Known: {', '.join(BY_NAME)}.")
    return tuple(table for table in TABLES if not names or table.name in names)


@contextmanager
def snapshot() -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """Open a connection of its own that reads the database as it is at its first query."""
    own = connections["default"].copy()
    own.connect()
    try:
        connection: psycopg.Connection[tuple[Any, ...]] = own.connection
        connection.execute(SESSION.encode())
        connection.execute(queries.WORK_TABLES.encode())
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction(), connection.cursor() as cursor:
            yield cursor
    finally:
        own.close()


class Work:
    """One export on its way."""

    def __init__(
        self,
        study: str,
        cursor: psycopg.Cursor[tuple[Any, ...]],
        folder: Path,
        tables: tuple[Table, ...],
    ) -> None:
        self.cursor = cursor
        self.folder = folder
        self.tables = tables
        self.study = study
        self.exported_at = datetime.now(UTC)
        self.parameters = {"study": self._find(study)}
        self.files: list[files.File] = []
        self.left_out: dict[str, int] = {}

    def run(self) -> Exported:
        """Write everything, and read it again."""
        self._name_people()
        self._leave_out()
        for table in self.tables:
            self._write(table)
        self._describe()
        return Exported(self.study, tuple(self.files), self.left_out)

    def _execute(self, query: str) -> psycopg.Cursor[tuple[Any, ...]]:
        return self.cursor.execute(query.encode(), self.parameters)

    def _number(self, query: str) -> int:
        row = self._execute(query).fetchone()
        return int(row[0]) if row else 0

    def _find(self, study: str) -> int:
        found = dict(self.cursor.execute("SELECT name, id FROM annotation_study ORDER BY name"))
        if study not in found:
            known = ", ".join(found) or "none yet"
            raise ExportError(f"There is no study {study!r}. Studies here: {known}.")
        return int(found[study])

    def _name_people(self) -> None:
        """Fill the lists of names: here people lose theirs, before any file is written."""
        key = pseudonyms.key(self.study)
        self._execute(queries.RATERS)
        self._name(queries.PEOPLE, "export_person", lambda number: pseudonyms.person(key, number))
        self._name(
            queries.HUMAN_AUTHORS, "export_author", lambda number: pseudonyms.author(key, number)
        )
        for step in (queries.RATERS_OF_PEOPLE, queries.NAME_RATERS, queries.NAME_MODELS):
            self._execute(step)

    def _name(self, query: str, table: str, name: Callable[[int], str]) -> None:
        with self.cursor.connection.cursor(name="people") as people:
            people.execute(query.encode(), self.parameters)
            while batch := people.fetchmany(BATCH):
                with self.cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
                    for (number,) in batch:
                        copy.write_row((number, name(number)))

    def _leave_out(self) -> None:
        """List the rows of people who are left out, table by table, if there are such people."""
        for table in TABLES:
            if table.left_out:
                self._execute(queries.left_out(table))
            if table is PARTICIPANTS and self.cursor.rowcount == 0:
                break
        self._execute("ANALYZE export_person, export_rater, export_author, left_out")
        counted = self._execute("SELECT in_table, count(*) FROM left_out GROUP BY in_table")
        found = dict(counted.fetchall())
        self.left_out = {table.name: int(found.get(table.name, 0)) for table in self.tables}

    def _write(self, table: Table) -> None:
        """Write both files of a table."""
        there = self._number(queries.count(table))
        kept = there - self.left_out[table.name]
        with tqdm(desc=table.name, total=2 * kept, unit=" rows", disable=None, leave=False) as bar:
            for kind, query in (
                ("jsonl", queries.copy_jsonl(table)),
                ("csv", queries.copy_csv(table)),
            ):
                file = self._copy(query, f"{table.name}.{kind}", table.name, bar.update)
                if file.rows != kept:
                    raise ExportError(
                        f"{file.path}: {kept} of the study's {there} rows belong in it, but the"
                        f" database sent {file.rows}. Nothing was exported; please report it."
                    )
                self._keep(file)

    def _copy(
        self, query: str, path: str, table: str, wrote: Callable[[int], object]
    ) -> files.File:
        with self.cursor.copy(query.encode(), self.parameters) as copy:
            length, digest = files.write(self.folder / path, copy, wrote)
        return files.File(path, length, digest, table, self.cursor.rowcount)

    def _keep(self, file: files.File) -> None:
        """Read a file again, and list it."""
        files.check(self.folder, file)
        self.files.append(file)

    def _describe(self) -> None:
        """Write the dictionary, the manifest, and last the checksums of all files."""
        rows = self._execute(queries.QUESTIONS).fetchall()
        questions: list[dict[str, Any]] = [question for (question,) in rows]
        described = dictionary.build(self.study, self.tables, questions)
        page = dictionary.markdown(self.study, self.tables, questions)
        self._keep(files.write_text(self.folder, "dictionary.json", _pretty(described)))
        self._keep(files.write_text(self.folder, "dictionary.md", page))
        self._keep(files.write_text(self.folder, files.MANIFEST, _pretty(self._manifest())))
        self._keep(files.write_text(self.folder, files.SUMS, files.sums(self.files)))

    def _manifest(self) -> dict[str, object]:
        return {
            "schema_version": SCHEMA_VERSION,
            "study": self.study,
            "exported_at": self.exported_at.isoformat(timespec="seconds"),
            "files": [asdict(file) for file in self.files],
            "left_out": self.left_out,
        }


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
