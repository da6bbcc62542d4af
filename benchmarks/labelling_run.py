"""The clients, the server and the database of `benchmarks.labelling`, with Django set up around them."""

import argparse
import io
import json
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.request import urlopen

import django
import psutil

django.setup()

# Only now that Django is set up.
from django.core.management import call_command  # noqa: E402

from benchmarks import labelling_study as study  # noqa: E402
from benchmarks import profile_pages  # noqa: E402
from benchmarks.browsers import Orders, Seen  # noqa: E402
from config.embedded import server as database  # noqa: E402

ROOT = Path(__file__).parents[1]
# The page listener of docs/deploy.md; `make run` uses the other one.
GRANIAN = (
    "{python} -m granian --interface wsgi --host 127.0.0.1 --port {port} --workers {processes}"
    " --blocking-threads 4 --log-level warning config.wsgi:application"
)
BARE = "/healthz/"
START_LIMIT = 60.0
WARM_UP, BARE_SECONDS = 3.0, 5.0
LINE = "{:<30}{:>9}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8}{:>8}{:>7}{:>7}\n"
HEAD = ("", "labels/s", "submit", "", "next", "", "CPU ms", "", "", "", "of")
UNDER = ("", "", "p50 ms", "p99", "p50", "p99", "server", "Postgr.", "client", "errors", "bare")
# Section 9 of the stack notes: a similar machine, 16 clients, over the peers' HTTP interfaces.
PEERS = [
    ("Label Studio, gunicorn 2 x 8", "18.9-20.9", "435", "964", "352", "1,068"),
    ("Potato 2.12.1", "53-63", "81", "1,295", "182", "342"),
    ("doccano 1.8.4", "113-131", "75", "393", "45", "236"),
]


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of processor time while something was measured."""

    server: float
    postgres: float


def compare(given: argparse.Namespace) -> bool:
    """Print a line for each number of clients; return whether nothing was wrong."""
    write(LINE.format(*HEAD) + LINE.format(*UNDER))
    for name, rate, *times in PEERS:
        write(
            LINE.format(name, rate, *times, "", "", "", "", "").rstrip() + "   a similar machine\n"
        )
    write("\n")
    sound = True
    for clients in given.clients:
        with _serving(given) as (port, process):
            sound &= _measure(given, clients, port, process)
    return sound


def _measure(given: argparse.Namespace, clients: int, port: int, process: psutil.Process) -> bool:
    study.clear()
    name = f"bench-{time.time_ns()}"
    people = study.lay(
        name, labellers=clients, sheets=given.sheets, places=given.places, history=given.history
    )
    sessions = [person.session for person in people]
    bare, _used = _send(Orders(port, BARE, sessions, 1, BARE_SECONDS, bare=True), process)
    start = f"/part/{name}/others/"
    orders = Orders(port, start, sessions, WARM_UP, given.seconds, pause=given.pause)
    seen, used = _send(orders, process)
    labels = len(seen.submit)
    each = [1000 * cpu / max(1, labels) for cpu in (used.server, used.postgres, seen.cpu)]
    reference = len(bare.submit) / bare.seconds
    write(
        LINE.format(
            f"{clients} clients", f"{labels / seen.seconds:.1f}",
            *(_ms(times, share) for times in (seen.submit, seen.next) for share in (0.5, 0.99)),
            *(f"{ms:.2f}" for ms in each), sum(seen.faults.values()),
            f"{labels / seen.seconds / reference:.2f}",
        )
    )  # fmt: skip
    confirmed = [(people[client].rater, item, given) for client, item, given in seen.confirmed]
    found = study.faults(name, confirmed)
    write(
        f"  {len(confirmed):,} confirmed; " + ", ".join(f"{n} {what}" for what, n in found.items())
    )
    write(f"; {seen.requests / max(1, labels):.1f} requests per label")
    write(f"; bare page {reference:.0f}/s, p99 {_ms(bare.submit, 0.99)} ms\n")
    for what, count in sorted({**bare.faults, **seen.faults}.items()):
        write(f"  {count} x {what}\n")
    if seen.idle:
        write(f"  {seen.idle} clients had no sheet left: give --sheets or --places\n")
    return not (seen.faults or any(found.values()))


def _send(orders: Orders, process: psutil.Process) -> tuple[Seen, Used]:
    """Let clients work in a process of their own; return what they saw, and what it cost."""
    clients = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.browsers"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert clients.stdin is not None  # noqa: S101 for mypy
    assert clients.stdout is not None  # noqa: S101 for mypy
    clients.stdin.write(json.dumps(asdict(orders)) + "\n")
    clients.stdin.close()
    clients.stdout.readline()
    postgres = psutil.Process(database.start().get_pid())
    before = _cpu(process), _cpu(postgres)
    clients.stdout.readline()
    used = Used(_cpu(process) - before[0], _cpu(postgres) - before[1])
    seen = Seen(**json.loads(clients.stdout.readline()))
    clients.wait()
    return seen, used


def _cpu(process: psutil.Process) -> float:
    """Return the processor seconds of a process and of all that it started and that still live."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def _ms(times: list[float], share: float) -> str:
    if not times:
        return "-"
    ms = sorted(times)[min(len(times) - 1, int(share * len(times)))]
    return f"{ms:,.0f}" if ms >= 10 else f"{ms:.1f}"


@contextmanager
def _serving(given: argparse.Namespace) -> Iterator[tuple[int, psutil.Process]]:
    """Run the page listener; give its port and its process."""
    port = given.port or _free_port()
    command = given.server.format(python=sys.executable, port=port, processes=given.processes)
    process = psutil.Popen(shlex.split(command), cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port, process
    finally:
        children = process.children(recursive=True)
        process.terminate()
        psutil.wait_procs([process, *children], timeout=10)


def _wait_for(port: int, process: psutil.Process) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and process.is_running():
        try:
            urlopen(f"http://localhost:{port}{BARE}", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server does not answer.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def profile(given: argparse.Namespace) -> None:
    """Print where the time of one label goes."""
    people = study.lay(
        "bench", labellers=given.clients[0], sheets=given.sheets, places=given.places,
        history=given.history,
    )  # fmt: skip
    profile_pages.run(people[0], "/part/bench/others/", given.labels, write)


def write(text: str) -> None:
    """Print without delay: some steps take a while."""
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> int:
    """Measure; the exit status says whether an answer was lost or double."""
    parser = argparse.ArgumentParser(description="Measure labels per second over HTTP.")
    parser.add_argument("--clients", type=int, nargs="+", default=[16, 200])
    parser.add_argument("--processes", type=int, default=2, help="of the server")
    parser.add_argument("--server", default=GRANIAN, help="its command")
    parser.add_argument("--port", type=int, default=0, help="its port, where not any free one")
    parser.add_argument("--sheets", type=int, default=1000)
    parser.add_argument("--places", type=int, default=16, help="at each sheet")
    parser.add_argument("--history", type=int, default=0, help="earlier answers of half of them")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--pause", type=float, default=0, help="seconds that people think")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--labels", type=int, default=100, help="for the profile")
    given = parser.parse_args()
    database.start()
    try:
        call_command("migrate", verbosity=0)
        call_command("catalogue", "--compile", stdout=io.StringIO(), stderr=io.StringIO())
        call_command("collectstatic", verbosity=0, interactive=False)
        if given.profile:
            profile(given)
            return 0
        return 0 if compare(given) else 1
    finally:
        database.stop()


if __name__ == "__main__":
    sys.exit(main())
