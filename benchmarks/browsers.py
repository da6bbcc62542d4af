"""Clients that label over HTTP as browsers do, in a process of their own, and count what they see.

Reads one `Orders` as JSON, says `begin` once it is warm, and ends with one `Seen` as JSON. It knows
nothing of Django: only what stands on the pages.
"""

import asyncio
import json
import random
import resource
import sys
import time
from dataclasses import asdict, dataclass, field

from benchmarks.pages import FORM_TYPE, Form, form_of

REDIRECTS = (301, 302, 303, 307)
MOST_STEPS = 10
REST = 0.2  # seconds after something went wrong


@dataclass(frozen=True, slots=True)
class Orders:
    """Where to go, as whom, for how long, and how long people think before they send."""

    port: int
    start: str
    sessions: list[str]
    warm_up: float
    seconds: float
    pause: float = 0
    bare: bool = False  # only ask for the start page, again and again


@dataclass(slots=True)
class Seen:
    """What came back while it was measured; `confirmed` also before and after."""

    seconds: float = 0
    cpu: float = 0
    requests: int = 0
    submit: list[float] = field(default_factory=list)
    next: list[float] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    idle: int = 0  # clients for whom no sheet was left
    confirmed: list[tuple[int, int, str]] = field(default_factory=list)  # client, item, answer


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    location: str
    body: bytes


class UnexpectedError(Exception):
    """A page that a browser should not have got."""


class Connection:
    """HTTP/1.1 with keep-alive and cookies, and no more than that."""

    def __init__(self, port: int, session: str) -> None:
        self.port = port
        self.cookies = {"sessionid": session}
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Send a request; once more where the server had closed the connection before."""
        reused = self.writer is not None
        try:
            return await self._ask(method, path, body)
        except (asyncio.IncompleteReadError, OSError) as error:
            self.close()
            begun = isinstance(error, asyncio.IncompleteReadError) and error.partial
            if begun or not reused:
                raise
            return await self._ask(method, path, body)

    def close(self) -> None:
        """Close the connection; the next request opens another one."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None

    async def _ask(self, method: str, path: str, body: bytes) -> Answer:
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nCookie: {cookies}\r\n"
        if method == "POST":
            head += (
                f"Origin: http://localhost:{self.port}\r\nContent-Type: {FORM_TYPE}\r\n"
                f"Content-Length: {len(body)}\r\nHX-Request: true\r\n"
            )
        self.writer.write(head.encode() + b"\r\n" + body)
        return await self._answer(self.reader)

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length, location, chunked, closes = 0, "", False, False
        for line in lines:
            name, _colon, value = line.partition(":")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "location" | "hx-redirect":
                    location = value.strip()
                case "transfer-encoding":
                    chunked = True
                case "connection":
                    closes = value.strip().lower() == "close"
                case "set-cookie":
                    key, _equals, rest = value.strip().partition("=")
                    self.cookies[key] = rest.partition(";")[0]
        body = await self._chunks(reader) if chunked else await reader.readexactly(length)
        if closes:
            self.close()
        return Answer(int(first.split()[1]), location, body)

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        parts = []
        while size := int(await reader.readuntil(b"\r\n"), 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return b"".join(parts)


class Browser:
    """One client: it sends a sheet, follows to the next one, and notes how long both took."""

    def __init__(self, number: int, orders: Orders, clock: "Clock", seen: Seen) -> None:
        self.number, self.orders, self.clock, self.seen = number, orders, clock, seen
        self.web = Connection(orders.port, orders.sessions[number])
        self.chance = random.Random(number)  # noqa: S311 - no secret

    async def run(self) -> None:
        """Go on until the time is over or no sheet is left."""
        form: Form | None = None
        while not self.clock.over:
            try:
                if self.orders.bare:
                    await self._bare()
                elif form is None:
                    form = await self._follow(self.orders.start)
                    if form is None:
                        break
                else:
                    form = await self._label(form)
            except (UnexpectedError, asyncio.IncompleteReadError, OSError) as error:
                self._fault(str(error) or type(error).__name__)
                form = None
                await asyncio.sleep(REST)
        if not self.clock.over:
            self.seen.idle += 1
        self.web.close()

    async def _bare(self) -> None:
        begun = time.perf_counter()
        await self._ask("GET", self.orders.start)
        self._took(self.seen.submit, begun)

    async def _label(self, form: Form) -> Form | None:
        if self.orders.pause:
            await asyncio.sleep(self.orders.pause * self.chance.uniform(0.5, 1.5))
        answers = form.filled(self.chance)
        begun = time.perf_counter()
        answer = await self._ask("POST", form.action, form.body(answers))
        self._took(self.seen.submit, begun)
        for name, given in answers.items():
            self.seen.confirmed.append((self.number, int(name.partition("-")[2]), given))
        if answer.location:
            following = await self._follow(answer.location)
        else:  # the next sheet, as the page's script asks for it
            following = self._form(answer, form.action)
        if following is not None:
            self._took(self.seen.next, begun)
        return following

    async def _follow(self, path: str) -> Form | None:
        """Return the next sheet's form; None where no sheet is left."""
        for _ in range(MOST_STEPS):
            answer = await self._ask("GET", path)
            if answer.status not in REDIRECTS:
                return self._form(answer, path)
            path = answer.location
        raise UnexpectedError(f"redirects without end at {path}")

    def _form(self, answer: Answer, path: str) -> Form | None:
        form = form_of(answer.body)
        if form is not None or path.endswith(("/others/", "/thanks/")):
            return form
        raise UnexpectedError(f"no sheet at {path.strip('/').split('/')[-1]}")

    async def _ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        answer = await self.web.ask(method, path, body)
        self.seen.requests += self.clock.measures
        if answer.status >= 400:
            raise UnexpectedError(f"{method} answered {answer.status}")
        return answer

    def _took(self, times: list[float], begun: float) -> None:
        if self.clock.measures:
            times.append(1000 * (time.perf_counter() - begun))

    def _fault(self, what: str) -> None:
        self.seen.faults[what] = self.seen.faults.get(what, 0) + 1


@dataclass(slots=True)
class Clock:
    """Whether this moment is measured, and whether the time is over."""

    measures: bool = False
    over: bool = False


async def label(orders: Orders) -> Seen:
    """Let all clients work at once; return what they saw."""
    clock, seen = Clock(), Seen()
    tasks = [
        asyncio.create_task(Browser(number, orders, clock, seen).run())
        for number in range(len(orders.sessions))
    ]
    await asyncio.wait(tasks, timeout=orders.warm_up)
    _say("begin")
    clock.measures, begun, cpu = True, time.perf_counter(), _cpu()
    await asyncio.wait(tasks, timeout=orders.seconds)
    seen.seconds, seen.cpu = time.perf_counter() - begun, _cpu() - cpu
    clock.measures, clock.over = False, True
    _say("end")
    await asyncio.gather(*tasks)
    return seen


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _say(json.dumps(asdict(asyncio.run(label(Orders(**json.loads(sys.stdin.readline())))))))
