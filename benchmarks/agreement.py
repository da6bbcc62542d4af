"""The statistics of agreement: each step beside a library, then a panel out of the database.

    make bench                                     1 M human labels: 200,000 items x 5 of 2,000 raters
    python -m benchmarks.agreement --items 1e6     5 M
    python -m benchmarks.agreement --part kernels  without the database (or: --part database)
    python -m benchmarks.agreement --only AC1      the kernels that have this in their name

Every figure is measured in a process of its own, on one core, next to its reference in the same
run: of the kernels in processor time, which other work on the machine changes little; of the
database by the clock, so that there only the ratios tell anything while the machine is busy.
"""

import argparse
import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import database
from benchmarks.kernels import STEPS, Compared
from benchmarks.made_up import PER_ITEM, RATERS, VALUES, make
from benchmarks.measuring import Measured, child

# Milliseconds that counting a million ratings took where the figures of section 10 were measured.
YARDSTICK = 2.5
MILLION = 1_000_000
LINE = "{:<41}{:>9}{:>7}{:>9}{:>18}   {:<27}{:>11}{:>7}{:>8}\n"
HEAD = ("step", "ms", "MB", "rel. ms", "section 10", "library", "ms", "MB", "ratio")


def kernels(folder: Path, items: int, only: str) -> None:
    """Measure every kernel with `only` in its name, and its library, and print a line each."""
    write(LINE.format(*HEAD))
    passes = []
    file = made(folder, items)
    for compared in (one for one in STEPS if only in one.name):
        passes.append(_child(file, "ours", "yardstick").ms)
        found = _child(file, "ours", compared.ours)
        beside = _library(folder, compared, items, found)
        write(_line(compared, items, found, passes[-1], beside))
    write(_notes(items, passes))


def made(folder: Path, items: int) -> Path:
    """Return the file with the labels of so many items."""
    file = folder / f"{items}.npz"
    if not file.exists():
        make(items).save(file)
    return file


def _library(
    folder: Path, compared: Compared, items: int, found: Measured
) -> tuple[Measured, Measured] | None:
    """Return a step of a library and ours on the same data, fewer where it cannot do more."""
    if not compared.library:
        return None
    if compared.library_items is None or compared.library_items >= items:
        return _child(made(folder, items), "theirs", compared.theirs), found
    file = made(folder, compared.library_items)
    return _child(file, "theirs", compared.theirs), _child(file, "ours", compared.ours)


def _child(file: Path, side: str, step: str) -> Measured:
    return child("-m", f"benchmarks.{side}", str(file), step)


def _line(
    compared: Compared,
    items: int,
    found: Measured,
    pace: float,
    both: tuple[Measured, Measured] | None,
) -> str:
    target = {MILLION: compared.section_10, 5 * MILLION: compared.section_10_at_5m}
    beside = ["", "", "", ""]
    if both is not None:
        theirs, ours = both
        name, most = compared.library, compared.library_items
        small = most is not None and most < items
        beside = [
            f"{name}, {most:,} items" if small else name,
            _ms(theirs.ms), f"{theirs.megabytes:.0f}", f"{ours.ms / theirs.ms:.2g}",
        ]  # fmt: skip
    return LINE.format(
        f"{compared.name} ({found.said})" if found.said else compared.name,
        _ms(found.ms), f"{found.megabytes:.0f}", _ms(found.ms / pace * _yardstick(items)),
        target.get(items * PER_ITEM, ""), *beside,
    )  # fmt: skip


def _yardstick(items: int) -> float:
    """Return what counting so many ratings took, or would have taken, there."""
    return YARDSTICK * items * PER_ITEM / MILLION


def _ms(ms: float) -> str:
    return f"{ms:,.0f}" if ms >= 100 else f"{ms:.3g}"


def _notes(items: int, passes: list[float]) -> str:
    return f"""
{items:,} items x {PER_ITEM} of {RATERS:,} raters, {VALUES} values; one core. MB: the most held beside the data.
ratio: ours / library, on the same data. One np.bincount of the ratings took {median(passes):.1f} ms
({min(passes):.1f} to {max(passes):.1f} in the course of the run). rel. ms: what the step would take if that took
{_yardstick(items):.3g} ms, as where section 10 was measured ({YARDSTICK} for a million).
"""


def write(text: str) -> None:
    """Print without delay: some steps take a while."""
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> None:
    """Measure kernels and database in a throw-away folder."""
    parser = argparse.ArgumentParser(description="Measure the statistics of agreement.")
    parser.add_argument("--items", type=float, default=200_000, help="items, five raters each")
    parser.add_argument("--part", choices=("kernels", "database"), help="only this")
    parser.add_argument("--only", default="", help="only kernels with this in their name")
    given = parser.parse_args()
    items = int(given.items)
    with TemporaryDirectory(prefix="concord-bench-") as data:
        os.environ["CONCORD_DATA"] = data
        os.environ.pop("DATABASE_URL", None)
        if given.part != "database":
            kernels(Path(data), items, given.only)
        if given.part != "kernels" and not given.only:
            database.run(Path(data), items)


if __name__ == "__main__":
    main()
