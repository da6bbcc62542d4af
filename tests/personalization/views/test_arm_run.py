"""A run of an arm: how far it is, what failed, one row of it; and how it is steered."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from personalization.models import ArmRun, Extraction
from tests import factories as make
from tests.personalization.views.kept_arms import (
    arm,
    called,
    extraction,
    generation,
    noted,
    revision,
    run_of,
)
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db

FAILED = {"failure": "unavailable: no connection"}


@pytest.fixture
def person() -> m.Enrollment:
    return make.enrolled(part="done")


@pytest.fixture
def one(person: m.Enrollment) -> ArmRun:
    """A run of an extractor whose price is known."""
    at = make.endpoint(url="https://m.example.org", model="small-1", concurrency=4)
    make.price(at=at, currency="EUR")
    return run_of(arm(person.study, at=at, name="finder"))


def path(run: ArmRun, page: str = "") -> str:
    return f"/studies/{run.study.name}/pipeline/runs/{run.pk}/{page}"


def now_of(run: ArmRun) -> ArmRun:
    return ArmRun.objects.get(pk=run.pk)


def jobs(run: ArmRun) -> int:
    return ProcrastinateJob.objects.filter(args__run_id=run.pk, status="todo").count()


def kinds(page: Node) -> dict[str, list[str]]:
    """Return the table of kinds: waiting, in work, done, failed."""
    (table,) = (one for one in page.all("div") if one.attributes.get("id") == "kinds")
    return {
        next(row.all("th")).text: [cell.text for cell in row.all("td")]
        for row in table.all("tr")
        if list(row.all("td"))
    }


def listed(page: Node) -> list[list[str]]:
    """Return the rows of the list: title, person, state, what came of it."""
    table = list(page.all("table"))[-1]
    rows = [[*row.all("th"), *row.all("td")] for row in table.all("tr")]
    return [[cell.text for cell in row] for row in rows if len(list(row)) == 4][1:]


def test_how_far_each_kind_of_row_is(researcher: Client, one: ArmRun, person: m.Enrollment) -> None:
    """Waiting, put off, in work, done, failed; failures by why."""
    later = timezone.now() + timedelta(minutes=5)
    extraction(one, person, settled_at=None)
    extraction(one, person, settled_at=None, due_at=later)
    extraction(one, person, settled_at=None, lease_until=later, worker="w")
    extraction(one, person, "The user sails.")
    for _n in range(2):
        extraction(one, person, **FAILED)
    page = read(researcher.get(path(one)))
    found = kinds(page)["Conversations read"]
    assert found[1:] == ["1", "1", "2"]
    assert found[0].startswith("2")
    assert "1 after a failure" in found[0]
    assert "2 failed" in page.text
    assert "unavailable: no connection Conversations read: 2 times" in page.text


def test_rate_spend_and_errors(researcher: Client, one: ArmRun) -> None:
    """The same parts as for judges, from the ledger of this run."""
    minute = timezone.now() - timedelta(minutes=1)
    noted(one, minute, answered=30, timeout=2)
    ArmRun.objects.filter(pk=one.pk).update(
        spent_micros=30_000, currency="EUR", budget_micros=2_000_000, settled=3, withheld=2
    )
    page = read(researcher.get(path(one)))
    tiles = {
        next(tile.all("dt")).text: " ".join(each.text for each in tile.all("dd"))
        for tile in page.all("div", "tile")
    }
    assert tiles["Answers"].startswith("30")
    assert tiles["Spent"].startswith("0.03 EUR of 2.00 EUR")
    assert "no answer in time" in page.text
    assert "2 are left out: their people withdrew" in page.text


def test_the_page_follows_the_run(researcher: Client, one: ArmRun) -> None:
    """The part asks for itself while the run moves, and no longer when it is done."""
    part = read(researcher.get(path(one), headers={"HX-Request": "true"}))
    assert not list(part.all("h1"))
    (follows,) = (each for each in part.all("div") if each.attributes.get("id") == "progress")
    assert follows.attributes["hx-get"] == path(one)
    ArmRun.objects.filter(pk=one.pk).update(finished_at=timezone.now(), settled=4)
    part = read(researcher.get(path(one), headers={"HX-Request": "true"}))
    assert not [each for each in part.all("div") if "hx-get" in each.attributes]
    assert "Show what has come since" in part.text


def test_rows_with_what_came_of_them(researcher: Client, one: ArmRun, person: m.Enrollment) -> None:
    """What was found, what was not kept, why one failed; by state, as asked for."""
    extraction(one, person, "The user sails.", dropped={"below_floor": 2})
    bad = extraction(one, person, **FAILED)
    rows = listed(read(researcher.get(path(one))))
    assert [row[1] for row in rows] == [person.participant.pseudonym] * 2
    assert rows[0][2:] == ["Done", "1 attribute; 2 not kept: less sure than the least confidence"]
    assert rows[1][2:] == ["Failed", "unavailable: no connection"]
    rows = listed(read(researcher.get(f"{path(one)}?kind=extraction&which=failed")))
    assert [row[0] for row in rows] == [f"Conversation {bad.conversation_id}"]
    page = read(researcher.get(f"{path(one)}?kind=merging"))
    assert "Nothing yet" in page.text


def test_long_lists_have_pages(researcher: Client, one: ArmRun, person: m.Enrollment) -> None:
    """Every row stands on one page, and on one alone."""
    for _n in range(23):
        extraction(one, person)
    page = read(researcher.get(path(one)))
    first = listed(page)
    (more,) = (a.attributes["href"] for a in page.all("a") if a.attributes.get("rel") == "next")
    rest = listed(read(researcher.get(path(one) + more)))
    assert (len(first), len(rest)) == (20, 3)
    assert len({row[0] for row in first + rest}) == 23


def test_rows_of_other_steps(researcher: Client, person: m.Enrollment) -> None:
    """Checks and rewrites say what was doubtful; responses begin with their text."""
    checks = run_of(arm(person.study, "revision"))
    known = make.attribute(study=person.study, of=person.participant)
    revision(checks, known, flagged=True, why="too general")
    revision(
        checks, known, kind="rewrite", round=1, flagged=None, new_text="The user sails in May."
    )
    revision(checks, known, kind="rewrite", round=2, flagged=None, new_text="")
    said = [row[3] for row in listed(read(researcher.get(path(checks))))]
    assert said == [
        "Doubtful: too general", "Written anew: The user sails in May.", "Withdrawn",
    ]  # fmt: skip
    writes = run_of(arm(person.study, "generation"))
    generation(writes, person, "Try the lake.")
    (row,) = listed(read(researcher.get(path(writes))))
    assert (row[0], row[3]) == ("Where should I go?", "Try the lake.")


def test_one_row_with_prompt_and_answers(
    researcher: Client, one: ArmRun, person: m.Enrollment
) -> None:
    """Every attempt, what was sent with people's texts framed, and what was made of it."""
    row = extraction(one, person, "The user sails.")
    called(row, 0, error="timeout: no answer in 60 s")
    called(row, 1, "[the raw answer]", of="I knit.")
    page = read(researcher.get(path(one, f"rows/extraction/{row.pk}/")))
    assert "no answer in time" in page.text
    assert "[the raw answer]" in page.text
    (framed,) = page.all("span", "prompt-data")
    assert "I knit." in framed.text
    (thing,) = page.all("p", "arm-thing")
    assert thing.text == "The user sails."
    assert "They said so. · confidence 0.8" in page.text


