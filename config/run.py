"""Run everything with one command: database, migrations, demo data, server and workers.

`make run` calls this. Ctrl-C (or SIGTERM) stops all that was started here.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from types import FrameType

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from config.embedded import server

START_LIMIT = 60.0  # seconds for the server to answer
GRACE = 10.0  # seconds before a child that does not stop is killed
# Queue -> jobs at a time, each queue in its own process. Live jobs mostly wait for models.
WORKERS = {"live": 32, "batch": 2}


def main() -> int:
    """Prepare, start, wait, stop; the exit status is that of the first child to end by itself."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Only noted, never raised: an exception out of a signal can be swallowed by what it lands in.
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        return _run(stopping)
    except ImproperlyConfigured as error:
        _say(str(error))
        return 1


def _run(stopping: list[int]) -> int:
    if not _port_is_free():
        _say(f"Port {settings.PORT} is in use. Choose another: PORT=8123 make run")
        return 1
    _say("Starting the database ...")
    stop_database = _start_database()
    try:
        _say("Bringing the database up to date ...")
        children = [_start("config.prepare", stdout=None)]
        try:
            if (ended := _end_of(children[0], stopping)) is None:
                _say("\nStopped before everything was started.")
                return 1
            if ended:
                return ended
            # What these print of themselves would hide the links; what goes wrong is on stderr.
            children = [_server(), *(_worker(queue, jobs) for queue, jobs in WORKERS.items())]
            django.setup()
            return _greet(children, stopping) or _wait(children, stopping)
        finally:
            _stop(children)
    finally:
        stop_database()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _port_is_free() -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.PORT))
        except OSError:
            return False
    return True


def _start_database() -> Callable[[], None]:
    """Start the embedded server where DATABASE_URL names no other; return what stops it."""
    if settings.DATABASES["default"]["ENGINE"] != "config.embedded":
        return lambda: None
    server.start()
    return server.stop


def _end_of(child: subprocess.Popen[bytes], stopping: list[int]) -> int | None:
    """Return the exit status of a child that is to end by itself; None once a signal has come."""
    while not stopping:
        with suppress(subprocess.TimeoutExpired):
            return child.wait(0.1)
    return None


def _server() -> subprocess.Popen[bytes]:
    return _start(
        "uvicorn", "config.asgi:application", "--port", str(settings.PORT),
        "--host", "127.0.0.1", "--log-level", "warning", "--no-server-header",
        "--timeout-graceful-shutdown", "5",
    )  # fmt: skip


def _worker(queue: str, jobs: int) -> subprocess.Popen[bytes]:
    return _start("config.worker", queue, str(jobs))


def _start(
    module: str, *arguments: str, stdout: int | None = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process alone, which then stops the children.
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, start_new_session=True, stdout=stdout)  # noqa: S603


def _greet(children: list[subprocess.Popen[bytes]], stopping: list[int]) -> int:
    """Print the links once the server answers; return the exit status of a child that failed."""
    deadline = time.monotonic() + START_LIMIT
    while not stopping and _port_is_free() and time.monotonic() < deadline:
        if ended := _ended(children):
            return ended
        time.sleep(0.1)
    if stopping:
        return 0
    site = f"http://localhost:{settings.PORT}"
    _say(f"\nConcord runs at {site}\nSign in as a researcher, once, with this link:")
    call_command("signin_link", site=site)
    _say_invitation(site)
    _say("\nAnother sign-in link:  .venv/bin/python manage.py signin_link\nStop with Ctrl-C.\n")
    return 0


def _say_invitation(site: str) -> None:
    """Print the link into the study to take part in, unless a researcher has closed it."""
    link = StringIO()
    with suppress(CommandError):
        call_command("invite_link", site=site, stdout=link)
        _say(f"\nTake part in a study, as anybody with this link can:\n{link.getvalue().strip()}")


def _wait(children: list[subprocess.Popen[bytes]], stopping: list[int]) -> int:
    """Wait for a signal, or for a child that ends by itself."""
    while not stopping:
        if ended := _ended(children):
            return ended
        time.sleep(0.2)
    _say("\nStopping ...")
    return 0


def _ended(children: list[subprocess.Popen[bytes]]) -> int:
    """Return the exit status of a child that ended by itself (never 0), or 0 while all run."""
    for child in children:
        if child.poll() is not None:
            _say(f"{' '.join(map(str, child.args))} ended by itself.")  # type: ignore[arg-type]
            return child.returncode or 1
    return 0


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    deadline = time.monotonic() + GRACE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    sys.exit(main())
