"""Time by layer of a request, each layer without what it calls: who is at work at every moment."""

import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils.module_loading import import_string

OUTSIDE = "handler, signals, rest"
ORM = "ORM"
SAVEPOINT = re.compile(r'"s\d+_x\d+"')
QUERYSET = (
    "filter", "exclude", "annotate", "order_by", "select_related", "select_for_update",
    "prefetch_related", "values_list", "values", "get", "first", "exists", "count", "aggregate",
    "update", "create", "get_or_create", "bulk_create", "_fetch_all",
)  # fmt: skip
# Function -> layer. What is missing in the code by now is passed over.
FUNCTIONS = {
    "annotation.visits.enrolled": "view: who it is",
    "annotation.visits.personal_link": "view: personal link",
    "annotation.views.sheets.claim_other": "assignment: claim",
    "annotation.views.sheets.hold": "assignment: hold",
    "annotation.views.sheets.submit": "assignment: submit",
    "annotation.assignment.write": "assignment: write",
    "annotation.assignment.go_on": "assignment: go on",
    "annotation.views.sheets.contents": "view: contents",
    "annotation.views.sheets.progress": "view: progress",
    "annotation.views.sheets.render": "template",
}


class Layers:
    """Wall and processor seconds by kind of request and layer, and the statements of each kind."""

    def __init__(self) -> None:
        self.kind = ""
        self.requests: Counter[str] = Counter()
        self.wall: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.cpu: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.statements: defaultdict[str, list[tuple[str, str, float]]] = defaultdict(list)
        self._stack: list[str] = []
        self._since = (0.0, 0.0)

    @contextmanager
    def inside(self, layer: str) -> Iterator[None]:
        """Count what happens here as the layer's."""
        self._settle()
        self._stack.append(layer)
        try:
            yield
        finally:
            self._settle()
            self._stack.pop()

    def _settle(self) -> None:
        now = time.perf_counter(), time.thread_time()
        if self._stack:
            at = self.kind, self._stack[-1]
            self.wall[at] += now[0] - self._since[0]
            self.cpu[at] += now[1] - self._since[1]
        self._since = now

    def watch_all(self) -> None:
        """Count from now on by layer: middleware, session, forms, ORM, database, templates."""
        for name in settings.MIDDLEWARE:
            kind = import_string(name)
            own = [one for one in vars(kind) if one == "__call__" or one.startswith("process_")]
            for method in own:
                self._watch(kind, method, f"middleware: {kind.__name__}")
        for name, layer in FUNCTIONS.items():
            module, _dot, function = name.rpartition(".")
            self._watch(sys.modules.get(module), function, layer)
        form = import_string("annotation.answers.SheetForm")
        self._watch(form, "__init__", "form: building")
        self._watch(form, "full_clean", "form: checking")
        self._watch(BaseHandler, "_get_response", "view: rest")
        for method in ("load", "save"):
            self._watch(SessionStore, method, "session")
        for method in QUERYSET:
            self._watch(QuerySet, method, ORM)
        self._watch(SQLCompiler, "execute_sql", ORM)
        for method in ("save", "refresh_from_db"):
            self._watch(Model, method, ORM)
        self._watch(connection, "_commit", "database: commit")
        self._watch(connection, "close_if_unusable_or_obsolete", "database: health check")
        self._watch(connection, "is_usable", "database: health check")
        connection.execute_wrappers.append(self._statement)

    def _watch(self, holder: Any, name: str, layer: str) -> None:  # noqa: ANN401 - anything
        inner: Callable[..., object] | None = getattr(holder, name, None)
        if inner is None:
            return

        @wraps(inner)
        def watched(*args: object, **named: object) -> object:
            with self.inside(layer):
                return inner(*args, **named)

        setattr(holder, name, watched)

    def _statement(
        self, execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        caller = next(one for one in reversed(self._stack) if one != ORM)
        begun = time.perf_counter()
        with self.inside("database: statements"):
            result = execute(sql, params, many, context)
        self.statements[self.kind].append(
            (caller, SAVEPOINT.sub("…", sql), time.perf_counter() - begun)
        )
        return result
