"""The page of one run: what came, errors, and the answers item by item."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation import models as m
from personalization.models import JudgeRun, PromptVersion, Verdict
from tests import factories as make
from tests import laid
from tests.personalization.views.cost import queries_of
from tests.personalization.views.kept_runs import (
    both_orders,
    called,
    called_run,
    noted,
    reading,
)
from tests.personalization.views.labelled import Labelled
from tests.personalization.views.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def items() -> list[m.Item]:
    """Three pairs of one person, each about another attribute."""
    sheet = laid.comparison(make.enrolled())
    return list(sheet.items.filter(question__kind="gain").order_by("pk"))


@pytest.fixture
def one(items: list[m.Item]) -> JudgeRun:
    return called_run(items[0].study, planned=6)


def path(run: JudgeRun, page: str = "") -> str:
    return f"/studies/{run.study.name}/runs/{run.pk}/{page}"


def test_both_orders_beside_each_other(
    researcher: Client, one: JudgeRun, items: list[m.Item]
) -> None:
    """What was read, the raw answer of each order, and what they come to; all of it as text."""
    reading(one, items[0], "ab", "The first <b>one</b>.\nAnswer: 1", value=1, certainty=80)
    reading(one, items[0], "ba", "Neither.\nAnswer: 3", value=3)
    make.judgment(
        item=items[0], rater=one.rater, role="machine", value=None, reason="inconsistent", score=3.0
    )
    page = read(researcher.get(path(one)))
    first, second = page.all("section", "compare-side")
    assert "first order" in first.text
    assert "certainty 80" in first.text
    assert "The first <b>one</b>." in first.text
    assert "swapped" in second.text
    assert "Answer: 3" in second.text
    assert "inconsistent between orders · score 3" in page.text


def test_a_distribution_is_drawn_and_written(
    researcher: Client, one: JudgeRun, items: list[m.Item]
) -> None:
    """Each share with its option, and how much went elsewhere."""
    shares = [0.5, 0.25, 0.125, 0.125, 0.0]
    reading(one, items[0], "ab", "1", value=1, distribution=shares, left_out=0.031)
    page = read(researcher.get(path(one)))
    (bars,) = page.all("ul", "run-bars")
    written = [span.text for span in bars.all("span", "num")]
    assert written == ["50.0 %", "25.0 %", "12.5 %", "12.5 %", "0.0 %"]
    assert [rect.attributes["width"] for rect in bars.all("rect")][:2] == ["50.00%", "25.00%"]
    assert "3.1 % of the probability went to words" in page.text


def test_only_items_whose_orders_differ(
    researcher: Client, one: JudgeRun, items: list[m.Item]
) -> None:
    both_orders(one, items[0], 1, 1)
    both_orders(one, items[1], 1, 3)
    page = read(researcher.get(path(one, "?reason=inconsistent")))
    titles = [each.text for each in page.all("h3", "card-title")]
    assert len(titles) == 1
    assert items[1].attribute
    assert titles[0].startswith(items[1].attribute.text)
    (reasons,) = page.all("ul", "run-reasons")
    (now,) = (a for a in reasons.all("a") if "aria-current" in a.attributes)
    assert now.text == "Orders differ"


def test_only_answers_without_a_value(
    researcher: Client, one: JudgeRun, items: list[m.Item]
) -> None:
    both_orders(one, items[0], 1, 1)
    failed = reading(one, items[2], "ab", "", reason="failed")
    called(failed, error="bad_request: This request is not understood.")
    page = read(researcher.get(path(one, "?reason=failed")))
    assert len(list(page.all("h3", "card-title"))) == 1
    assert "This request is not understood." in page.text
    assert "Nothing more here" in read(researcher.get(path(one, "?reason=refused"))).text
    assert researcher.get(path(one, "?reason=tired")).status_code == 404


def test_many_samples_are_cut_short(researcher: Client, one: JudgeRun, items: list[m.Item]) -> None:
    """The list shows three of each order and says how many more there are."""
    for sample in range(5):
        reading(one, items[0], "ab", f"No. {sample}", value=1, sample=sample)
    text = read(researcher.get(path(one))).text
    assert "No. 2" in text
    assert "No. 3" not in text
    assert "and 2 more answers" in text


def test_a_long_run_is_read_in_pages(researcher: Client) -> None:
    """Ten items at a time, each of them once; the cost does not grow with the run."""
    study = make.study()
    run = called_run(study)
    for _person in range(4):
        sheet = laid.comparison(make.enrolled(study=study))
        for item in sheet.items.filter(question__kind="gain"):
            both_orders(run, item, 1, 1)
    titles, query = [], ""
    while True:
        page = read(researcher.get(path(run, query)))
        titles += [each.text for each in page.all("h3", "card-title")]
        further = [a for a in page.all("a") if a.attributes.get("rel") == "next"]
        if not further:
            break
        query = further[0].attributes["href"]
    assert len(titles) == 12
    assert queries_of(researcher, path(run)) <= 20


def test_errors_are_counted_by_class_with_what_to_do(researcher: Client, one: JudgeRun) -> None:
    noted(one, answered=90, rate_limited=7, timeout=2, lost=1, read_unparsed=4, reused=5)
    page = read(researcher.get(path(one)))
    table = next(each for each in page.all("table") if "What to do" in each.text)
    rows = [
        [cell.text for cell in row.inside if not isinstance(cell, str)] for row in table.all("tr")
    ]
    assert [row[:2] for row in rows[1:]] == [
        ["asked too often", "7"],
        ["no answer in time", "2"],
        ["lost with a worker", "1"],
    ]
    assert "Lower the requests at a time" in rows[1][2]
    assert "and 5 that were saved before" in page.text


def test_what_came_minute_by_minute(researcher: Client, one: JudgeRun) -> None:
    """The newest first, each number written; readings are no calls; no more than twelve minutes."""
    now = timezone.now()
    noted(one, now, answered=30, timeout=10, read_value=30)
    for ago in range(1, 15):
        noted(one, now - timedelta(minutes=ago), answered=20, reused=5)
    page = read(researcher.get(path(one)))
    table = next(page.all("table", "table-compact"))
    rows = [[cell.text for cell in row.all("td")] for row in table.all("tr")][1:]
    assert len(rows) == 12
    assert rows[0][1:] == ["30", "0", "10"]
    assert rows[1][1:] == ["20", "5", "0"]
    lengths = [rect.attributes["width"] for rect in next(table.all("tbody")).all("rect")]
    assert lengths[:2] == ["75.00%", "25.00%"]
    assert lengths[2] == "50.00%"


def test_the_share_of_ideal(researcher: Client, one: JudgeRun) -> None:
    """Answers of half a second each, four at a time: 480 a minute would be all there is."""
    now = timezone.now()
    JudgeRun.objects.filter(pk=one.pk).update(created_at=now - timedelta(hours=1))
    noted(one, now - timedelta(minutes=1), answered=240)
    page = read(researcher.get(path(one)))
    tile = next(each for each in page.all("div", "tile") if "Share of ideal" in each.text)
    share = float(next(tile.all("dd", "tile-value")).text.split()[0])
    assert 16 < share <= 50  # this minute's seconds count, and nothing came in them yet
    assert "100 % = 4 requests under way" in tile.text


def test_how_the_judge_is_asked(researcher: Client, items: list[m.Item]) -> None:
    """Model, manner, versions of prompts and the fingerprint that all of this makes."""
    version = PromptVersion.objects.filter(name="judge_pair").earliest("version")
    rater = make.judge()
    rater.configuration = {
        "endpoint": "lab",
        "model": "small-1",
        "sampling": {"temperature": 0.7},
        "prompts": {"judge_pair": {"version": version.version, "hash": version.hash}},
        "manner": {"answer": "samples", "samples": 7, "persona": ["age"], "rubric": "Be <kind>."},
    }
    rater.save()
    one = called_run(items[0].study, rater=rater, most_items=50)
    text = read(researcher.get(path(one))).text
    for said in ("small-1", "temperature 0.7", "(7)", "age", "Be <kind>.", f"judge_pair v{version.version}",
                 rater.fingerprint):  # fmt: skip
        assert said in text


def test_a_manner_of_a_later_version_does_not_break_the_page(
    researcher: Client, items: list[m.Item]
) -> None:
    rater = make.judge()
    rater.configuration = {
        "endpoint": "lab",
        "model": "m",
        "prompts": 3,
        "manner": {"mood": "good"},
    }
    rater.save()
    one = called_run(items[0].study, rater=rater)
    assert "lab" in read(researcher.get(path(one))).text


def test_what_a_program_says_of_its_judge_is_not_believed(
    researcher: Client, items: list[m.Item]
) -> None:
    """Anything may stand there; the page opens all the same."""
    rater = make.judge()
    rater.configuration = {
        "endpoint": 1,
        "sampling": "hot",
        "prompts": {"judge_pair": {"hash": []}},
    }
    rater.save()
    posted = JudgeRun.objects.create(study=items[0].study, rater=rater, source="posted")
    assert "Sent by a program" in read(researcher.get(path(posted))).text


def test_the_progress_follows_by_itself(researcher: Client, one: JudgeRun) -> None:
    """The part that follows costs the same however much has been judged."""
    part = researcher.get(path(one), headers={"HX-Request": "true"})
    assert b'id="progress"' in part.content
    assert b"hx-trigger" in part.content
    assert b"<html" not in part.content
    JudgeRun.objects.filter(pk=one.pk).update(finished_at=timezone.now())
    part = researcher.get(path(one), headers={"HX-Request": "true"})
    assert b"hx-trigger" not in part.content


def test_to_follow_a_run_counts_neither_calls_nor_readings(
    researcher: Client, one: JudgeRun, items: list[m.Item]
) -> None:
    """Whoever looks on asks every two seconds: what that costs does not grow with the run."""
    both_orders(one, items[0], 1, 3)
    noted(one, answered=2, read_value=2, read_pairs=1, read_inconsistent=1)
    with CaptureQueriesContext(connection) as queries:
        text = read(researcher.get(path(one), headers={"HX-Request": "true"})).text
    assert "1 inconsistent between orders (100.0 % of 1)" in text
    asked = " ".join(query["sql"] for query in queries)
    assert "personalization_ledger" in asked
    assert "personalization_verdict" not in asked
    assert "personalization_modelcall" not in asked
    assert len(queries) <= 8


def test_an_imported_run_has_a_page(researcher: Client, small: Labelled) -> None:
    imported = small.study.judge_runs.get(rater__name="swapper")
    page = read(researcher.get(path(imported)))
    assert "Imported" in page.text
    assert "item-0000" in page.text
    assert Verdict.objects.filter(run=imported).exists()


def test_a_run_of_another_study_is_not_found(researcher: Client, one: JudgeRun) -> None:
    other = make.study()
    assert researcher.get(f"/studies/{other.name}/runs/{one.pk}/").status_code == 404


@pytest.mark.parametrize("page", ["?after=x", "?after=-1", f"?after={'9' * 30}"])
def test_a_senseless_place_in_the_list(researcher: Client, one: JudgeRun, page: str) -> None:
    assert researcher.get(path(one, page)).status_code == 404
