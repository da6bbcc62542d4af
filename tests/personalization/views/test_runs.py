"""The list of runs: how far they are, how fast, what they cost, and filters."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from personalization.models import JudgeRun
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.kept_runs import called_run, noted
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> m.Study:
    return make.study()


def path(of: m.Study, page: str = "") -> str:
    return f"/studies/{of.name}/runs/{page}"


def names(page: Node) -> list[str]:
    return [one.text for one in page.all("h2", "card-title")]


def computed(study: m.Study, **columns: object) -> JudgeRun:
    rater = make.judge(kind="baseline")
    return JudgeRun.objects.create(study=study, rater=rater, source="computed", **columns)


def test_the_list_says_how_far_runs_are(researcher: Client, study: m.Study) -> None:
    """The judge, its state, its progress; a baseline that is done; the page follows."""
    one = called_run(study, planned=0)
    computed(study, planned=3, settled=3, finished_at=timezone.now())
    page = read(researcher.get(path(study)))
    assert one.rater.name in page.text
    assert "Waiting for a worker" in page.text
    assert "Baseline" in page.text
    assert "3 / 3" in page.text
    (part,) = (each for each in page.all("div") if each.attributes.get("id") == "runs")
    assert part.attributes["hx-get"] == path(study)
    assert [a.text for a in page.all("a", "button-primary")] == ["New run"]


def test_the_list_is_still_when_nothing_moves(researcher: Client, study: m.Study) -> None:
    assert "No judge has answered yet" in read(researcher.get(path(study))).text
    computed(study, finished_at=timezone.now())
    called_run(study, paused_at=timezone.now(), trouble="asked")
    response = researcher.get(path(study), headers={"HX-Request": "true"})
    assert b"hx-trigger" not in response.content
    assert b"<html" not in response.content


def test_a_run_that_moves_says_how_fast_and_until_when(researcher: Client, study: m.Study) -> None:
    """120 answers in the minute before this one; as many are left."""
    now = timezone.now()
    one = called_run(study, planned=300, settled=180)
    JudgeRun.objects.filter(pk=one.pk).update(created_at=now - timedelta(hours=1))
    noted(one, now - timedelta(minutes=1), answered=120, timeout=3)
    text = read(researcher.get(path(study))).text
    rate = next(int(word) for word, unit in pairwise(text.split()) if unit == "answers")
    assert 40 <= rate <= 120  # this minute has its seconds, but nothing in them yet
    assert "done in about" in text
    assert "Errors: 3 no answer in time" in text


def test_what_is_spent_of_the_budget(researcher: Client, study: m.Study) -> None:
    called_run(study, budget_micros=5_000_000, spent_micros=1_250_000, currency="EUR")
    called_run(study, spent_micros=300, currency="USD")
    text = read(researcher.get(path(study))).text
    assert "Spent: 1.25 EUR of 5.00 EUR" in text
    assert "Spent: 0.0003 USD" in text


def test_what_has_no_value_is_a_share_with_its_number(researcher: Client, study: m.Study) -> None:
    """Each leads to such answers; nothing is counted but what the ledger holds."""
    done = called_run(study, planned=40, settled=40, finished_at=timezone.now())
    noted(done, answered=40, read_value=36, read_unparsed=3, read_refused=1, rung_strict=30)
    noted(done, timezone.now() - timedelta(minutes=9), read_pairs=20, read_inconsistent=5)
    page = read(researcher.get(path(study)))
    links = {a.text: a.attributes["href"] for a in page.all("a")}
    assert links["3 unreadable"] == f"{path(study)}{done.pk}/?reason=unparsed#answers"
    assert "3 unreadable (7.5 % of 40)" in page.text
    assert "1 refused (2.5 % of 40)" in page.text
    assert "5 inconsistent between orders (25.0 % of 20)" in page.text
    assert "strict" not in page.text


def test_trouble_is_said_with_a_way_out(researcher: Client, study: m.Study) -> None:
    """What the endpoint said, and what to do."""
    called_run(study, paused_at=timezone.now(), trouble="unauthorized: This key is not known.")
    page = read(researcher.get(path(study)))
    (fault,) = page.all("div", "fault")
    assert "does not accept the key" in fault.text
    assert "This key is not known." in fault.text
    assert [one.text for one in fault.all("button")] == ["Try again"]


def test_a_pause_by_hand_is_no_fault(researcher: Client, study: m.Study) -> None:
    called_run(study, paused_at=timezone.now(), trouble="asked: maryam")
    page = read(researcher.get(path(study)))
    assert not list(page.all("div", "fault"))
    assert "Somebody has paused the run." in page.text
    assert "maryam" in page.text
    assert "Go on" in [one.text for one in page.all("button")]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["done", "paused", "running", "waiting", "stopped", "random"]),
        ("?state=finished", ["done", "random"]),
        ("?state=paused", ["paused"]),
        ("?state=running", ["running"]),
        ("?state=waiting", ["waiting"]),
        ("?state=cancelled", ["stopped"]),
        ("?source=computed", ["random"]),
        ("?source=called&state=finished", ["done"]),
        ("?source=imported", []),
        (
            "?state=asleep&source=moon",
            ["done", "paused", "running", "waiting", "stopped", "random"],
        ),
    ],
)
def test_filters(researcher: Client, study: m.Study, query: str, shown: list[str]) -> None:
    """By state and by where the answers come from; what is unknown narrows nothing."""
    now = timezone.now()
    states: dict[str, dict[str, Any]] = {
        "random": {"rater": make.judge(name="random", kind="baseline"), "finished_at": now},
        "stopped": {"rater": make.judge(name="stopped"), "cancelled_at": now, "finished_at": now},
        "waiting": {"rater": make.judge(name="waiting"), "planned": 0},
        "running": {"rater": make.judge(name="running")},
        "paused": {"rater": make.judge(name="paused"), "paused_at": now},
        "done": {"rater": make.judge(name="done"), "finished_at": now, "paused_at": now},
    }
    for name, columns in states.items():
        if name == "random":
            JudgeRun.objects.create(study=study, source="computed", **columns)
        else:
            called_run(study, **columns)
    page = read(researcher.get(path(study) + query))
    assert names(page) == shown
    if not shown:
        assert "No such run" in page.text


def test_tests_of_prompts_are_not_in_the_list(researcher: Client, study: m.Study) -> None:
    trial = called_run(study, trial=True)
    assert names(read(researcher.get(path(study)))) == []
    assert "Test of a prompt" in read(researcher.get(path(study, f"{trial.pk}/"))).text


def test_the_list_costs_the_same_with_many(researcher: Client, study: m.Study) -> None:
    now = timezone.now()
    noted(called_run(study, finished_at=now), answered=3, read_value=3)
    before = queries_of(researcher, path(study))
    for _run in range(4):
        noted(called_run(study, finished_at=now), answered=3, read_value=3)
    assert queries_of(researcher, path(study)) == before <= 8


@pytest.mark.parametrize("page", ["?page=x", "?page=99", "?page=-1"])
def test_a_senseless_page_is_the_first_or_last(
    researcher: Client, study: m.Study, page: str
) -> None:
    called_run(study)
    assert len(names(read(researcher.get(path(study) + page)))) == 1
