"""The agreement page, and its numbers as JSON and CSV."""

import csv
import json
import re
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from annotation.models import User
from personalization.agreement.report import cache
from personalization.views import wording
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.labelled import Labelled, labelled
from tests.personalization.views.pages import Node, read

Key = tuple[str, str | None, str]
PAGES = ("agreement/", "agreement.json", "agreement.csv")
SCALE = {"level": "ordinal", "options": ["1", "2", "3"], "candidates": None}


def records(client: Client, data: Labelled) -> dict[Key, dict[str, Any]]:
    found = client.get(data.path("agreement.json")).json()
    return {(one["panel"], one["against"], one["statistic"]): one for one in found}


def key_of(link: Node) -> Key:
    query = parse_qs(urlsplit(link.attributes["href"]).query)
    against = query.get("against", [None])[0]
    return query["panel"][0], against, query["statistic"][0]


def test_it_works(researcher: Client, small: Labelled) -> None:
    """The page names the question and shows people, judges, the reference and the two orders."""
    page = read(researcher.get(small.path("agreement/")))
    assert next(page.all("h1")).text == "better"
    headings = {one.attributes.get("id") for one in page.all("h2")}
    assert {"glance", "people", "shares", "labels", "reference", "order", "pairs"} <= headings
    contents = {one.attributes["href"] for one in next(page.all("nav", "page-sidebar")).all("a")}
    folded = {f"#{one.attributes['id']}" for one in page.all("div", "fold-body")}
    assert contents == {"#glance", *folded}


@pytest.mark.parametrize("mapping", [{}, SCALE], ids=["nominal", "ordinal"])
def test_every_number_equals_its_record(researcher: Client, mapping: dict[str, Any]) -> None:
    """The page shows each record that has a value, to six decimals, and no other number."""
    data = labelled(mapping=mapping)
    page = read(researcher.get(data.path("agreement/")))
    shown = {key_of(one): one.text for one in page.all("a", "number")}
    expected = {
        key: f"{one['value']:.6f}"
        for key, one in records(researcher, data).items()
        if one["value"] is not None
    }
    assert shown == expected
    assert len(shown) > 50


def test_intervals_and_samples_equal_their_records(researcher: Client, small: Labelled) -> None:
    """A line shows interval, items, answers, raters and method of its record."""
    page, known = read(researcher.get(small.path("agreement/"))), records(researcher, small)
    tables = [one for one in page.all("table") if "table-groups" in one.attributes["class"]]
    rows = [row for table in tables for row in table.all("tr") if list(row.all("a", "number"))]
    assert len(rows) > 30
    for row in rows:
        *against, value, items, answers, raters, method = [cell.text for cell in row.all("td")]
        record = known[key_of(next(row.all("a", "number")))]
        assert next(row.all("th")).text.startswith(str(wording.panel(record["panel"])))
        assert against in ([], [wording.panel(record["against"])])
        assert [int(items), int(answers)] == [record["n_items"], record["n_ratings"]]
        assert raters == ("unknown" if record["n_raters"] is None else str(record["n_raters"]))
        assert method == (record["method"] or "")
        interval = re.findall(r"-?[0-9.]+", value)[1:]
        ends = [record["low"], record["high"]]
        assert interval == [f"{end:.3f}" for end in ends if end is not None]


def test_the_first_glance_shows_the_same(researcher: Client, small: Labelled) -> None:
    """Tiles and tables of judges show values of records, to three decimals."""
    page, known = read(researcher.get(small.path("agreement/"))), records(researcher, small)
    links = list(page.all("a", "number-short"))
    assert len(links) > 5
    for link in links:
        shown = re.findall(r"-?[0-9.]+", link.text)
        assert shown == [f"{known[key_of(link)]['value']:.3f}"]


def test_the_figures_show_the_same(researcher: Client, small: Labelled) -> None:
    """Beside each dot stands its value, to three decimals, with a link to the same votes."""
    page, known = read(researcher.get(small.path("agreement/"))), records(researcher, small)
    values = list(page.all("span", "dots-value"))
    assert len(values) > 5
    for value in values:
        link = next(value.all("a"))
        assert link.text == f"{known[key_of(link)]['value']:.3f}"


def test_a_missing_number_says_why(researcher: Client) -> None:
    """With too few items there are reasons instead of numbers."""
    data = labelled(items=4)
    page = read(researcher.get(data.path("agreement/")))
    assert not list(page.all("a", "number"))
    assert "too few items in common" in page.text


