"""Runs of a judge by real workers, measured; see `judge`."""

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import django
import psutil

django.setup()

# Only now that Django is set up.
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from annotation.models import Judgment, Question  # noqa: E402
from benchmarks.judge_study import endpoint, lay, run_of  # noqa: E402
from benchmarks.stub import Served, serving  # noqa: E402
from config.embedded import server  # noqa: E402
from personalization.judge.jobs import look_for_readings  # noqa: E402
from personalization.judge.planning import plan  # noqa: E402
from personalization.judge.runs import look_for_abandoned  # noqa: E402
from personalization.models import Endpoint, JudgeRun, Ledger, ModelCall, Verdict  # noqa: E402

DELAY = 0.2  # seconds
AT_ONCE = (64, 256, 512)
VERDICTS = 20_000
LINE = "{:<34}{:>9}{:>9}{:>9}{:>9}{:>12}{:>9}\n"
LIMIT = 1_800.0  # seconds
KILLS = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """How many calls a second, and the processor's milliseconds for one."""

    per_second: float
    cpu_ms: float


def write(text: str) -> None:
    """Print without delay: some steps take a while."""
    sys.stdout.write(text)
    sys.stdout.flush()


@contextmanager
def database() -> Iterator[None]:
    """Start a database of its own, brought up to date."""
    server.start()
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        server.stop()


class Worker:
    """A worker process as `make run` starts it."""

    def __init__(self, **more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.judge_worker", "batch", "2"],
            env={**os.environ, **more},
            stdout=subprocess.DEVNULL,
        )
        self.seen = psutil.Process(self.process.pid)

    def cpu(self) -> float:
        """Return the seconds of processor that it has used."""
        times = self.seen.cpu_times()
        return float(times.user + times.system)

    def megabytes(self) -> float:
        """Return the memory that it holds."""
        return float(self.seen.memory_info().rss) / 2**20

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Tell it to stop, and wait."""
        self.process.terminate()
        self.process.wait()


def bare(which: str, url: str, calls: int, at_once: int) -> Rate:
    """Measure a bare client in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.bare_clients",
        which,
        url,
        str(calls),
        str(at_once),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    per_second, cpu = said.stdout.split()
    return Rate(float(per_second), float(cpu))


