"""Imports go one way, leaves stay pure, and nothing dangerous gets in (docs/architecture.md)."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]

# A module imports from its own place or from further left, never from further right.
PLACES = ["annotation", "personalization", "config", "tests", "benchmarks"]
LAYERS = ["models", "questions", "verbs", "views", "urls"]
# The layer of what an app holds, by name; every other name is a verb.
LAYER_OF = {
    "models": "models",
    "migrations": "models",
    "questions": "questions",
    "views": "views",
    "api": "views",
    "management": "views",
    "templatetags": "views",
    "tasks": "views",
    "urls": "urls",
}

# Leaves import no Django, and of this project only other leaves.
LEAVES = (
    "personalization.agreement",
    "personalization.llm",
    "personalization.learning.objectives",
    "personalization.embedding.clustering",
    "personalization.embedding.tfidf",
    "personalization.judge.similarity",
)
NOT_LEAVES = {"personalization.agreement.frames", "personalization.agreement.report"}

# Modules that import an optional heavy extra inside a function; each is the only door to it.
HIDDEN_IMPORTS: set[str] = {
    "personalization.apps",  # Django reads it before there are models
    "personalization.llm.door",  # openai: half a second and 50 MB that only workers pay
    "personalization.embedding.door",  # model2vec: only where a model on disk is used
}

DANGEROUS_TEXT = {
    ".html": r"\|\s*safe(seq)?\b|autoescape\s+off|mark_safe|javascript:",
    ".js": r"\beval\s*\(|\bnew\s+Function\s*\(|\.innerHTML\s*=|document\.write\b",
}


def module(path: str) -> str:
    """Return the dotted name of a Python file."""
    return ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")


def within(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def is_leaf(name: str) -> bool:
    return within(name, LEAVES) and not within(name, tuple(NOT_LEAVES))


def place(name: str) -> int | None:
    """Return how far right a module's place is; None outside this project."""
    top = name.partition(".")[0]
    return PLACES.index(top) if top in PLACES else None


def layer(name: str) -> int | None:
    """Return how high a module lies within its app; None outside the two apps."""
    top, _, inside = name.partition(".")
    if top not in ("annotation", "personalization") or not inside:
        return None
    return LAYERS.index(LAYER_OF.get(inside.partition(".")[0], "verbs"))


def imports(node: ast.AST) -> Iterator[str]:
    """Yield the dotted names that an import statement brings in; a relative one starts with a dot."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        source = "." * node.level + (node.module or "")
        yield from (f"{source}.{alias.name}" for alias in node.names)


def import_faults(name: str, imported: str) -> Iterator[str]:
    """Yield what is wrong with module `name` importing `imported`."""
    if imported.startswith("."):
        yield f"relative import of {imported}"
    own, other = place(name), place(imported)
    if own is not None and other is not None and own < other:
        yield f"{PLACES[own]} imports {imported}"
    low, high = layer(name), layer(imported)
    if low is not None and high is not None and low < high:
        yield f"{LAYERS[low]} import {LAYERS[high]}: {imported}"
    if is_leaf(name) and other is not None and not is_leaf(imported):
        yield f"a pure leaf imports {imported}"
    if is_leaf(name) and re.match(r"django|procrastinate|psycopg|rules\b", imported):
        yield f"a pure leaf imports {imported}"


def hidden_imports(tree: ast.AST) -> Iterator[str]:
    """Yield imports inside functions, and calls that import by a name in a string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from (f"hidden import of {name}" for at in ast.walk(node) for name in imports(at))
        if isinstance(node, ast.Call) and called(node) in ("__import__", "import_module"):
            yield f"hidden import: {ast.unparse(node)}"


def called(node: ast.Call) -> str:
    """Return the last word of what is called."""
    return ast.unparse(node.func).rpartition(".")[2]


