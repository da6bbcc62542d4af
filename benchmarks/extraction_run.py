"""A run of an extractor by a real worker that is killed, measured; see `extraction`."""

import argparse
import sys
import time

import django
import psutil

django.setup()

# Only now that Django is set up.
from benchmarks.extraction_study import count, extractor, lay, longest_gap  # noqa: E402
from benchmarks.judge_run import Worker, database, write  # noqa: E402
from benchmarks.judge_study import endpoint  # noqa: E402
from benchmarks.stub import Served, serving  # noqa: E402
from personalization.models import ArmRun  # noqa: E402
from personalization.pipeline.runs import start  # noqa: E402

# A tenth of the requests, together.
FAULTS = {"rate_limited": 0.04, "error": 0.03, "timeout": 0.01, "garbage": 0.02}
ATTRIBUTES = 4  # in an answer
SPREAD = 0.5  # answers take half to one and a half times the delay
TIMEOUT = 3  # times the delay
UP = 8.0  # seconds until a worker is up, and waits
LIMIT = 3_600.0
TARGET = 1.15
LINE = "  {:<58}{:>12}\n"


def _when(run: ArmRun, settled: int) -> int:
    """Return how many rows are settled as soon as it is so many, or the run has ended."""
    limit = time.monotonic() + LIMIT
    while True:
        run.refresh_from_db()
        if run.settled >= settled or run.finished_at or run.paused_at:
            return run.settled
        if time.monotonic() > limit:
            raise TimeoutError(f"{run.settled} of {settled} settled: {run.trouble}")
        time.sleep(0.1)


def measure(given: argparse.Namespace) -> bool:
    """Run once, print what came of it, and return whether all is as it must be."""
    faults = FAULTS if given.faults else {}
    with serving(
        0, given.delay, given.seed, spread=SPREAD, attributes=ATTRIBUTES, **faults
    ) as stub:
        study = lay("extraction", given.conversations)
        at = endpoint("stub", stub.url, given.places, timeout=TIMEOUT * given.delay)
        arm = extractor(study, at)
        worker = Worker()
        time.sleep(UP)
        stub.reset()
        begun = time.monotonic()
        run = start(arm)
        used = -worker.cpu()
        for kill in range(given.kills):
            done = _when(run, given.conversations * (kill + 1) // (given.kills + 1))
            used += worker.cpu()
            worker.kill()
            worker = Worker()
            write(f"  killed the worker at {done:,} rows, {time.monotonic() - begun:.0f} s\n")
        while not (run.finished_at or run.paused_at):
            _when(run, sys.maxsize)
        wall = time.monotonic() - begun
        used += worker.cpu()
        worker.stop()
        return _tell(run, stub, given, wall, used)


def _tell(run: ArmRun, stub: Served, given: argparse.Namespace, wall: float, used: float) -> bool:
    found, seen = count(run), stub.stats()
    mean = seen["busy"] / seen["asked"]
    ideal = seen["busy"] / given.places
    rows: list[tuple[str, str]] = [
        ("conversations", f"{found.conversations:,}"),
        ("  with one settled extraction that found something", f"{found.settled_once:,}"),
        ("  whose extraction failed", f"{found.failed:,}"),
        ("people put together (mergings settled)", f"{found.mergings:,}"),
        ("rows planned / settled, by the run's own count", f"{found.planned:,}/{found.settled:,}"),
        ("requests that the endpoint saw", f"{seen['asked']:,}"),
        ("  with a fault", f"{sum(seen[name] for name in FAULTS):,}"),
        ("  whose client went away", f"{seen['gone']:,}"),
        ("calls in the database", f"{found.calls:,}"),
        ("  answered", f"{found.answered:,}"),
        ("  lost in flight", f"{found.lost:,}"),
        ("answered by the endpoint, and not saved", f"{_answered(seen) - found.answered:,}"),
        ("calls that are not in the ledger", f"{found.unnoted:,}"),
        ("saved calls asked for again", f"{found.again:,}"),
        ("most at once (places)", f"{seen['most_in_flight']} ({given.places})"),
        ("longest time without a new call, s", f"{longest_gap(run):.1f}"),
        ("the workers' processor for a call, ms", f"{1000 * used / found.calls:.0f}"),
        ("mean time of a call, s", f"{mean:.2f}"),
        ("ideal: all calls x their time / places, s", f"{ideal:.1f}"),
        ("wall, s", f"{wall:.1f}"),
        (f"wall / ideal (wanted: below {TARGET})", f"{wall / ideal:.3f}"),
    ]
    write(f"\n{(run.finished_at and 'finished') or run.trouble}\n")
    for what, figure in rows:
        write(LINE.format(what, figure))
    return (
        run.finished_at is not None
        and found.settled_once == found.conversations
        and (found.again, found.unnoted, found.failed) == (0, 0, 0)
        and found.planned == found.settled
        and seen["most_in_flight"] <= given.places
        and found.calls == seen["asked"]
    )


def _answered(seen: dict[str, int]) -> int:
    return seen["answered"]


def main() -> int:
    """Measure on the database of this folder; 1 where something is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction")
    parser.add_argument("--conversations", type=int, default=1_000)
    parser.add_argument("--places", type=int, default=32)
    parser.add_argument("--delay", type=float, default=5.0, help="seconds")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--no-faults", dest="faults", action="store_false")
    given = parser.parse_args()
    write(f"{psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}\n")
    with database():
        return 0 if measure(given) else 1


if __name__ == "__main__":
    sys.exit(main())
