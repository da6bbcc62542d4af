"""The upload page: files in, nothing imported yet."""

from pathlib import Path

import pytest
from django.test import Client

from annotation import models as m
from personalization.models import LabelImport
from tests import factories as make
from tests.personalization.views.pages import read
from tests.personalization.views.uploading import LABELS, TOML, Upload

pytestmark = pytest.mark.django_db
BAD_TOML = {
    "no toml": ("key = ", "not valid TOML"),
    "binary": (b"\xff\xfe\x00", "not valid TOML"),
    "too deep": ("a = " + "[" * 5000, "not valid TOML"),
    "too large": ("# " + "x" * 2_000_000 + "\nkey =", "is missing"),
    "unknown key": (TOML + "colour = 'red'\n", "unknown key colour"),
    "one option": (TOML.replace(', "no"', ""), "at least two options"),
    "no level": (TOML.replace('level = "nominal"\n', ""), "level is missing"),
    "options no list": (TOML.replace('["yes", "no"]', '"yes"'), "options must be a list"),
    "columns no table": ("columns = 5\n" + TOML, "columns"),
    "where no table": ("where = 5\n" + TOML, "where"),
    "invalid no list": ("invalid = 5\n" + TOML, "invalid"),
    "column no text": (TOML + "[columns]\nitem = 5\n", "item"),
}
NAMES = ["../../etc/passwd.csv", "/etc/passwd.csv", "..\\..\\boot.csv", "a" * 300 + ".csv"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    """Keep uploads in a folder of the test's own."""
    storages = dict(settings.STORAGES)  # type: ignore[attr-defined]
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path / "uploads"}}
    settings.STORAGES = storages  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def upload(researcher: Client) -> Upload:
    return Upload(researcher, make.study())


def test_it_works(upload: Upload) -> None:
    """The page takes the files, keeps them, and leads to the mapping; nothing is imported."""
    page = upload.client.get(f"/studies/{upload.study.name}/import/")
    assert len([one for one in read(page).all("input") if one.attributes["type"] == "file"]) == 4
    one = upload.sent()
    assert Path(one.human.path).read_text() == LABELS
    assert one.names == {"human": "human.csv"}
    assert not m.Judgment.objects.exists()


def test_no_file(upload: Upload) -> None:
    upload.files = {}
    response = upload.send()
    assert response.status_code == 422
    assert "Choose a file with people's labels or judges' answers." in read(response).text


@pytest.mark.parametrize("kind", ["human", "judges", "items"])
def test_an_empty_file(upload: Upload, kind: str) -> None:
    upload.files = {"human": LABELS, kind: ""}
    response = upload.send()
    assert response.status_code == 422
    assert "The submitted file is empty." in read(response).text
    assert not LabelImport.objects.exists()


@pytest.mark.parametrize(("content", "message"), BAD_TOML.values(), ids=BAD_TOML)
def test_a_broken_question(upload: Upload, content: str | bytes, message: str) -> None:
    """The page says what is wrong with question.toml, and keeps nothing."""
    upload.files["question"] = content
    response = upload.send()
    assert response.status_code == 422
    assert message in read(response).text
    assert not LabelImport.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_leads_nowhere(upload: Upload, folder: Path, name: str) -> None:
    """Whatever a file is called, it is kept inside the folder of uploads."""
    upload.names["human"] = name
    one = upload.sent()
    kept = Path(one.human.path).resolve()
    assert kept.is_relative_to(folder / "uploads" / "imports")
    assert [file for file in folder.rglob("*") if file.is_file()] == [kept]
    assert kept.stat().st_mode & 0o077 == 0


def test_a_file_name_is_text(upload: Upload) -> None:
    """HTML in a name is shown as it was written."""
    upload.names["human"] = "<img src=x onerror=alert(1)>.csv"
    one = upload.sent()
    for path in (f"/imports/{one.pk}/", f"/studies/{upload.study.name}/"):
        content = upload.client.get(path).content.decode()
        assert "<img src=x" not in content
        assert "&lt;img src=x onerror=alert(1)&gt;.csv" in content


def test_uploads_are_not_served(upload: Upload) -> None:
    """No address leads to an uploaded file."""
    one = upload.sent()
    for path in (f"/{one.human.name}", f"/media/{one.human.name}", f"/static/{one.human.name}",
                 f"/uploads/{one.human.name}", f"/static/../uploads/{one.human.name}"):  # fmt: skip
        assert upload.client.get(path).status_code == 404


def test_not_for_a_stranger(client: Client, upload: Upload) -> None:
    upload.client = client
    path = f"/studies/{upload.study.name}/import/"
    assert client.get(path)["Location"] == f"/signin/?next={path}"
    assert upload.send()["Location"] == f"/signin/?next={path}"
    assert not LabelImport.objects.exists()


def test_not_for_an_inactive_account(upload: Upload, user: m.User) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert upload.send().status_code == 302
    assert not LabelImport.objects.exists()


def test_not_without_the_token(careful: Client, upload: Upload) -> None:
    upload.client = careful
    assert upload.send().status_code == 403


def test_wrong_method(upload: Upload) -> None:
    assert upload.client.put(f"/studies/{upload.study.name}/import/").status_code == 405


def test_a_study_that_does_not_exist_is_not_found(upload: Upload) -> None:
    upload.study = m.Study(name="nowhere")
    assert upload.send().status_code == 404
