"""A fast endpoint for benchmarks: chat completions after a set time, over real HTTP, with faults.

It runs in a process of its own and spends less than 0.1 ms of CPU on a request, so that what a
benchmark measures is the client. The text of an answer ends with `Answer: <key>`, the key of the
first option that the prompt lists (lines `- key: label`); with `--attributes 4` it is a
list of so many attributes as an extractor gives it, other ones for another request. Faults follow from a seed, the request's
body and how often that body was asked: two runs meet the same ones, and a retry may succeed.

    python -m benchmarks.stub --port 8766 --delay 0.2 --seed 5 --rate-limited 0.05 --error 0.03

GET /stats says what it saw, POST /reset forgets it, GET /times lists how often each request (by
the hash of its body) was answered. In Python: `with serving(delay=0.2, error=0.03) as stub: ...`.
"""

import argparse
import asyncio
import contextlib
import gc
import hashlib
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

OPTION = re.compile(rb"(?:\\n|\")- ([^:\"\\]{1,80}): ")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"
TEXT = b"The first of the options fits best. It follows from what is said.\\nAnswer: "
BEFORE = (
    b'{"id":"chatcmpl-stub","object":"chat.completion","created":0,"model":"stub","choices":'
    b'[{"index":0,"message":{"role":"assistant","content":"' + TEXT
)
AFTER = (
    b'"},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":250,"completion_tokens":18,"total_tokens":268}}'
)
ATTRIBUTES = (
    "The user walks by the sea before work.",
    "The user cooks for a large family on Sundays.",
    "The user learns the cello as an adult.",
    "The user avoids planes where a train goes.",
    "The user repairs old radios in a shed.",
    "The user reads the news in two languages.",
    "The user works at night as a nurse.",
    "The user grows tomatoes on a balcony.",
    "The user coaches a team of girls.",
    "The user is allergic to nuts.",
)
GARBAGE = b'{"id":"chatcmpl-stub","choices":[{"index":0,"mess'
RATE_LIMITED = b'{"error":{"message":"You ask too often.","type":"rate_limited"}}'
ERROR = b'{"error":{"message":"Something broke.","type":"server_error"}}'
FAULTS = ("rate_limited", "error", "timeout", "garbage")


@dataclass
class Settings:
    """How long an answer takes, and which share of the requests meets which fault."""

    delay: float = 0.2
    spread: float = 0.0  # how far from it an answer may come, as a share of it
    attributes: int = 0  # in an answer; 0: answers are those of a judge
    seed: int = 0
    retry_after: float | None = None  # seconds, said with 429
    shares: dict[str, float] = field(default_factory=dict)


