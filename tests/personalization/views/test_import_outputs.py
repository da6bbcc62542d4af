"""Bring your own, in the browser: the upload, the dry run, and what came of it."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.http.response import StreamingHttpResponse
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from personalization.models import Arm, LabelImport
from tests import factories as make
from tests.personalization.imports.files import json_lines
from tests.personalization.imports.outputs import Someone, asked, query, someone
from tests.personalization.views.pages import read
from tests.personalization.views.uploading import file
from tests.personalization.views.worker import work

pytestmark = pytest.mark.django_db
SAILS = "The user sails."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    """Keep uploads in a folder of the test's own."""
    storages = dict(settings.STORAGES)  # type: ignore[attr-defined]
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path / "uploads"}}
    settings.STORAGES = storages  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study()


@pytest.fixture
def one(study: m.Study) -> Someone:
    return someone(study)


def path_of(study: m.Study) -> str:
    return f"/studies/{study.name}/import/outputs/"


def given(*lines: object, **fields: str) -> dict[str, Any]:
    """Return the form, filled in, with a file of these lines."""
    said = {"what": "attributes", "name": "theirs", "author": "model", "kind": "model"}
    return {**said, **fields, "file": file("theirs.jsonl", json_lines(*lines))}


def sent(client: Client, study: m.Study, *lines: object, **fields: str) -> str:
    """Upload lines, and return the address of the dry run."""
    response = client.post(path_of(study), given(*lines, **fields))
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="import_labels").count()


@pytest.mark.django_db(transaction=True)
def test_from_the_form_to_an_arm(researcher: Client, study: m.Study, one: Someone) -> None:
    """Nothing is kept before it is confirmed; then a worker brings it all, but for the bad line."""
    page = read(researcher.get(path_of(study)))
    assert "JSONL, CSV or TSV" in page.text
    assert len([each for each in page.all("input") if each.attributes["type"] == "file"]) == 1
    lines = [one.says(attribute=SAILS, conversation=one.chat.pk), one.says(attribute="Sails.")]
    path = sent(researcher, study, *lines, model="llama", sampling='{"temperature": 0.8}')
    page = read(researcher.get(path))
    assert "1 line would be left out" in page.text
    assert 'does not begin with "The user"' in page.text
    assert "llama" in page.text
    assert not Arm.objects.exists()
    assert researcher.post(path, {"start": "1"})["Location"] == path
    assert (Arm.objects.count(), jobs()) == (0, 1)
    researcher.post(path, {"start": "1"})
    assert jobs() == 1  # pressed twice
    work()
    page = read(researcher.get(path))
    assert "1 new; 0 were already here." in page.text
    assert f"/studies/{study.name}/arms/" in [each.attributes["href"] for each in page.all("a")]
    arm = Arm.objects.get()
    assert (arm.name, arm.model, arm.configuration["sampling"]) == (
        "theirs", "llama", {"temperature": 0.8},
    )  # fmt: skip
    assert m.Attribute.objects.get().text == SAILS
    assert (LabelImport.objects.get().counts or {})["arms"] == ["theirs"]


@pytest.mark.django_db(transaction=True)
def test_all_or_nothing(researcher: Client, study: m.Study, one: Someone) -> None:
    path = sent(researcher, study, one.says(attribute=SAILS), one.says(attribute="Sails."))
    researcher.post(path, {"strict": "on"})
    work()
    assert "some lines are bad" in read(researcher.get(path)).text
    assert not Arm.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_other_things_that_may_come(researcher: Client, study: m.Study, one: Someone) -> None:
    """Answers on relevance, responses, and attributes that were rewritten."""
    asked(one, query(study, "trip"), SAILS)
    make.arm(study=study, name="ours")
    for what, line, counted in (
        ("relevance", one.says(attribute=SAILS, query="trip", relevant=True), "New answers"),
        ("responses", one.says(query="trip", text="Take a boat."), "New responses"),
        ("revision", one.says(attribute="The user rows.", refined_from=SAILS), "Withdrawn"),
    ):
        path = sent(researcher, study, line, what=what, condition="all", revises="ours")
        page = read(researcher.get(path))
        assert "The line is fine" in page.text
        assert counted in page.text
        researcher.post(path)
        work()
        assert "1 new; 0 were already here." in read(researcher.get(path)).text
    assert set(Arm.objects.values_list("step", "name", "base__name")) == {
        ("extraction", "ours", None),
        ("generation", "theirs, all", None),
        ("revision", "theirs", "ours"),
    }
    assert m.Judgment.objects.get(rater__kind="model").item.relevance_pair


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"what": "labels"}, "Select a valid choice"),
        ({"what": ""}, "This field is required"),
        ({"name": " "}, "This field is required"),
        ({"name": "x" * 300}, "at most 200 characters"),
        ({"name": "x\0"}, "Null characters are not allowed"),
        ({"sampling": "{"}, "not readable as JSON"),
        ({"sampling": "[1]"}, "named fields"),
        ({"sampling": '{"a": "\\u0000"}'}, "NUL"),
        ({"revises": "nobody's"}, "Select a valid choice"),
        ({"author": "robot"}, "Select a valid choice"),
        ({"condition": "some"}, "Select a valid choice"),
        ({"kind": "person"}, "Select a valid choice"),
    ],
    ids=str,
)
def test_a_bad_form(
    researcher: Client, study: m.Study, one: Someone, fields: dict[str, str], message: str
) -> None:
    """422 with what is wrong, and nothing is kept."""
    response = researcher.post(path_of(study), given(one.says(attribute=SAILS), **fields))
    assert response.status_code == 422
    assert message in read(response).text
    assert not LabelImport.objects.exists()


