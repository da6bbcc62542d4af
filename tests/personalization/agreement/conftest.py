"""The 4x12 table of Krippendorff (2011) and the label packages beside the repository."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.patterns import Patterns, collapse, histogram

Coded: TypeAlias = tuple[IntArray, IntArray, IntArray]
TABLE = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


@pytest.fixture
def table() -> Coded:
    """item, rater, value of four raters and twelve items, values 0-4."""
    cells = [
        (item, rater, int(value) - 1)
        for rater, row in enumerate(TABLE)
        for item, value in enumerate(row)
        if value != "."
    ]
    item, rater, value = np.array(cells).T
    return item, rater, value


@pytest.fixture
def table_patterns(table: Coded) -> Patterns:
    item, _, value = table
    return collapse(histogram(item, value, 12, 5), n_raters=4)


@pytest.fixture(scope="session")
def packages() -> Path:
    folder = Path(__file__).parents[3].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no label packages in {folder}")
    return folder


@pytest.fixture(scope="session")
def read_rows(packages: Path) -> Callable[[str, str], list[dict[str, str]]]:
    def read(package: str, name: str) -> list[dict[str, str]]:
        with (packages / package / name).open(newline="") as lines:
            return list(csv.DictReader(lines))

    return read


@pytest.fixture(scope="session")
def expected(packages: Path) -> Callable[[str], Any]:
    return lambda package: json.loads((packages / package / "expected.json").read_text())


@pytest.fixture(scope="session")
def read_labels(read_rows: Callable[[str, str], list[dict[str, str]]]) -> Callable[..., Coded]:
    """Return item, rater and value codes of a package; raters and items in sorted order."""

    def read(package: str, values: list[str], dimension: str | None = None) -> Coded:
        rows = read_rows(package, "human.csv")
        if dimension is not None:
            rows = [row for row in rows if _dimension(row) == dimension]
        code = {value: position for position, value in enumerate(values)}
        item = np.unique([row["item_id"] for row in rows], return_inverse=True)[1]
        who = "rater_id" if "rater_id" in rows[0] else "slot"
        rater = np.unique([row[who] for row in rows], return_inverse=True)[1]
        return item, rater, np.array([code[row["value"]] for row in rows])

    return read


def _dimension(row: dict[str, str]) -> str:
    return row["dimension"] if "dimension" in row else row["item_id"].rpartition("__")[2]