def off(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def dangers(tree: ast.AST) -> Iterator[str]:
    """Yield what can run strangers' code: unescaped HTML, pickles, unsafe YAML, eval."""
    for node in ast.walk(tree):
        words = [*imports(node)]
        if isinstance(node, ast.Name | ast.Attribute):
            words.append(ast.unparse(node))
        for word in words:
            if re.search(r"\b(mark_safe|SafeString|SafeText)\b|pickle|\b(shelve|marshal)\b", word):
                yield f"dangerous: {word}"
        if isinstance(node, ast.Call):
            function = ast.unparse(node.func)
            if function in ("eval", "exec", "builtins.eval", "builtins.exec") or re.search(
                r"\byaml\.(unsafe_|full_)?load(_all)?$", function
            ):
                yield f"dangerous: {function}()"
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and not off(node.value):
            yield "dangerous: allow_pickle"


def faults(path: str, source: str) -> list[str]:
    """Return what is wrong with one file, given by its path in the repository."""
    if pattern := DANGEROUS_TEXT.get(PurePosixPath(path).suffix):
        return [f"{path}: dangerous: {found[0]}" for found in re.finditer(pattern, source)]
    tree, name = ast.parse(source), module(path)
    found = [*dangers(tree)]
    for imported in (each for node in ast.walk(tree) for each in imports(node)):
        found += import_faults(name, imported)
    if name not in HIDDEN_IMPORTS:
        found += hidden_imports(tree)
    if "migrations" in name.split(".") and re.search(r"(^|_)auto_", PurePosixPath(path).name):
        found.append("a migration without a name of its own")
    return [f"{path}: {fault}" for fault in found]


def cycle(sources: dict[str, str]) -> list[str]:
    """Return modules that import each other at start-up, in a circle; none is the good case."""
    modules = {module(path): ast.parse(source) for path, source in sources.items()}
    graph: dict[str, set[str]] = {}
    for name, tree in modules.items():
        names = {imported for node in ast.walk(tree) for imported in imports(node)}
        nearest = {each if each in modules else each.rpartition(".")[0] for each in names}
        graph[name] = nearest & modules.keys()
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


def files(*patterns: str) -> dict[str, str]:
    """Return the text of the project's files, by path."""
    found = (path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file())
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in found}


CODE = [f"{place}/**/*.py" for place in PLACES]
PAGES = ["templates/**/*.html", "*/templates/**/*.html", "static/**/*.js"]


def test_every_file_keeps_the_rules() -> None:
    """No file of the project breaks a rule (and the check does look at files)."""
    checked = files(*CODE, "manage.py", *PAGES)
    assert {"annotation/models/slot.py", "config/settings.py", "tests/factories.py"} <= set(checked)
    assert [fault for path, source in checked.items() for fault in faults(path, source)] == []


