"""The story of part 1 in one test: from a sign-in link to an export that can be checked."""

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests.personalization.views.pages import cards, read
from tests.personalization.views.worker import work

pytestmark = pytest.mark.django_db(transaction=True)

# Krippendorff (2011): four raters, twelve items, values 1 to 5, "." where somebody said nothing.
TABLE = {"A": "123321412...", "B": "1233224125.3", "C": ".3332342251.", "D": "12332441251."}
KNOWN = {"krippendorff_alpha": "0.743421", "raw_agreement": "0.818182", "fleiss_kappa": "0.761169",
         "raw_agreement_micro": "0.781818", "gwet_ac1": "0.775444"}  # fmt: skip
# Most people: 1 2 3 3 2 - 4 1 2 5 1 3; a judge that says 1 2 3 3 2 2 4 1 2 5 2 ? is right 9 of 10 times.
JUDGE = "12332241252?"
FOLDER = "/studies/four-by-twelve/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Iterator[None]:  # noqa: ANN401 - pytest-django's
    """Keep uploads in a folder of the test's own, and leave no job behind."""
    storages = dict(settings.STORAGES)
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path / "uploads"}}
    settings.STORAGES = storages
    settings.WHITENOISE_AUTOREFRESH = True
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def table(heading: str, rows: list[str]) -> bytes:
    return "\n".join([heading, *rows, ""]).encode()


ITEMS = table("item,text", [f"i{number:02},Text {number}" for number in range(12)])
PEOPLE = table("item,rater,value", [
    f"i{number:02},{rater},{value}"
    for rater, row in TABLE.items() for number, value in enumerate(row) if value != "."
])  # fmt: skip
ANSWERS = table(
    "item,judge,value", [f"i{number:02},echo,{value}" for number, value in enumerate(JUDGE)]
)


def test_the_story(tmp_path: Path) -> None:
    """Sign in, make a study, upload, confirm, wait, read numbers, votes, disagreements; export."""
    client = Client()
    sign_in(client)
    assert client.post("/new-study/", {"name": "four-by-twelve"})["Location"] == FOLDER
    upload(client)
    work()
    page = read(client.get(FOLDER + "agreement/", follow=True))
    check_numbers({one.attributes["href"]: one.text for one in page.all("a", "number")})
    check_votes(client)
    check_disagreements(client)
    check_export(tmp_path / "out")
    assert not [one for one in (tmp_path / "uploads").rglob("*") if one.is_file()]


def sign_in(client: Client) -> None:
    out = StringIO()
    call_command("signin_link", user="maryam", site="", stdout=out)
    link = out.getvalue().strip()
    assert "maryam" in read(client.get(link)).text
    assert "You are signed in." in read(client.post(link, follow=True)).text


def upload(client: Client) -> None:
    """Upload three files without a question.toml, take the guesses, check, and start."""
    files = {
        kind: SimpleUploadedFile(f"{kind}.csv", content)
        for kind, content in {"items": ITEMS, "human": PEOPLE, "judges": ANSWERS}.items()
    }
    path = client.post(FOLDER + "import/", files)["Location"]
    form = filled_in(client, path)
    assert form["options"] == "1\n2\n3\n4\n5"
    form |= {"key": "code", "wording": "Which of five?", "invalid": "?"}
    checked = read(client.post(path, {**form, "check": "1"}))
    assert "All 65 lines read so far are fine" in checked.text
    assert client.post(path, {**form, "start": "1"})["Location"] == path
    assert "Waiting for a worker." in read(client.get(path)).text


def filled_in(client: Client, path: str) -> dict[str, Any]:
    """Return what the browser would send of the mapping page as it stands."""
    page = read(client.get(path))
    form: dict[str, Any] = {"identity": "people"}
    for select in page.all("select"):
        chosen = [
            one.attributes["value"] for one in select.all("option") if "selected" in one.attributes
        ]
        form[select.attributes["name"]] = chosen
    for text in page.all("textarea"):
        form[text.attributes["name"]] = "\n".join(text.raw.split())
    return form


def check_numbers(shown: dict[str, str]) -> None:
    """People among themselves as published; the judge by hand."""
    for statistic, value in KNOWN.items():
        assert shown[votes_of("third_party", "", statistic)] == value
    assert shown[votes_of("judge:echo", "third_party", "accuracy_valid")] == "0.900000"


def votes_of(panel: str, against: str, statistic: str) -> str:
    query = f"panel={panel}&against={against}&statistic={statistic}".replace(":", "%3A")
    return f"{question_path()}votes/?{query}"


def question_path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM annotation_question")
        (pk,) = cursor.fetchone()
    return f"{FOLDER}questions/{pk}/"


def check_votes(client: Client) -> None:
    """Alpha rests on the eleven items with two answers or more; the file holds their 40 answers."""
    asked = {"panel": "third_party", "statistic": "krippendorff_alpha"}
    found = cards(client, question_path() + "votes/", **asked)
    assert sorted(found) == [f"i{number:02}" for number in range(11)]
    text = client.get(question_path() + "votes.csv", asked).getvalue().decode()
    votes = {(row["item"], row["rater"], row["value"]) for row in csv.DictReader(StringIO(text))}
    every = {tuple(line.split(",")) for line in PEOPLE.decode().split()[1:]}
    assert votes == every - {("i11", "B", "3")}
    assert len(votes) == 40


def check_disagreements(client: Client) -> None:
    """Where people differ, and the one readable answer of the judge that most of them do not share."""
    path = question_path() + "disagreements/"
    columns = [{row[number] for row in TABLE.values()} - {"."} for number in range(12)]
    differ = [f"i{number:02}" for number, said in enumerate(columns) if len(said) > 1]
    assert sorted(cards(client, path)) == differ
    assert sorted(cards(client, path, judge="judge:echo")) == ["i10", "i11"]


def check_export(folder: Path) -> None:
    """Every file has the checksum that the export says, and the answers are all there."""
    call_command("export", study="four-by-twelve", out=folder, stdout=StringIO())
    sums = re.findall(r"^(\w{64})  (\S+)$", (folder / "SHA256SUMS").read_text(), re.MULTILINE)
    assert {name for _sum, name in sums} >= {"judgments.jsonl", "judgments.csv", "items.jsonl"}
    for expected, name in sums:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name
    rows = [json.loads(line) for line in (folder / "judgments.jsonl").read_text().splitlines()]
    # Baselines answer by themselves.
    assert sum(row["rater_kind"] != "baseline" for row in rows) == 41 + 12