class Seen:
    """What the server saw."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.forget()

    def forget(self) -> None:
        """Count anew."""
        self.asked = self.in_flight = self.most_in_flight = self.gone = 0
        self.busy = 0.0  # seconds of all requests together, from question to answer or end
        self.faults = dict.fromkeys(FAULTS, 0)
        self.times_asked: Counter[bytes] = Counter()
        self.times_answered: Counter[bytes] = Counter()
        self.began, self.began_cpu = time.perf_counter(), time.process_time()

    def fault(self, digest: bytes) -> str | None:
        """Return what this request meets: it follows from the seed, the body and the count."""
        if not self.settings.shares:
            return None
        told = b"%d:%d:" % (self.settings.seed, self.times_asked[digest]) + digest
        drawn = int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big") / 2**64
        for fault, share in self.settings.shares.items():
            drawn -= share
            if drawn < 0:
                return fault
        return None

    def delay(self, digest: bytes) -> float:
        """Return after how many seconds a request is answered."""
        settings = self.settings
        drawn = int.from_bytes(digest[:4], "big") / 2**32
        return settings.delay * (1 + settings.spread * (2 * drawn - 1))

    def stats(self) -> dict[str, Any]:
        """Return all counts, and what they cost this process."""
        return {
            "asked": self.asked,
            "answered": self.times_answered.total(),
            "different": len(self.times_answered),
            "answered_more_than_once": sum(n > 1 for n in self.times_answered.values()),
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "gone": self.gone,
            "busy": self.busy,
            **self.faults,
            "seconds": time.perf_counter() - self.began,
            "cpu_seconds": time.process_time() - self.began_cpu,
        }


class Stub(asyncio.Protocol):
    """One connection; clients of HTTP/1.1 have one request at a time on it."""

    def __init__(self, seen: Seen, loop: asyncio.AbstractEventLoop) -> None:
        self.seen, self.loop = seen, loop
        self.received = b""
        self.transport: asyncio.Transport
        self.waiting: asyncio.TimerHandle | None = None
        self.held = False
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        """Count what was asked and will not be heard: the client went away."""
        if self.waiting is not None or self.held:
            self.seen.in_flight -= 1
            self.seen.gone += 1
            self.seen.busy += time.perf_counter() - self.began
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None

    def data_received(self, data: bytes) -> None:
        """Take a request in, once it is whole."""
        self.received = received = self.received + data if self.received else data
        end = received.find(HEAD_END)
        if end < 0:
            return
        said = LENGTH.search(received, 0, end + 2)
        whole = end + len(HEAD_END) + (int(said[1]) if said else 0)
        if len(received) < whole:
            return
        self.received = received[whole:]
        if received.startswith(b"POST") and not received.startswith(b"POST /reset "):
            self.asked(received[end + len(HEAD_END) : whole])
        else:
            self.told(received)

    def asked(self, body: bytes) -> None:
        """Decide what a request gets, and when."""
        seen = self.seen
        digest = hashlib.blake2b(body, digest_size=16).digest()
        self.began = time.perf_counter()
        seen.asked += 1
        seen.in_flight += 1
        seen.most_in_flight = max(seen.most_in_flight, seen.in_flight)
        fault = seen.fault(digest)
        seen.times_asked[digest] += 1
        if fault is not None:
            seen.faults[fault] += 1
        if fault == "timeout":
            self.held = True  # no answer at all; the client gives up
            return
        found = OPTION.search(body)
        key = found[1] if found else b"none"
        delay = 0 if fault == "rate_limited" else seen.delay(digest)
        self.waiting = self.loop.call_later(delay, self.answer, digest, fault, key)

    def answer(self, digest: bytes, fault: str | None, key: bytes) -> None:
        """Answer the request that waits."""
        self.waiting = None
        seen = self.seen
        seen.in_flight -= 1
        seen.busy += time.perf_counter() - self.began
        if fault is None:
            seen.times_answered[digest] += 1
            many = seen.settings.attributes
            text = attributes(digest, many) if many else BEFORE + key
            self.write(b"200 OK", text + AFTER)
        elif fault == "garbage":
            self.write(b"200 OK", GARBAGE)
        elif fault == "rate_limited":
            wait = seen.settings.retry_after
            after = b"" if wait is None else b"retry-after: %g\r\n" % wait
            self.write(b"429 Too Many Requests", RATE_LIMITED, after)
        else:
            self.write(b"500 Internal Server Error", ERROR)

    def told(self, received: bytes) -> None:
        """Answer what is no request to a model."""
        path = received.split(b" ", 2)[1]
        seen = self.seen
        if path == b"/stats":
            said: object = seen.stats()
        elif path == b"/times":
            said = {digest.hex(): times for digest, times in seen.times_answered.items()}
        elif path == b"/reset":
            seen.forget()
            said = {}
        else:
            said = {"object": "list", "data": [{"id": "stub", "object": "model"}]}
        self.write(b"200 OK", orjson.dumps(said))

    def write(self, status: bytes, body: bytes, headers: bytes = b"") -> None:
        """Send an answer; the connection stays."""
        self.transport.write(
            b"HTTP/1.1 %b\r\ncontent-type: application/json\r\n%bcontent-length: %d\r\n\r\n%b"
            % (status, headers, len(body), body)
        )


def attributes(digest: bytes, many: int) -> bytes:
    """Return the beginning of an answer with attributes, which follow from the request."""
    first = digest[0]
    said = [
        {
            "attribute": ATTRIBUTES[(first + 3 * number) % len(ATTRIBUTES)],
            "reason": "Says so.",
            "confidence": 0.9 - number / 10,
            "evidence": [1],
        }
        for number in range(many)
    ]
    text = orjson.dumps({"attributes": said}).decode()
    return BEFORE.removesuffix(TEXT) + orjson.dumps(text)[1:-1]


async def serve(settings: Settings, port: int) -> None:
    """Serve until the process is told to end; says its address first."""
    loop = asyncio.get_running_loop()
    seen = Seen(settings)
    server = await loop.create_server(
        lambda: Stub(seen, loop), "127.0.0.1", port, backlog=4096, reuse_address=True
    )
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}/v1", flush=True)  # noqa: T201
    gc.freeze()
    async with server:
        await ended.wait()


@dataclass(frozen=True, slots=True)
class Served:
    """A stub in a process of its own, as a benchmark sees it."""

    url: str  # of the endpoint
    process: int

    def stats(self) -> dict[str, Any]:
        """Return what it saw."""
        return self._get("stats")

    def times(self) -> dict[str, int]:
        """Return how often each request was answered, by the hash of its body."""
        return self._get("times")

    def reset(self) -> None:
        """Let it count anew."""
        self._get("reset", "POST")

    def _get(self, what: str, method: str = "GET") -> dict[str, Any]:
        address = self.url.removesuffix("v1") + what
        request = urllib.request.Request(address, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return dict(orjson.loads(answer.read()))


@contextlib.contextmanager
def serving(
    port: int = 0,
    delay: float = 0.2,
    seed: int = 0,
    retry_after: float | None = None,
    *,
    spread: float = 0.0,
    attributes: float = 0,
    **shares: float,
) -> Iterator[Served]:
    """Run a stub in a process of its own; shares: rate_limited, error, timeout, garbage."""
    said: dict[str, float] = {"port": port, "delay": delay, "seed": seed, "spread": spread}
    said["attributes"] = int(attributes)
    said |= {name.replace("_", "-"): share for name, share in shares.items()}
    if retry_after is not None:
        said["retry-after"] = retry_after
    options = [part for name, value in said.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "benchmarks.stub", *options]
    process = subprocess.Popen(  # noqa: S603 - ourselves
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    try:
        assert process.stdout is not None  # noqa: S101
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError("the stub did not start")
        yield Served(url, process.pid)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8766)
    parser.add_argument("--delay", type=float, default=0.2, help="seconds until an answer")
    parser.add_argument("--spread", type=float, default=0.0, help="share of the delay")
    parser.add_argument("--attributes", type=int, default=0, help="in an answer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--retry-after", type=float, help="seconds, said with 429")
    for fault in FAULTS:
        name = "--" + fault.replace("_", "-")
        parser.add_argument(name, type=float, default=0.0, help="share of the requests")
    given = parser.parse_args()
    shares = {fault: getattr(given, fault) for fault in FAULTS if getattr(given, fault)}
    settings = Settings(
        given.delay, given.spread, given.attributes, given.seed, given.retry_after, shares
    )
    asyncio.run(serve(settings, given.port))


if __name__ == "__main__":
    main()