def test_json_is_what_the_command_prints(
    researcher: Client, small: Labelled, capsys: pytest.CaptureFixture[str]
) -> None:
    """Page, file and command line are one report."""
    call_command("agreement", study=small.study.name, json=True)
    assert researcher.get(small.path("agreement.json")).json() == json.loads(
        capsys.readouterr().out
    )


def test_csv_holds_the_same_records(researcher: Client, small: Labelled) -> None:
    """Every field of every record, as text; nothing where there is None."""
    response = researcher.get(small.path("agreement.csv"))
    assert response["Content-Disposition"].endswith('-better-agreement.csv"')
    rows = list(csv.DictReader(StringIO(response.getvalue().decode())))
    known = records(researcher, small)
    assert len(rows) == len(known)
    for row, record in zip(rows, known.values(), strict=True):
        row.pop("_escaped")
        assert row == {name: "" if one is None else str(one) for name, one in record.items()}


def test_the_shares_count_every_answer(researcher: Client, small: Labelled) -> None:
    """A skipped or unreadable answer is counted, with its reason, and is no label."""
    page = read(researcher.get(small.path("agreement/")))
    part = next(one for one in page.all("div") if one.attributes.get("id") == "in-shares")
    rows = {next(row.all("th")).text: row.text for row in part.all("tr") if list(row.all("th"))}
    assert "5 5 skipped" in rows["Third party"]
    assert "3 3 unreadable" in rows["single"]


def test_confusions_link_to_the_items(researcher: Client, small: Labelled) -> None:
    """The link under each confusion table opens the items where judge and people differ."""
    page = read(researcher.get(small.path("agreement/")))
    links = [one for one in page.all("a") if one.text == "Read the items"]
    assert len(links) == 4  # two judges, two panels
    for link in links:
        assert researcher.get(link.attributes["href"]).status_code == 200


def test_without_answers_it_says_so(researcher: Client) -> None:
    """An empty question leads to the import."""
    question = make.question()
    page = read(
        researcher.get(f"/studies/{question.study.name}/questions/{question.pk}/agreement/")
    )
    assert "No answers yet" in page.text


def test_a_computed_report_is_kept(
    researcher: Client, small: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second look computes nothing; a new answer makes the kept report useless."""
    before = researcher.get(small.path("agreement.json")).json()
    item = small.question.items.first()
    monkeypatch.setattr(cache, "of_question", lambda question: pytest.fail("computed again"))
    assert researcher.get(small.path("agreement.json")).json() == before
    monkeypatch.undo()
    make.judgment(item=item, value=0)
    assert researcher.get(small.path("agreement.json")).json() != before


def test_its_cost_does_not_grow(researcher: Client) -> None:
    """Ten times the items, the same number of queries, computed or kept."""
    few, many = labelled(items=12), labelled(items=120)
    first = [queries_of(researcher, data.path("agreement/")) for data in (few, many)]
    kept = [queries_of(researcher, data.path("agreement/")) for data in (few, many)]
    assert first[0] == first[1] <= 45
    assert kept[0] == kept[1] <= 10


@pytest.mark.parametrize("page", PAGES)
def test_not_for_a_stranger(client: Client, small: Labelled, page: str) -> None:
    path = small.path(page)
    assert client.get(path)["Location"] == f"/signin/?next={path}"


@pytest.mark.parametrize("page", PAGES)
def test_not_for_an_inactive_account(researcher: Client, small: Labelled, page: str) -> None:
    User.objects.update(is_active=False)
    assert researcher.get(small.path(page)).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_wrong_method(researcher: Client, small: Labelled, page: str) -> None:
    assert researcher.post(small.path(page)).status_code == 405


@pytest.mark.parametrize("page", PAGES)
def test_a_question_of_another_study_is_not_found(
    researcher: Client, small: Labelled, page: str
) -> None:
    """Nor one that does not exist, however large its number."""
    other = make.study()
    for study, pk in [(other, small.question.pk), (small.study, 10**30), (small.study, 0)]:
        path = f"/studies/{study.name}/questions/{pk}/{page}"
        assert researcher.get(path).status_code == 404


def test_the_study_leads_to_its_first_question(researcher: Client, small: Labelled) -> None:
    """Without a question, it leads back to the study."""
    study = f"/studies/{small.study.name}/"
    assert researcher.get(f"{study}agreement/")["Location"] == small.path("agreement/")
    empty = make.study()
    assert researcher.get(f"/studies/{empty.name}/agreement/")["Location"] == (
        f"/studies/{empty.name}/"
    )
    assert researcher.get("/studies/no-such-study/agreement/").status_code == 404
