"""The mapping page: how the files will be read; nothing is imported before it is confirmed."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from personalization.models import LabelImport
from tests import factories as make
from tests.personalization.views.pages import Node, read
from tests.personalization.views.uploading import ANSWERS, LABELS, TOML, Upload

pytestmark = pytest.mark.django_db
UNREADABLE: dict[str, tuple[str, str | bytes, str]] = {
    "latin-1": ("a.csv", "item,rater,value\n1,Jos\xe9,yes\n".encode("latin-1"), "is not UTF-8"),
    "utf-16": ("a.csv", LABELS.encode("utf-16"), "UTF-16"),
    "only a heading": ("a.csv", "item,rater,value\n", "has a heading but no rows"),
    "only blank lines": ("a.csv", "\n\n\n", "no heading line"),
    "semicolons": ("a.csv", "item;rater;value\n1;A;yes\n", "separated by semicolons"),
    "a column twice": ("a.csv", "item,item,value\n1,A,yes\n", "the column item twice"),
    "half a JSON line": ("a.jsonl", '{"item": 1, "rater', "can be read"),
    "a picture": ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not UTF-8"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    """Keep uploads in a folder of the test's own."""
    storages = dict(settings.STORAGES)  # type: ignore[attr-defined]
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def upload(researcher: Client) -> Upload:
    return Upload(researcher, make.study())


def post(upload: Upload, one: LabelImport, **answers: object) -> Any:  # noqa: ANN401 - a response
    return upload.client.post(f"/imports/{one.pk}/", {**ANSWERS, **answers})


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="import_labels").count()


def chosen(page: Node) -> dict[str, list[str]]:
    """Return what the form starts with: the selected options, and the texts."""
    found = {
        select.attributes["name"]: [
            one.attributes["value"] for one in select.all("option") if "selected" in one.attributes
        ]
        for select in page.all("select")
    }
    texts = {one.attributes["name"]: one.raw.split() for one in page.all("textarea")}
    return found | texts


def test_it_guesses_and_shows(upload: Upload) -> None:
    """The first lines of the file, the columns by their names, the values seen as options."""
    one = upload.sent()
    page = read(upload.client.get(f"/imports/{one.pk}/"))
    table = next(page.all("table"))
    assert [cell.text for cell in table.all("th")][:4] == ["Line", "item", "rater", "value"]
    assert len(list(table.all("tr"))) == 9
    form = chosen(page)
    assert (form["item"], form["rater"], form["value"]) == (["item"], ["rater"], ["value"])
    assert form["options"] == ["no", "yes"]


def test_it_starts_with_the_question_given(upload: Upload) -> None:
    """question.toml fills the form; what the form does not ask is kept."""
    upload.files |= {
        "question": TOML + 'worse = true\n[columns]\nitem = "i"\nrater = "r"\nvalue = "v"\n',
        "human": "i,r,v\n1,A,yes\n1,B,no\n",
    }
    one = upload.sent()
    form = chosen(read(upload.client.get(f"/imports/{one.pk}/")))
    assert (form["item"], form["value"], form["options"]) == (["i"], ["v"], ["yes", "no"])
    post(upload, one, item=["i"], rater=["r"], value="v", start="1")
    one.refresh_from_db()
    assert json.loads(one.specification)["worse"] is True


def test_a_check_starts_nothing(upload: Upload) -> None:
    """ "Check" says how it went, and only then offers to start."""
    one = upload.sent()
    page = read(post(upload, one, check="1"))
    assert "All 24 lines read so far are fine" in page.text
    assert [b.attributes.get("name") for b in page.all("button")][-1:] != ["check"]
    one.refresh_from_db()
    assert one.confirmed_at is None
    assert jobs() == 0


def test_bad_lines_are_named(upload: Upload) -> None:
    """A value outside the options, by file and line."""
    upload.files["human"] = LABELS + "i0,Cem,perhaps\ni1,Cem,\n"
    page = read(post(upload, upload.sent(), check="1"))
    assert "2 lines cannot be read this way" in page.text
    bad = [[cell.text for cell in row.all("td")] for row in list(page.all("table"))[-1].all("tr")]
    assert bad[1][0] == "26"
    assert "'perhaps' is not among the options: yes, no" in bad[1][1]


