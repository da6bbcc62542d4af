"""`manage.py import_attributes`, `import_relevance` and `import_responses`."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation import models as m
from personalization.models import Arm
from tests import factories as make
from tests.personalization.imports.files import json_lines
from tests.personalization.imports.outputs import Someone, asked, query, someone

pytestmark = pytest.mark.django_db
SAILS = "The user sails."
Run = Callable[..., tuple[str, str]]


@pytest.fixture
def one(db: None) -> Someone:
    person = someone(make.study(name="pilot"))
    asked(person, query(person.enrollment.study, "trip"), SAILS)
    return person


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on lines, and return what it says and what it complains of."""

    def with_lines(
        command: str, *arguments: str, lines: list[dict[str, object]]
    ) -> tuple[str, str]:
        path = tmp_path / "lines.jsonl"
        path.write_text(json_lines(*lines))
        out, err = StringIO(), StringIO()
        study = [] if "--study" in arguments else ["--study", "pilot"]
        call_command(command, *study, "--file", str(path), *arguments, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return with_lines


def test_attributes(run: Run, one: Someone) -> None:
    line = one.says(attribute=SAILS, conversation=one.chat.key, evidence=[0, 1], colour="red")
    out, err = run("import_attributes", "--arm", "theirs", lines=[line, one.says()])
    assert out == (
        "Imported into pilot, arm theirs: 0 new attributes of 1 people, 1 that others have found"
        " too, 0 already in the arm, 0 withdrawn; 1 wordings, 1 conversations, 1 pointers to turns"
        " (1 dropped), 1 bad lines.\n"
    )
    assert "lines.jsonl line 2: the field attribute is missing." in err
    assert "Nothing was done with these fields: colour." in err
    assert Arm.objects.get().author == "model"


def test_a_revision_that_people_wrote(run: Run, one: Someone) -> None:
    make.arm(study=one.enrollment.study, name="ours")
    arguments = ("--arm", "mended", "--step", "revision", "--revises", "ours", "--author", "human")
    lines = [one.says(attribute="The user rows.", refined_from=SAILS)]
    assert "1 new attributes" in run("import_attributes", *arguments, lines=lines)[0]
    arm = Arm.objects.get(step="revision")
    assert (arm.author, arm.base and arm.base.name) == ("human", "ours")


def test_relevance(run: Run, one: Someone) -> None:
    lines = [one.says(attribute=SAILS, query="trip", relevant=False)]
    arguments = ("--name", "bm25", "--kind", "baseline", "--model", "BM25")
    out, _err = run("import_relevance", *arguments, lines=lines)
    assert "Imported into pilot, question relevance: 1 answers (0 already there)" in out
    assert m.Judgment.objects.get().rater.kind == "baseline"


def test_responses(run: Run, one: Someone) -> None:
    lines = [one.says(query="trip", text="Take a boat.")]
    arguments = ("--arm", "theirs", "--condition", "all", "--sampling", '{"top_p": 0.9}')
    assert "Would import" in run("import_responses", *arguments, "--dry-run", lines=lines)[0]
    assert not m.Response.objects.exists()
    out, _err = run("import_responses", *arguments, lines=lines)
    assert "arms theirs, all: 1 responses for 1 people (0 already there)" in out
    assert m.Author.objects.get().sampling == {"top_p": 0.9}


@pytest.mark.parametrize(
    ("command", "arguments", "why"),
    [
        ("import_attributes", ["--arm", "x", "--study", "nowhere"], "no study nowhere"),
        ("import_attributes", ["--arm", " "], "--arm needs a name"),
        ("import_attributes", ["--arm", "x", "--sampling", "{"], "not readable as JSON"),
        ("import_attributes", ["--arm", "x", "--strict"], "1 bad lines and --strict"),
        ("import_responses", ["--arm", "x" * 300], "--arm needs a name"),
        ("import_relevance", ["--name", ""], "--name needs a name"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, one: Someone, command: str, arguments: list[str], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        run(command, *arguments, lines=[one.says()])
    assert not Arm.objects.exists()