def test_a_row_that_failed(researcher: Client, one: ArmRun, person: m.Enrollment) -> None:
    row = extraction(one, person, **FAILED)
    page = read(researcher.get(path(one, f"rows/extraction/{row.pk}/")))
    assert "unavailable: no connection" in page.text
    assert "No model was asked for this." in page.text


# Steering.


def test_a_run_is_paused_and_goes_on(researcher: Client, user: m.User, one: ArmRun) -> None:
    """By whom is said; a second press changes nothing; a job waits when it goes on."""
    page = read(researcher.post(path(one, "pause/"), follow=True))
    assert "What is under way is still saved." in page.text
    assert "The run has paused" in page.text
    assert now_of(one).trouble == f"asked: {user}"
    at = now_of(one).paused_at
    researcher.post(path(one, "pause/"))
    assert now_of(one).paused_at == at
    page = read(researcher.post(path(one, "again/"), follow=True))
    assert "The run goes on." in page.text
    assert (now_of(one).paused_at, jobs(one)) == (None, 1)


def test_a_run_is_cancelled(researcher: Client, one: ArmRun) -> None:
    assert "Cancel it for good" in read(researcher.get(path(one))).text
    page = read(researcher.post(path(one, "cancel/"), follow=True))
    assert "The run is cancelled." in page.text
    assert "Cancel it for good" not in page.text
    assert now_of(one).cancelled_at is not None


