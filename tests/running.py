"""Concord as `make run` starts it, in real processes, for tests that must not share their own."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import psutil
from django.conf import settings

START = 240.0  # seconds; a machine that runs other tests as well is slow


RUNNING: list["Copy"] = []


class Copy:
    """One running Concord, in a folder and on a port of its own."""

    def __init__(self, folder: Path, port: int | None = None, **more: str) -> None:
        """Start it; `more` are variables of its environment."""
        self.folder = folder
        self.port = port or free_port()
        self.log = folder.with_suffix(".log")
        self.log.touch()
        RUNNING.append(self)
        self.effort = 0.0  # processor seconds until it was ready
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.run"],
                cwd=settings.BASE_DIR, env={**environment(folder, self.port), **more},
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.log.read_text()

    @property
    def site(self) -> str:
        return f"http://localhost:{self.port}"

    def ready(self) -> "Copy":
        """Wait until it has printed its links."""
        until(lambda: "Stop with Ctrl-C" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said
        used = psutil.Process(self.process.pid).cpu_times()
        self.effort = sum(used[:4])  # with its ended children's: they prepare
        return self

    def family(self) -> list[psutil.Process]:
        """Return its processes, and those of its database."""
        return [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(True)]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(40)

    def rows(self) -> list[str]:
        """Return the studies, as another command on the same data sees them."""
        code = "from annotation.models import Study; print(*Study.objects.values_list('name', flat=True))"
        told = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", code],
            cwd=settings.BASE_DIR, env=environment(self.folder, self.port),
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return told.stdout.split()


def environment(folder: Path, port: int) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**plain, "CONCORD_DATA": str(folder), "PORT": str(port)}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=10)[1]


def listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def database_of(folder: Path) -> psutil.Process:
    """Return the database server that works in a folder."""
    return psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]))


def browser() -> OpenerDirector:
    """Return something that keeps cookies, as a browser does."""
    return build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))


def page(visitor: OpenerDirector, url: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    """Return status and text of a page, or of what a form leads to."""
    data = None if form is None else urlencode(form).encode()
    try:
        response: HTTPResponse = visitor.open(Request(url, data, {"Referer": url}), timeout=20)
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
    with response:
        return response.status, response.read().decode()


def sign_in(visitor: OpenerDirector, link: str) -> str:
    """Open the link, press the button, and return the page after it."""
    status, text = page(visitor, link)
    assert status == 200
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', text))
    return page(visitor, link, {"csrfmiddlewaretoken": token})[1]
