"""A real web server as a server of the storm: what is asked becomes requests for its pages."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from annotation.models import Enrollment, Slot
from annotation.visits import SESSION_KEY
from tests.fire.child import VERBS
from tests.fire.servers import NO_REPLY, ROOT, Reply
from tests.running import free_port

CSRF = "c" * 32
SHEET = re.compile(r"/sheets/(\d+)/$")
# What researchers and the worker do has no page here that anybody could press while it is killed.
ELSEWHERE = ("expire", "raise")
REFUSED = {403: "left", 404: "not_theirs", 409: "sent", 410: "too_late or taken_away"}
SECONDS = 120.0


class Web:
    """uvicorn with the whole application, on a port of its own."""

    def __init__(self, log: Path, people: "People") -> None:
        self.log, self.people = log, people
        self.turn = Turns()
        self.alive = False
        self.port = free_port()
        self._start()

    def _start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own server
                [
                    sys.executable, "-m", "uvicorn", "config.asgi:application",
                    "--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning",
                ],
                cwd=ROOT, env=dict(os.environ), stdout=log, stderr=log,
            )  # fmt: skip

    def wait(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if self._request("GET", "/", "") is not None:
                self.alive = True
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server does not start: {self.log.read_text()[-2000:]}")

    def ask(self, asked: Mapping[str, Any]) -> Reply:
        """Ask for a page, or press its button; only 2xx and 3xx mean that it was done."""
        if asked["do"] in ELSEWHERE:
            return Reply(came=True, said=VERBS[asked["do"]](dict(asked)))
        study, cookie = self.people.of(asked["person"])
        method, path, form = PAGES[asked["do"]](asked)
        got = self._request(method, f"/part/{study}/{path}", cookie, form)
        if got is None:
            return NO_REPLY
        status, location = got
        if status in REFUSED:
            return Reply(came=True, said={"refused": REFUSED[status]})
        if status >= 400:
            return Reply(came=True, said={"error": f"{method} {path}: {status}"})
        slot = int(found[1]) if (found := SHEET.search(location)) else None
        said = {"slot": slot, "sheet": self.people.sheet(slot), "in_time": None}
        return Reply(came=True, said=said)

    def kill(self) -> None:
        """Kill it in the middle of what it does."""
        self.alive = False
        self.process.kill()
        self.process.wait()
        self._start()
        self.wait()

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()

    def _request(
        self, method: str, path: str, cookie: str, form: Mapping[str, str] | None = None
    ) -> tuple[int, str] | None:
        """Return status and Location of a whole answer; None where none came."""
        headers = {"Cookie": cookie, "X-CSRFToken": CSRF, "Accept": "text/html"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            line.request(method, path, urlencode(form) if form is not None else None, headers)
            answer = line.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")
        except (OSError, HTTPException):
            return None
        finally:
            line.close()


class Turns:
    """A web server takes any number of requests at a time."""

    def acquire(self, blocking: bool = True) -> bool:
        return True

    def release(self) -> None:
        return


class People:
    """The browsers: each person has a session, as after the personal link."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[str, str]] = {}
        self.sheets: dict[int, int] = {}
        self.lock = threading.Lock()

    def of(self, person: int) -> tuple[str, str]:
        """Return the study and the cookies of an enrollment."""
        with self.lock:
            if person not in self.known:
                one = Enrollment.objects.select_related("study").get(pk=person)
                session = SessionStore()
                session[SESSION_KEY] = one.participant_id
                session.save()
                cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; csrftoken={CSRF}"
                self.known[person] = (one.study.name, cookie)
                connection.close()
            return self.known[person]

    def sheet(self, slot: int | None) -> int | None:
        """Return the sheet of a place."""
        if slot is None:
            return None
        with self.lock:
            if slot not in self.sheets:
                self.sheets.update(Slot.objects.values_list("pk", "sheet"))
                connection.close()
            return self.sheets[slot]


Page = tuple[str, str, dict[str, str] | None]


def _send(asked: Mapping[str, Any]) -> Page:
    form = {f"item-{item}": str(code) for item, code in asked["values"].items()}
    return "POST", f"sheets/{asked['slot']}/", form


def _give_back(asked: Mapping[str, Any]) -> Page:
    why = "flagged" if asked["why"] == "flagged" else "unclear"
    return "POST", f"sheets/{asked['slot']}/skip/", {"why": why}


# What a person asks for, as the browser does it.
PAGES: dict[str, Callable[[Mapping[str, Any]], Page]] = {
    "own": lambda asked: ("GET", "", None),
    "other": lambda asked: ("GET", "others/", None),
    "ahead": lambda asked: ("POST", "sheets/ahead/", {}),
    "beat": lambda asked: ("POST", f"sheets/{asked['slot']}/beat/", {}),
    "draft": lambda asked: ("POST", f"sheets/{asked['slot']}/draft/", {"revision": "0"}),
    "submit": _send,
    "give_back": _give_back,
    "withdraw": lambda asked: ("POST", "leave/", {"action": "withdraw", "sure": "1"}),
}