@pytest.mark.parametrize(
    "answers",
    [
        {"item": ["nothing"]}, {"item": []}, {"value": "nothing"}, {"level": "cosmic"},
        {"key": ""}, {"key": "a\0b"}, {"options": "yes"}, {"options": "yes\nyes"},
        {"options": ""}, {"identity": "ghosts"}, {"rater": ["<script>"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_mapping_is_refused(upload: Upload, answers: dict[str, object]) -> None:
    """A column, level or option that cannot be: 422, and nothing starts, whatever was pressed."""
    one = upload.sent()
    response = post(upload, one, **answers, start="1")
    assert response.status_code == 422
    assert "Please correct" in read(response).text
    assert jobs() == 0


def test_a_missing_column_is_refused(upload: Upload) -> None:
    """Without a column of answers the file cannot be read; the page says which it has."""
    response = post(upload, upload.sent(), value="", start="1")
    assert response.status_code in {302, 422}  # "value" is the name that is looked for
    upload.files["human"] = "item,rater,mark\n1,A,yes\n"
    response = post(upload, upload.sent(), value="", start="1")
    assert response.status_code == 422
    assert "It has: item, rater, mark" in read(response).text


@pytest.mark.parametrize(("name", "content", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read(
    upload: Upload, folder: Path, name: str, content: str | bytes, why: str
) -> None:
    """The import ends at once, says why, and the file is deleted."""
    upload.names, upload.files = {"human": name}, {"human": content}
    one = upload.sent()
    response = upload.client.get(f"/imports/{one.pk}/", follow=True)
    page = read(response)
    assert "Nothing was imported" in page.text
    assert why in page.text
    assert jobs() == 0
    assert upload.client.get(f"/imports/{one.pk}/").status_code == 200


def test_starting_confirms_once(upload: Upload) -> None:
    """A second press of the button starts nothing more, and cannot change the mapping."""
    one = upload.started()
    again = post(upload, one, key="other", start="1")
    assert again.status_code in {200, 302}
    assert jobs() == 1
    one.refresh_from_db()
    assert json.loads(one.specification)["key"] == "true"


def test_two_presses_at_once_start_once(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second press was already past the first look when the first one confirmed."""
    one = upload.sent()
    stale = LabelImport.objects.get(pk=one.pk)
    post(upload, one, start="1")
    monkeypatch.setattr("personalization.views.imports.get_object_or_404", lambda query, pk: stale)
    assert post(upload, one, key="other", start="1").status_code == 302
    monkeypatch.undo()
    assert jobs() == 1
    one.refresh_from_db()
    assert json.loads(one.specification)["key"] == "true"


def test_a_vanished_file_is_said_so(upload: Upload) -> None:
    """Somebody emptied the folder: the page says to upload again."""
    one = upload.sent()
    Path(one.human.path).unlink()
    page = read(upload.client.get(f"/imports/{one.pk}/", follow=True))
    assert "The uploaded file is gone: upload it again." in page.text


def test_cells_are_text(upload: Upload) -> None:
    """HTML in headings, cells and bad lines is shown as it was written."""
    evil = "<img src=x onerror=alert(1)>"
    upload.files["human"] = f"item,rater,value,{evil}\n{evil},A,{evil},{evil}\n"
    one = upload.sent()
    for response in (upload.client.get(f"/imports/{one.pk}/"), post(upload, one, check="1")):
        assert evil not in response.content.decode()
        assert "&lt;img" in response.content.decode()


def test_not_for_a_stranger(client: Client, upload: Upload) -> None:
    one = upload.sent()
    path = f"/imports/{one.pk}/"
    assert client.get(path)["Location"] == f"/signin/?next={path}"
    upload.client = client
    assert post(upload, one, start="1")["Location"] == f"/signin/?next={path}"
    assert jobs() == 0


def test_not_for_an_inactive_account(upload: Upload, user: m.User) -> None:
    one = upload.sent()
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert post(upload, one, start="1").status_code == 302
    assert jobs() == 0


def test_not_without_the_token(careful: Client, upload: Upload) -> None:
    one = upload.sent()
    upload.client = careful
    assert post(upload, one, start="1").status_code == 403
    assert jobs() == 0


def test_wrong_method(upload: Upload) -> None:
    assert upload.client.delete(f"/imports/{upload.sent().pk}/").status_code == 405


@pytest.mark.parametrize("pk", [0, 10**9, 10**30])
def test_what_does_not_exist_is_not_found(researcher: Client, pk: int) -> None:
    assert researcher.get(f"/imports/{pk}/").status_code == 404
