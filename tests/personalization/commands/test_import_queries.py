"""`manage.py import_queries` and `embedding_baseline`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation import models as m
from personalization.models import JudgeRun
from tests import factories as make
from tests import laid

pytestmark = pytest.mark.django_db
ORIGIN = {"name": "LIMA", "licence": "CC BY-NC-SA", "source": "a paper"}


def bring(file: Path, **said: str) -> str:
    out = StringIO()
    call_command("import_queries", study="one", file=file, stdout=out, **{**ORIGIN, **said})
    return out.getvalue()


@pytest.fixture
def study() -> m.Study:
    return make.study(name="one")


def test_a_list_comes_in_once(study: m.Study, tmp_path: Path) -> None:
    """With its origin in every row; again, nothing is new."""
    file = tmp_path / "list.jsonl"
    file.write_text('{"text": "Where to?", "key": "lima-1"}\n{"text": "What to eat?"}\n')
    assert bring(file) == "LIMA: 2 queries added, 0 were there already.\n"
    assert bring(file) == "LIMA: 0 queries added, 2 were there already.\n"
    rows = study.queries.order_by("pk").values_list("key", "text", "licence", "list__name")
    assert list(rows) == [
        ("lima-1", "Where to?", "CC BY-NC-SA", "LIMA"),
        ("q1", "What to eat?", "CC BY-NC-SA", "LIMA"),
    ]


def test_a_bad_line_refuses_all(study: m.Study, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("text,key\nWhere to?,a\n,b\n")
    with pytest.raises(CommandError, match=r"Nothing was added\.\nlist.csv line 3: The cell under"):
        bring(file)
    assert not m.Query.objects.exists()
    assert not m.QueryList.objects.exists()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"licence": " "}, "--licence is empty"),
        ({"study": "none"}, "There is no study none. Studies here: one."),
        ({"file": Path("/nowhere/list.txt")}, "cannot be read: No such file"),
        ({"file": Path("list.pdf")}, "cannot be read: No such file"),
    ],
)
def test_what_cannot_be(study: m.Study, tmp_path: Path, said: dict[str, str], why: str) -> None:
    file = tmp_path / "list.txt"
    file.write_text("Where to?\n")
    with pytest.raises(CommandError, match=why):
        call_command("import_queries", **{"study": "one", "file": file, **ORIGIN, **said})


def test_an_embedding_beside_the_usual_one() -> None:
    """A run of its own, with its own rater; what makes no sense is said."""
    person = make.enrolled()
    laid.relevance(person)
    name = person.study.name
    out = StringIO()
    same = {"study": name, "question": "relevance"}
    stand_in = "endpoint:offline-stand-in/offline-stand-in"
    call_command("embedding_baseline", **same, embedder=stand_in, stdout=out)
    run = JudgeRun.objects.get()
    assert run.rater.configuration["embedder"] == stand_in
    assert f"run {run.pk}" in out.getvalue()
    for wrong, why in [
        ({"study": "none"}, "There is no study none"),
        ({"question": "none"}, "has no question none"),
        ({"embedder": "word2vec"}, "is no embedder.*Known here: tfidf"),
    ]:
        with pytest.raises(CommandError, match=why):
            call_command("embedding_baseline", **{**same, "embedder": stand_in, **wrong})
