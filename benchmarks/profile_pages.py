"""Where the time of a label goes: its requests taken apart in one process (--profile).

The WSGI application is called as a server calls it, so that the signals at both ends of a request
count too: they check the connection to the database.
"""

import cProfile
import io
import pstats
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

from benchmarks.labelling_study import Labeller
from benchmarks.layers import OUTSIDE, Layers
from benchmarks.pages import FORM_TYPE, Form, form_of

WARM, MOST_STEPS, TOP = 20, 10, 25
REDIRECTS = (301, 302, 303, 307)
LINE = "{:<40}{:>10}{:>10}\n"


class Visitor:
    """One browser, without a network."""

    def __init__(self, labeller: Labeller, start: str) -> None:
        self.app = get_wsgi_application()
        self.start = start
        self.layers: Layers | None = None
        self.chance = random.Random(1)  # noqa: S311 - no secret
        self.cookies = {"sessionid": labeller.session}
        self.status, self.headers = 0, dict[str, str]()
        self.form: Form | None = None

    def label(self) -> None:
        """Send a sheet, and follow to the next one."""
        form = self.form or self._next(self.start)
        page = self._ask("POST", form.action, form.body(form.filled(self.chance)))
        if self.status >= 400:
            raise RuntimeError(f"{form.action} answers {self.status}")
        self.form = form_of(page) or self._next(self.headers["Location"])

    def _next(self, path: str) -> Form:
        page = self._ask("GET", path)
        for _ in range(MOST_STEPS):
            if self.status not in REDIRECTS:
                break
            path = self.headers["Location"]
            page = self._ask("GET", path)
        form = form_of(page)
        if form is None:
            raise RuntimeError(f"{path} answers {self.status} without a sheet")
        return form

    def _ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        if self.layers is None:
            return self._call(method, path, body)
        self.layers.kind = f"{method} {resolve(path).url_name}"
        self.layers.requests[self.layers.kind] += 1
        with self.layers.inside(OUTSIDE):
            return self._call(method, path, body)

    def _call(self, method: str, path: str, body: bytes) -> bytes:
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", "HTTP_ACCEPT_LANGUAGE": "en",
            "HTTP_COOKIE": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
            "CONTENT_TYPE": FORM_TYPE if body else "", "CONTENT_LENGTH": str(len(body)),
            **({"HTTP_HX_REQUEST": "true"} if body else {}),  # as the script of the page
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }  # fmt: skip
        answer = self.app(environ, self._answered)
        page = b"".join(answer)
        answer.close()
        return page

    def _answered(
        self, status: str, headers: list[tuple[str, str]], _fault: object = None
    ) -> Callable[[bytes], object]:
        self.status, self.headers = int(status.split()[0]), dict(headers)
        for name, value in headers:
            if name == "Set-Cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return lambda _data: None


def run(labeller: Labeller, start: str, labels: int, write: Callable[[str], None]) -> None:
    """Print where the time goes: as it is, then by layer, then by function."""
    visitor = Visitor(labeller, start)
    for _ in range(WARM):
        visitor.label()
    begun = time.perf_counter(), time.process_time()
    for _ in range(labels):
        visitor.label()
    wall, cpu = time.perf_counter() - begun[0], time.process_time() - begun[1]
    write(f"One label: {1000 * wall / labels:.2f} ms by the clock, ")
    write(f"{1000 * cpu / labels:.2f} ms of the processor, without PostgreSQL.\n")
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(labels):
        visitor.label()
    profiler.disable()
    visitor.layers = Layers()
    visitor.layers.watch_all()
    visitor.app = get_wsgi_application()  # anew: its middleware is to be watched
    for _ in range(labels):
        visitor.label()
    _by_layer(visitor.layers, labels, write)
    _statements(visitor.layers, write)
    _functions(profiler, labels, write)


def _by_layer(layers: Layers, labels: int, write: Callable[[str], None]) -> None:
    for kind, count in layers.requests.items():
        mine = {layer: wall for (of, layer), wall in layers.wall.items() if of == kind}
        cpu = {layer: layers.cpu[kind, layer] for layer in mine}
        each, queries = count / labels, len(layers.statements[kind]) / count
        write(f"\n{kind}: {each:.2f} of it for each label, {queries:.1f} statements\n")
        write(LINE.format("layer", "ms", "CPU ms"))
        for layer, wall in sorted(mine.items(), key=lambda one: -one[1]):
            write(LINE.format(layer, *(f"{1000 * t / count:.3f}" for t in (wall, cpu[layer]))))
        total = (sum(mine.values()), sum(cpu.values()))
        write(LINE.format("together", *(f"{1000 * t / count:.3f}" for t in total)))


def _statements(layers: Layers, write: Callable[[str], None]) -> None:
    write("\nStatements\n")
    for kind, count in layers.requests.items():
        times: Counter[tuple[str, str]] = Counter()
        took: Counter[tuple[str, str]] = Counter()
        for caller, sql, seconds in layers.statements[kind]:
            times[caller, sql] += 1
            took[caller, sql] += seconds  # type: ignore[assignment]
        write(f"\n{kind}\n")
        for (caller, sql), number in times.items():
            write(f"{number / count:5.2f} x {1000 * took[caller, sql] / number:.3f} ms")
            write(f"  [{caller}] {sql}\n")


def _functions(profiler: cProfile.Profile, labels: int, write: Callable[[str], None]) -> None:
    calls = pstats.Stats(profiler).total_calls  # type: ignore[attr-defined]
    write(
        f"\nFunctions, {labels} labels under the profiler: {calls / labels:,.0f} calls per label,\n"
    )
    write("a number that other work on the machine does not change\n")
    for order in ("tottime", "cumulative"):
        text = io.StringIO()
        pstats.Stats(profiler, stream=text).strip_dirs().sort_stats(order).print_stats(TOP)
        write(text.getvalue())