def test_what_failed_is_tried_again(researcher: Client, one: ArmRun, person: m.Enrollment) -> None:
    """The run opens again with its failed rows; what was done stays; a second press says so."""
    done = extraction(one, person, "The user sails.")
    failed = extraction(one, person, **FAILED)
    ArmRun.objects.filter(pk=one.pk).update(finished_at=timezone.now(), settled=2, planned=2)
    assert "Try what failed again" in read(researcher.get(path(one))).text
    page = read(researcher.post(path(one, "retry/"), follow=True))
    assert "1 is tried again." in page.text
    assert (now_of(one).finished_at, now_of(one).settled, jobs(one)) == (None, 1, 1)
    assert Extraction.objects.get(pk=failed.pk).settled_at is None
    assert Extraction.objects.get(pk=done.pk).settled_at is not None
    page = read(researcher.post(path(one, "retry/"), follow=True))
    assert "Nothing is left to try again." in page.text


def test_limits_are_changed_while_it_runs(researcher: Client, one: ArmRun) -> None:
    soon = timezone.localtime(timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    sent = {"budget": "2.5", "deadline": soon.strftime("%Y-%m-%dT%H:%M")}
    page = read(researcher.post(path(one, "limits/"), sent, follow=True))
    assert "Saved." in page.text
    assert (now_of(one).budget_micros, now_of(one).deadline) == (2_500_000, soon)


def test_a_run_that_waited_for_money_goes_on(researcher: Client, one: ArmRun) -> None:
    ArmRun.objects.filter(pk=one.pk).update(
        paused_at=timezone.now(), trouble="budget: spent", budget_micros=1_000_000,
        spent_micros=1_000_000,
    )  # fmt: skip
    page = read(researcher.post(path(one, "limits/"), {"budget": "2", "deadline": ""}, follow=True))
    assert "The run goes on." in page.text
    assert (now_of(one).paused_at, jobs(one)) == (None, 1)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"budget": "-1"}, "greater than or equal to 0"),
        ({"budget": "nan"}, "Enter a number"),
        ({"deadline": "2001-01-01T10:00"}, "This time is over"),
    ],
)
def test_bad_limits_change_nothing(
    researcher: Client, one: ArmRun, sent: dict[str, str], said: str
) -> None:
    """The page says what is wrong, and keeps what was entered."""
    ArmRun.objects.filter(pk=one.pk).update(budget_micros=77)
    response = researcher.post(path(one, "limits/"), sent)
    assert response.status_code == 422
    page = read(response)
    assert said in page.text
    assert sent.popitem()[1] in [each.attributes.get("value") for each in page.all("input")]
    assert now_of(one).budget_micros == 77


# For whom, and how.

ACTIONS = ["pause/", "again/", "cancel/", "retry/", "limits/"]


def row_path(one: ArmRun, person: m.Enrollment) -> str:
    return path(one, f"rows/extraction/{extraction(one, person).pk}/")


def test_not_for_a_stranger(client: Client, one: ArmRun, person: m.Enrollment) -> None:
    for page in (path(one), row_path(one, person)):
        assert client.get(page)["Location"] == f"/signin/?next={page}"


@pytest.mark.parametrize("page", ACTIONS)
def test_nothing_is_done_by_a_stranger(client: Client, one: ArmRun, page: str) -> None:
    assert client.post(path(one, page), {"budget": "3"})["Location"].startswith("/signin/")
    run = now_of(one)
    assert (run.cancelled_at, run.paused_at, run.budget_micros) == (None, None, None)


def test_not_for_somebody_who_may_not(
    researcher: Client, user: m.User, one: ArmRun, person: m.Enrollment
) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    for page in (path(one), row_path(one, person)):
        assert researcher.get(page).status_code == 302


@pytest.mark.parametrize("page", ACTIONS)
def test_not_without_the_token(careful: Client, one: ArmRun, page: str) -> None:
    assert careful.post(path(one, page)).status_code == 403


def test_wrong_method(researcher: Client, one: ArmRun, person: m.Enrollment) -> None:
    for page in (path(one), row_path(one, person)):
        assert researcher.post(page).status_code == 405
    for page in ACTIONS:
        assert researcher.get(path(one, page)).status_code == 405


@pytest.mark.parametrize(
    "asked", [{"kind": "judgment"}, {"which": "good"}, {"after": "x"}, {"kind": "generation"}]
)
def test_bad_input(researcher: Client, one: ArmRun, asked: dict[str, Any]) -> None:
    assert researcher.get(path(one), asked).status_code == 404


def test_not_of_another_study_or_run(researcher: Client, one: ArmRun, person: m.Enrollment) -> None:
    other = run_of(arm(make.study()))
    row = extraction(one, person)
    assert researcher.get(path(other, f"rows/extraction/{row.pk}/")).status_code == 404
    assert researcher.get(path(one, f"rows/reply/{row.pk}/")).status_code == 404
    away = path(one).replace(one.study.name, other.study.name)
    assert researcher.get(away).status_code == 404