def test_no_file_and_an_empty_one(researcher: Client, study: m.Study) -> None:
    form = given()
    assert "empty" in read(researcher.post(path_of(study), form)).text
    del form["file"]
    assert researcher.post(path_of(study), form).status_code == 422


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xff\xfe{", "UTF-16"), (b'{"a": "\xff"}', "not UTF-8"), (b" \n", "no rows")],
)
def test_a_file_that_cannot_be_used(
    researcher: Client, study: m.Study, content: bytes, why: str
) -> None:
    """It is refused as a whole, and the page leads back to the form."""
    form = {**given(), "file": file("theirs.jsonl", content)}
    path = researcher.post(path_of(study), form)["Location"]
    page = read(researcher.get(path, follow=True))
    assert why in page.text
    assert path_of(study) in [each.attributes["href"] for each in page.all("a")]
    assert not jobs()


def test_answers_on_relevance_where_nobody_is_asked(
    researcher: Client, study: m.Study, one: Someone
) -> None:
    path = sent(researcher, study, one.says(attribute=SAILS), what="relevance")
    assert "does not ask about relevance" in read(researcher.get(path, follow=True)).text


@pytest.mark.django_db(transaction=True)
def test_the_bad_lines_as_a_table(researcher: Client, study: m.Study, one: Someone) -> None:
    """Before and after the import; a cell that looks like a formula is marked."""
    lines = [one.says(attribute=SAILS), {"participant": "=1+1", "attribute": SAILS}]
    path = sent(researcher, study, *lines)

    def table() -> list[dict[str, str]]:
        response = researcher.get(f"{path}lines.csv")
        assert isinstance(response, StreamingHttpResponse)
        assert response["Content-Type"].startswith("text/csv")
        return list(csv.DictReader(StringIO(response.getvalue().decode())))

    (before,) = table()
    assert (before["file"], before["line"]) == ("theirs.jsonl", "2")
    assert "'=1+1' is nobody in this study" in before["message"]
    researcher.post(path)
    work()
    assert table() == [before]


def test_only_researchers(client: Client, researcher: Client, study: m.Study, one: Someone) -> None:
    """Strangers are asked to sign in; what does not exist is not found; other methods are refused."""
    path = sent(researcher, study, one.says(attribute=SAILS))
    for address in (path_of(study), path, f"{path}lines.csv"):
        assert client.get(address).status_code in (302, 403)
        assert researcher.put(address).status_code == 405
    assert researcher.post(f"{path}lines.csv").status_code == 405
    assert researcher.get("/studies/nowhere/import/outputs/").status_code == 404
    assert researcher.get("/imports/999999999/lines.csv").status_code == 404


def test_a_file_that_is_gone(researcher: Client, study: m.Study, one: Someone) -> None:
    path = sent(researcher, study, one.says(attribute=SAILS))
    Path(LabelImport.objects.get().items.path).unlink()
    assert "gone: upload it again" in read(researcher.get(path, follow=True)).text


def test_only_the_beginning_is_tried(researcher: Client, study: m.Study, one: Someone) -> None:
    lines = [one.says(attribute=f"The user has {number} boats.") for number in range(501)]
    path = sent(researcher, study, *lines)
    assert "All 500 lines are fine" in read(researcher.get(path)).text
    assert json.loads(LabelImport.objects.get().specification)["outputs"]["what"] == "attributes"