def test_no_modules_import_each_other() -> None:
    """The modules of the project can be put in one order."""
    assert cycle(files(*CODE)) == []


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("annotation/chat.py", "import personalization", "annotation imports personalization"),
        ("annotation/chat.py", "from config import settings", "annotation imports config.settings"),
        ("personalization/replies.py", "import config.urls", "personalization imports config.urls"),
        ("personalization/replies.py", "from tests import factories", "imports tests.factories"),
        ("annotation/models/slot.py", "from annotation import assignment", "models import verbs"),
        ("annotation/models/slot.py", "import annotation.views.slot", "models import views"),
        ("annotation/models/slot.py", "from annotation.urls import urlpatterns", "import urls"),
        ("annotation/models/slot.py", "from annotation.questions import KINDS", "import questions"),
        ("annotation/questions/gain.py", "from annotation.quality import x", "questions import"),
        ("annotation/quality.py", "from annotation.views.home import home", "verbs import views"),
        ("annotation/quality.py", "from annotation.management import commands", "verbs import"),
        ("annotation/views/home.py", "from annotation import urls", "views import urls"),
        ("personalization/tasks.py", "from annotation import urls", "views import urls"),
        ("personalization/models/run.py", "from annotation import quality", "models import verbs"),
        ("personalization/judge/plan.py", "import personalization.tasks", "verbs import views"),
        (
            "annotation/views/a.py",
            "if TYPE_CHECKING:\n from annotation import urls",
            "views import",
        ),
        ("personalization/agreement/alpha.py", "import django.db", "a pure leaf imports django"),
        ("personalization/agreement/alpha.py", "from annotation import models", "a pure leaf"),
        (
            "personalization/agreement/alpha.py",
            "from personalization.agreement.frames import frame",
            "a pure leaf imports personalization.agreement.frames",
        ),
        ("personalization/llm/client.py", "import django_htmx", "a pure leaf imports django"),
        ("personalization/llm/client.py", "from personalization.models import x", "a pure leaf"),
        ("personalization/learning/objectives.py", "from django import db", "a pure leaf"),
        ("personalization/learning/objectives/dpo.py", "import rules", "a pure leaf imports rules"),
        ("annotation/a.py", "def f():\n import json", "hidden import of json"),
        (
            "annotation/a.py",
            "class A:\n async def f(self):\n  import json",
            "hidden import of json",
        ),
        ("annotation/a.py", "import importlib\nimportlib.import_module('x')", "hidden import"),
        ("annotation/a.py", "__import__('annotation.urls')", "hidden import"),
        ("annotation/a.py", "from . import urls", "relative import"),
        ("annotation/a.py", "from django.utils.safestring import mark_safe", "mark_safe"),
        (
            "annotation/a.py",
            "from django.utils import safestring as s\ns.mark_safe(x)",
            "mark_safe",
        ),
        ("annotation/a.py", "import pickle", "pickle"),
        ("tests/test_a.py", "from cloudpickle import loads", "pickle"),
        ("annotation/a.py", "pandas.read_pickle(file)", "pickle"),
        ("annotation/a.py", "numpy.load(file, allow_pickle=True)", "allow_pickle"),
        ("annotation/a.py", "yaml.load(file)", "yaml.load"),
        ("annotation/a.py", "eval(text)", "eval"),
        ("benchmarks/a.py", "exec(text)", "exec"),
        ("templates/a.html", "{{ text|safe }}", "safe"),
        ("templates/a.html", "{{ text | safe }}", "safe"),
        ("templates/a.html", "{% autoescape off %}", "autoescape off"),
        ("static/js/a.js", "eval(text)", "eval"),
        ("annotation/migrations/0003_auto_20270101_0000.py", "", "a migration without a name"),
    ],
)
def test_a_planted_fault_is_found(path: str, source: str, fault: str) -> None:
    """Each rule fails when it is broken on purpose."""
    assert [found for found in faults(path, source) if fault in found]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("config/urls.py", "from personalization.urls import urlpatterns"),
        ("personalization/replies.py", "from annotation.chat import say"),
        ("annotation/urls.py", "from annotation.views.home import home"),
        ("annotation/views/home.py", "from annotation import chat, models"),
        ("annotation/management/commands/a.py", "from annotation.views.home import home"),
        ("personalization/agreement/frames.py", "from annotation.models import Judgment"),
        ("personalization/agreement/report.py", "from personalization.agreement.frames import f"),
        ("personalization/agreement/alpha.py", "from personalization.agreement.sums import total"),
        (
            "annotation/migrations/0003_automatic_pay.py",
            "from annotation.models import constraints",
        ),
        ("annotation/a.py", "model.eval()\nretrieval('mark_safe')\nyaml.safe_load(file)"),
        ("annotation/a.py", "numpy.load(file, allow_pickle=False)"),
        ("templates/a.html", "{{ text|safely }} is safe"),
    ],
)
def test_the_good_neighbour_is_accepted(path: str, source: str) -> None:
    """A rule refuses no more than it says."""
    assert faults(path, source) == []


def test_an_allowed_hidden_import_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the modules on the list may import inside a function."""
    monkeypatch.setattr(f"{__name__}.HIDDEN_IMPORTS", {"personalization.learning.torch"})
    source = "def f():\n import torch"
    assert faults("personalization/learning/torch.py", source) == []
    assert faults("personalization/learning/verifier.py", source) != []


def test_a_planted_cycle_is_found() -> None:
    """Two modules that import each other are found, also through a third or a package."""
    through = {
        "annotation/a.py": "from annotation.b import x",
        "annotation/b.py": "from annotation import c",
        "annotation/c.py": "import annotation.a",
    }
    package = {
        "annotation/models/__init__.py": "from annotation.models.slot import Slot",
        "annotation/models/slot.py": "from annotation.models import Study",
    }
    assert set(cycle(through)) == {"annotation.a", "annotation.b", "annotation.c"}
    assert set(cycle(package)) == {"annotation.models", "annotation.models.slot"}
    assert cycle({**through, "annotation/c.py": ""}) == []
