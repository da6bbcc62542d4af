"""A million labels: how long their import takes, and `manage.py agreement` on them.

    make bench NAME=imports                   1 M human labels, two judges
    python -m benchmarks.imports --items 2e4  a smaller run

Everything happens in a throw-away data folder; the user's own is never touched. Each step is a
process of its own, measured from start to end, and stands beside a reference of the same run: what
PostgreSQL needs to copy the same file into a bare table, and to hand the same rows to numpy.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import django
import numpy as np
from django.db import connection

from config.embedded import server

SEED = 20_260
RATERS, PER_ITEM, VALUES = 2000, 5, 5
JUDGES = {"careful": 0.7, "hasty": 0.45}  # share of items on which the judge sees the truth
ROOT = Path(__file__).parents[1]
QUESTION = """
key = "quality"
wording = "How good is this answer?"
level = "ordinal"
options = [1, 2, 3, 4, 5]
"""
ROWS = "SELECT item_id, rater_id, value FROM annotation_judgment WHERE question_id = 1"
BARE = "CREATE TEMP TABLE bare (item text, rater text, value text)"


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: its name, seconds by the clock, and most memory held at a time."""

    name: str
    seconds: float
    megabytes: float


def generate(folder: Path, items: int) -> None:
    """Write the question, the people's labels and the judges' answers, the same every time."""
    rng = np.random.default_rng(SEED)
    truth = rng.integers(1, VALUES + 1, items)
    item = np.repeat(np.arange(items), PER_ITEM)
    # Five different raters of an item: a random start, then equal steps through all of them.
    first, step = rng.integers(0, RATERS, items), rng.integers(1, RATERS // PER_ITEM, items)
    rater = (first[:, None] + np.arange(PER_ITEM) * step[:, None]).ravel() % RATERS
    value = _near(rng, truth[item])
    (folder / "question.toml").write_text(QUESTION)
    with (folder / "human.csv").open("w") as out:
        out.write("item,rater,value\n")
        np.savetxt(out, np.stack([item, rater, value], axis=1), "item-%d,rater-%d,%d")
    with (folder / "judges.csv").open("w") as out:
        out.write("item,judge,value\n")
        for name, share in JUDGES.items():
            seen = np.where(rng.random(items) < share, truth, rng.integers(1, VALUES + 1, items))
            np.savetxt(out, np.stack([np.arange(items), seen], axis=1), f"item-%d,{name},%d")


def _near(rng: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    """Return what raters say who miss the truth by about one point."""
    said: np.ndarray = np.clip(np.rint(truth + rng.normal(0, 0.8, len(truth))), 1, VALUES)
    return said.astype(np.int64)


def measure(name: str, *command: str) -> Measured:
    """Run a command of ours to its end; its output is not wanted."""
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    _pid, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{name} failed")
    return Measured(name, seconds, used.ru_maxrss / 1024)


def run(folder: Path) -> list[tuple[Measured, Measured]]:
    """Import and report, each with its reference."""
    files = {name: str(folder / name) for name in ("question.toml", "human.csv", "judges.csv")}
    copied = measure("COPY into a bare table", *_me("copy", files["human.csv"]))
    imported = measure(
        "manage.py import_labels", "manage.py", "import_labels", "--study", "bench",
        "--question", files["question.toml"],
        "--human", files["human.csv"], "--judges", files["judges.csv"],
    )  # fmt: skip
    again = measure(
        "the same import again", "manage.py", "import_labels", "--study", "bench",
        "--question", files["question.toml"],
        "--human", files["human.csv"], "--judges", files["judges.csv"],
    )  # fmt: skip
    fetched = measure("rows into numpy (psycopg)", *_me("fetch", "-"))
    report = measure(
        "manage.py agreement --json", "manage.py", "agreement", "--study", "bench", "--json"
    )
    return [(imported, copied), (again, copied), (report, fetched)]


def _me(step: str, file: str) -> list[str]:
    return ["-m", "benchmarks.imports", "--reference", step, file]


def copy(file: str) -> None:
    """Reference of an import: the same file into a table without rules or indexes."""
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        with (
            Path(file).open("rb") as lines,
            cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as out,
        ):
            while block := lines.read(1 << 20):
                out.write(block)


def fetch(_file: str) -> None:
    """Reference of a report: the same rows, as three columns of integers."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        np.array(cursor.fetchall(), np.int64).T.copy()


REFERENCES: dict[str, Callable[[str], None]] = {"copy": copy, "fetch": fetch}


def show(pairs: list[tuple[Measured, Measured]]) -> None:
    """Print a line per step: seconds, memory, and how often the reference fits in."""
    line = "{:<28}{:>9}{:>9}   {:<28}{:>9}{:>8}\n"
    sys.stdout.write(line.format("step", "seconds", "MB", "reference", "seconds", "ratio"))
    for step, reference in pairs:
        sys.stdout.write(
            line.format(
                step.name, f"{step.seconds:.2f}", f"{step.megabytes:.0f}",
                reference.name, f"{reference.seconds:.2f}",
                f"{step.seconds / reference.seconds:.1f}",
            )
        )  # fmt: skip


def main() -> None:
    """Measure in a throw-away data folder, with the database running as under `make run`."""
    parser = argparse.ArgumentParser(description="Measure import and agreement report.")
    parser.add_argument("--items", type=float, default=200_000, help="items, five raters each")
    parser.add_argument("--reference", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    if given.reference:
        django.setup()
        step, file = given.reference
        return REFERENCES[step](file)
    with TemporaryDirectory(prefix="concord-bench-") as data:
        os.environ["CONCORD_DATA"] = data
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        server.start()
        try:
            measure("migrations", "manage.py", "migrate", "--verbosity", "0")
            generate(Path(data), int(given.items))
            show(run(Path(data)))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
