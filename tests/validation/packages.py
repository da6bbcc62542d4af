"""The label packages beside the repository, imported and reported as a researcher would."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

FOLDER = Path(__file__).parents[3] / "shared" / "data"
Record = dict[str, Any]
Key = tuple[str, str, str | None, str]


def package(name: str) -> Path:
    """Return the folder of a package; skips the test where it is absent."""
    folder = FOLDER / name
    if not folder.is_dir():
        pytest.skip(f"the label package {name} is not in {FOLDER}")
    return folder


def expected(name: str) -> Any:  # noqa: ANN401 - JSON
    """Return what a package says that its statistics are."""
    return json.loads((package(name) / "expected.json").read_text())


def expected_rows(name: str) -> list[dict[str, str]]:
    with (package(name) / "expected.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def exactly(value: float) -> object:
    """Point estimates agree to 1e-9."""
    return pytest.approx(value, abs=1e-9)


def near(value: float) -> object:
    """Ends of bootstrap intervals agree to .005."""
    return pytest.approx(value, abs=0.005)


@contextmanager
def nothing_kept(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Allow the database, and take back at the end what was written."""
    with blocker.unblock(), transaction.atomic():
        assert connection.settings_dict["NAME"].startswith("test_")
        yield
        transaction.set_rollback(True)


def import_question(folder: Path, toml: str, **files: Path) -> str:
    """Write question.toml, run the command, and return what it said."""
    question = folder / "question.toml"
    question.write_text(toml)
    out = StringIO()
    call_command("import_labels", study="validation", question=question, stdout=out, **files)
    return out.getvalue()


def reported() -> dict[Key, Record]:
    """Return what `manage.py agreement --json` prints, by question, panels and statistic."""
    out = StringIO()
    call_command("agreement", study="validation", json=True, stdout=out)
    rows: list[Record] = json.loads(out.getvalue())
    found = {(row["question"], row["panel"], row["against"], row["statistic"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def pair(records: dict[Key, Record], question: str, one: str, other: str, statistic: str) -> Record:
    """Return the number of two raters, whichever is named first."""
    key = (question, f"rater:{one}", f"rater:{other}", statistic)
    swapped = (question, f"rater:{other}", f"rater:{one}", statistic)
    return records[key] if key in records else records[swapped]