def rates(verdicts: int, at_once: Sequence[int], workers: Sequence[int]) -> None:
    """Print what clients and runs come to, for each number of calls at once."""
    head = ("", "per s", "of ideal", "of bare", "CPU ms", "memory MB", "COMMITs")
    with serving(delay=DELAY) as stub:
        for places in at_once:
            calls = min(verdicts, 30 * places)
            write(f"\n{places} calls at once, ideal {places / DELAY:,.0f} a second\n")
            write(LINE.format(*head))
            found = {name: bare(name, stub.url, calls, places) for name in ("aiohttp", "openai")}
            for name, rate in found.items():
                _print(f"bare {name}, {calls:,} calls", rate, places, found["openai"].per_second)
            question = lay(f"bench-{places}", verdicts // 2)
            for count in workers:
                at = endpoint(f"stub-{places}-{count}", stub.url, places)
                _whole(stub, question, at, count, found["openai"].per_second)


def _print(
    what: str, rate: Rate, places: int, client: float, memory: str = "", commits: str = ""
) -> None:
    ideal = rate.per_second / (places / DELAY)
    shares = f"{ideal:.0%}", f"{rate.per_second / client:.0%}"
    write(
        LINE.format(what, f"{rate.per_second:,.0f}", *shares, f"{rate.cpu_ms:.2f}", memory, commits)
    )


def _whole(stub: Served, question: Question, at: Endpoint, count: int, client: float) -> None:
    run = run_of(question, at)
    planned = plan(run)
    stub.reset()
    workers = [Worker() for _worker in range(count)]
    time.sleep(6)  # they are up, and wait
    for _worker in workers:
        _send(run)
    first, begun = _when(run, planned // 20)
    used = [one.cpu() for one in workers]
    commits, memory = _commits(), [one.megabytes() for one in workers]
    last, ended = _when(run, planned * 9 // 10)
    done, seconds = last - first, ended - begun
    cpu = sum(one.cpu() for one in workers) - sum(used)
    now = [one.megabytes() for one in workers]
    per_verdict = (_commits() - commits) / done
    _when(run, planned)
    for one in workers:
        one.stop()
    rate = Rate(done / seconds, 1000 * cpu / done)
    said = f"{sum(memory):.0f}-{sum(now):.0f}"
    _print(
        f"a run, {count} worker(s), {planned:,}",
        rate,
        at.concurrency,
        client,
        said,
        f"{per_verdict:.3f}",
    )
    check(run, stub)


def _send(run: JudgeRun) -> None:
    """Give a worker a job for the run; each worker takes one."""
    look_for_readings(run.pk)
    limit = time.monotonic() + 5
    while _todo() and time.monotonic() < limit:
        time.sleep(0.02)


def _todo() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo'"
            " AND task_name = 'judge_run')"
        )
        (waits,) = cursor.fetchone() or (False,)
        return bool(waits)


def _settled(run: JudgeRun) -> int:
    return JudgeRun.objects.values_list("settled", flat=True).get(pk=run.pk)


def _when(run: JudgeRun, settled: int) -> tuple[int, float]:
    """Return how many readings are settled as soon as it is so many, and the time."""
    limit = time.monotonic() + LIMIT
    while (now := _settled(run)) < settled:
        if time.monotonic() > limit:
            raise TimeoutError(f"{now} of {settled} settled")
        time.sleep(0.05)
    return now, time.monotonic()


def _commits() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        )
        (found,) = cursor.fetchone() or (0,)
        return int(found)


def check(run: JudgeRun, stub: Served) -> None:
    """Print what must be nothing."""
    verdicts = Verdict.objects.filter(run=run)
    items = verdicts.values("item").distinct().count()
    judged = Judgment.objects.filter(rater=run.rater, superseded_at=None).count()
    calls = ModelCall.objects.filter(step="verdict", work_id__in=verdicts.values("pk"))
    answered, seen = calls.filter(answer__isnull=False).count(), stub.stats()
    lost = calls.filter(error__startswith="lost").count()
    again = (
        answered
        - calls.filter(answer__isnull=False).values("work_id", "attempt").distinct().count()
    )
    write(
        f"  not settled {verdicts.filter(settled_at=None).count()}, items without a judgment"
        f" {items - judged}, saved answers asked for again {again};"
        f" requests {seen['asked']:,}, most at once {seen['most_in_flight']},"
        f" answered by the endpoint and not saved {seen['answered'] - answered} (lost {lost})\n"
    )


def faults(verdicts: int, seed: int) -> None:
    """Run with faults, kill workers at random moments, and print what must be nothing."""
    told: dict[str, float] = {"rate_limited": 0.05, "error": 0.03, "timeout": 0.02, "garbage": 0.02}
    chance = random.Random(seed)  # noqa: S311 - when to kill
    with serving(0, DELAY, seed, 0.5, **told) as stub:
        question = lay("faults", verdicts // 2)
        run = run_of(question, endpoint("faults", stub.url, 64, timeout=3))
        planned, begun = plan(run), time.monotonic()
        workers = [Worker(CONCORD_LEASE_SECONDS="10") for _worker in range(2)]
        time.sleep(6)
        for _worker in workers:
            _send(run)
        for kill in range(KILLS):
            _when(run, int(planned * (kill + 0.3 + 0.6 * chance.random()) / (KILLS + 1)))
            place = chance.randrange(len(workers))
            workers[place].kill()
            workers[place] = Worker(CONCORD_LEASE_SECONDS="10")
            look_for_readings(run.pk)
            write(f"  killed a worker at {_settled(run):,} of {planned:,}\n")
        limit = time.monotonic() + LIMIT
        while _settled(run) < planned and time.monotonic() < limit:
            time.sleep(1)
            look_for_abandoned()
        for one in workers:
            one.stop()
        write(f"{planned:,} verdicts in {time.monotonic() - begun:.0f} s\n")
        check(run, stub)
        tell(run)


def tell(run: JudgeRun) -> None:
    """Print what came of readings and calls."""
    reasons = Verdict.objects.filter(run=run, value=None).values_list("reason", flat=True)
    write(
        f"  readings without a value, by reason: { {one: list(reasons).count(one) for one in set(reasons)} }\n"
    )
    ledger: dict[str, int] = {}
    for outcome, calls in Ledger.objects.filter(run=run).values_list("outcome", "calls"):
        ledger[outcome] = ledger.get(outcome, 0) + calls
    write(f"  ledger: {ledger}\n")


def main() -> None:
    """Measure all, on the database of this folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judge")
    parser.add_argument("--verdicts", type=int, default=VERDICTS)
    parser.add_argument("--at-once", type=int, nargs="*", default=AT_ONCE)
    parser.add_argument("--workers", type=int, nargs="*", default=(1, 2))
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    write(f"{psutil.cpu_count()} cores; sum(range(100_000)) takes {_loop():.1f} ms here\n")
    with database():
        if given.faults:
            faults(given.verdicts, given.seed)
        else:
            rates(given.verdicts, given.at_once, given.workers)


def _loop() -> float:
    begun = time.perf_counter()
    for _time in range(20):
        sum(range(100_000))
    return (time.perf_counter() - begun) * 50


if __name__ == "__main__":
    main()
