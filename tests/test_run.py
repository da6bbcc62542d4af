"""`make run` without make: one command starts everything, one signal stops it."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings

from tests.running import (
    RUNNING,
    Copy,
    browser,
    database_of,
    environment,
    gone,
    listens,
    page,
    sign_in,
    until,
)


@pytest.fixture(scope="module", autouse=True)
def everything_ends() -> Iterator[None]:
    """Stop what a failed test has left."""
    yield
    for copy in RUNNING:
        if copy.process.poll() is None:
            copy.stop()


def raw(port: int, request: str) -> str:
    """Send bytes that no client would send; return the first line of the answer."""
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as wire:
        wire.sendall(request.replace("\n", "\r\n").encode())
        return wire.makefile().readline().strip()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Copy, Copy]:
    """Two first starts at the same time, on ports and in folders of their own."""
    home, other = (Copy(tmp_path_factory.mktemp("copy") / "data") for _copy in range(2))
    return home.ready(), other.ready()


@pytest.fixture(scope="module")
def home(both: tuple[Copy, Copy]) -> Copy:
    """One of them, for the tests that only look at it."""
    return both[0]


def test_a_first_start_prints_its_links(home: Copy) -> None:
    """The address and a sign-in link, and the pages answer there."""
    assert f"Concord runs at {home.site}" in home.said
    status, text = page(browser(), home.site)
    assert status == 200
    assert "<title>Concord</title>" in text


def test_the_link_signs_in_once(home: Copy) -> None:
    """With a real client: page, button, studies; a second press of the same link is refused."""
    (link,) = re.findall(r"http://\S+/signin/\S+", home.said)
    assert urlsplit(link).port == home.port
    visitor = browser()
    assert "You are signed in." in sign_in(visitor, link)
    status, text = page(visitor, f"{home.site}/studies/")
    assert (status, "<code>demo</code>" in text) == (200, True)
    assert page(browser(), link)[0] == 403


def test_static_files_come_compressed_and_nothing_else_does(home: Copy) -> None:
    """The pages' own files are served; no way out of their folder is."""
    text = page(browser(), home.site)[1]
    style = re.search(r'href="(/static/css/base\.[0-9a-f]+\.css)"', text)
    assert style is not None
    assert page(browser(), home.site + style[1])[0] == 200
    for path in ("/static/../config/settings.py", "/static/%2e%2e/config/settings.py",
                 "/static//etc/passwd", "/static/..%2f..%2fsecret_key", "/secret_key"):  # fmt: skip
        line = raw(home.port, f"GET {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n")
        assert line.split()[1] in {"400", "404"}, path


def test_a_large_body_is_refused_at_once(home: Copy) -> None:
    """The answer comes while the body is still to be sent."""
    head = f"POST /theme/ HTTP/1.1\nHost: localhost\nContent-Length: {10**12}\n\n"
    assert raw(home.port, head).split()[1] == "413"


def test_the_data_folder_is_the_owners_alone(home: Copy) -> None:
    """Key and database are for nobody else to read, and nothing is written elsewhere."""
    assert (home.folder / "secret_key").stat().st_mode & 0o077 == 0
    assert (home.folder / "postgres").stat().st_mode & 0o077 == 0


def test_it_listens_on_this_machine_alone(home: Copy) -> None:
    """Neither the pages nor the database are open to the network."""
    database = database_of(home.folder)
    served = [
        connection.laddr
        for process in [*home.family(), database]
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert {(address.ip, address.port) for address in served} == {("127.0.0.1", home.port)}


def test_a_taken_port_is_said_so(home: Copy, tmp_path: Path) -> None:
    """One line that says what to do, at once, and nothing is left behind."""
    other = Copy(tmp_path / "data", home.port)
    assert other.process.wait(20) == 1
    assert other.said == f"Port {home.port} is in use. Choose another: PORT=8123 make run\n"
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_senseless_port_is_said_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "config.run"], cwd=settings.BASE_DIR, text=True, check=False,
        env={**environment(tmp_path, 1), "PORT": "http"}, capture_output=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "PORT='http': write a whole number from 1 to 65535.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
def test_a_start_can_be_stopped(tmp_path: Path, number: signal.Signals) -> None:
    """Before everything runs: what was started is stopped, without a traceback."""
    copy = Copy(tmp_path / "data")
    until(lambda: "Bringing the database up to date" in copy.said)
    family = [*copy.family(), database_of(copy.folder)]
    assert copy.stop(number) == 1
    assert gone(family)
    assert copy.said.endswith("Stopped before everything was started.\n")
    assert "Traceback" not in copy.said


def test_two_copies_run_side_by_side(both: tuple[Copy, Copy]) -> None:
    """One loses its server: all of it ends, with an error, and the other never notices."""
    home, other = both
    assert page(browser(), other.site)[0] == page(browser(), home.site)[0] == 200
    check_that_a_lost_child_ends_all(other)
    assert page(browser(), home.site)[0] == 200


def test_a_second_life(home: Copy) -> None:
    """Stopped, nothing of it is left; started again, it has its data and does no work twice."""
    family = [*home.family(), database_of(home.folder)]
    assert len(family) >= 5  # itself, server, two workers, database
    assert home.stop() == 0
    assert gone(family)
    assert not listens(home.port)
    assert not (home.folder / "postgres" / "postmaster.pid").exists()
    assert home.said.endswith("\nStopping ...\n")

    again = Copy(home.folder, home.port).ready()
    assert "The study demo is already there; nothing was changed." in again.said
    assert again.effort < home.effort  # elapsed time would only say how busy the machine is
    assert again.rows() == ["demo", "try-it"]
    family = [*again.family(), database_of(again.folder)]
    assert again.stop(signal.SIGTERM) == 0
    assert gone(family)


def check_that_a_lost_child_ends_all(copy: Copy) -> None:
    family = [*copy.family(), database_of(copy.folder)]
    (server,) = [one for one in family if "uvicorn" in one.cmdline()]
    server.kill()
    assert copy.process.wait(40) != 0
    assert "uvicorn" in copy.said
    assert "ended by itself." in copy.said
    assert gone(family)
    assert not listens(copy.port)
