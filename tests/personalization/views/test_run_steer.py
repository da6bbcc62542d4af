"""Steering a run: pause, go on, cancel, other limits; and who may look at runs at all."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from personalization.models import JudgeRun, Price
from tests import factories as make
from tests.personalization.judge.judged import jobs
from tests.personalization.views.kept_runs import called_run
from tests.personalization.views.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> JudgeRun:
    """A run of a judge whose price is known."""
    endpoint = make.endpoint(url="https://m.example.org")
    run = called_run(make.study(), endpoint=endpoint)
    run.rater.configuration = {"endpoint": "lab", "model": "small-1"}
    run.rater.save()
    Price.objects.create(
        endpoint=endpoint, model="small-1", since="2026-01-01", input_micros=1_000_000,
        output_micros=2_000_000, currency="EUR", source="a list",
    )  # fmt: skip
    return run


def path(run: JudgeRun, page: str = "") -> str:
    return f"/studies/{run.study.name}/runs/{run.pk}/{page}"


def now_of(run: JudgeRun) -> JudgeRun:
    return JudgeRun.objects.get(pk=run.pk)


def test_a_run_is_paused_and_goes_on(researcher: Client, user: m.User, one: JudgeRun) -> None:
    """By whom is said; a second press changes nothing; a job waits when it goes on."""
    assert "Pause" in [each.text for each in read(researcher.get(path(one))).all("button")]
    page = read(researcher.post(path(one, "pause/"), follow=True))
    assert "What is under way is still saved." in page.text
    paused = now_of(one)
    assert paused.paused_at is not None
    assert paused.trouble == f"asked: {user}"
    assert "Pause" not in [each.text for each in page.all("button")]
    researcher.post(path(one, "pause/"))
    assert now_of(one).paused_at == paused.paused_at
    page = read(researcher.post(path(one, "again/"), follow=True))
    assert "The run goes on." in page.text
    assert (now_of(one).paused_at, now_of(one).trouble, jobs(one)) == (None, "", 1)


def test_a_fault_is_not_painted_over_by_a_pause(researcher: Client, one: JudgeRun) -> None:
    JudgeRun.objects.filter(pk=one.pk).update(paused_at=timezone.now(), trouble="budget: spent")
    researcher.post(path(one, "pause/"))
    assert now_of(one).trouble == "budget: spent"


def test_a_run_is_cancelled(researcher: Client, one: JudgeRun) -> None:
    """What that means is said beside the button; a second press changes nothing."""
    page = read(researcher.get(path(one)))
    assert "this run does not go on again" in page.text
    assert "Cancel it for good" in [each.text for each in page.all("button")]
    page = read(researcher.post(path(one, "cancel/"), follow=True))
    assert "What is settled stays." in page.text
    assert "Cancel it for good" not in page.text
    at = now_of(one).cancelled_at
    assert at is not None
    researcher.post(path(one, "cancel/"))
    assert now_of(one).cancelled_at == at
    researcher.post(path(one, "pause/"))
    assert now_of(one).paused_at is None


def test_limits_are_changed_while_it_runs(researcher: Client, one: JudgeRun) -> None:
    """The form starts with those that hold."""
    soon = timezone.localtime(timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    sent = {"budget": "2.5", "deadline": soon.strftime("%Y-%m-%dT%H:%M")}
    page = read(researcher.post(path(one, "limits/"), sent, follow=True))
    assert "Saved." in page.text
    assert (now_of(one).budget_micros, now_of(one).deadline) == (2_500_000, soon)
    fields = {
        each.attributes.get("name"): each.attributes.get("value") for each in page.all("input")
    }
    assert (fields["budget"], fields["deadline"]) == ("2.5", sent["deadline"])
    researcher.post(path(one, "limits/"), {"budget": "", "deadline": ""})
    assert (now_of(one).budget_micros, now_of(one).deadline) == (None, None)


@pytest.mark.parametrize(
    ("trouble", "sent", "goes_on"),
    [
        ("budget: 1.00 EUR of 1.00 EUR is spent", {"budget": "2"}, True),
        ("budget: 1.00 EUR of 1.00 EUR is spent", {"budget": ""}, True),
        ("budget: 1.00 EUR of 1.00 EUR is spent", {"budget": "1"}, False),
        ("deadline: over", {"budget": "1"}, True),
        ("no_price: none is known", {"budget": ""}, True),
        ("asked: maryam", {"budget": "2"}, False),
        ("unauthorized: no", {"budget": "2"}, False),
    ],
)
def test_a_run_that_waited_for_just_that_goes_on(
    researcher: Client, one: JudgeRun, trouble: str, sent: dict[str, str], goes_on: bool
) -> None:
    JudgeRun.objects.filter(pk=one.pk).update(
        paused_at=timezone.now(), trouble=trouble, budget_micros=1_000_000, spent_micros=1_000_000
    )
    page = read(researcher.post(path(one, "limits/"), {"deadline": ""} | sent, follow=True))
    assert ("The run goes on." in page.text) is goes_on
    assert (now_of(one).paused_at is None) is goes_on
    assert jobs(one) == goes_on


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"budget": "-1"}, "greater than or equal to 0"),
        ({"budget": "lots"}, "Enter a number"),
        ({"budget": "nan"}, "Enter a number"),
        ({"budget": "1e30"}, "less than or equal to"),
        ({"budget": "0.00000001"}, "decimal places"),
        ({"deadline": "yesterday"}, "Enter a valid date/time"),
        ({"deadline": "2001-01-01T10:00"}, "This time is over"),
    ],
)
def test_bad_limits_change_nothing(
    researcher: Client, one: JudgeRun, sent: dict[str, str], said: str
) -> None:
    """The page says what is wrong, and keeps what was entered."""
    JudgeRun.objects.filter(pk=one.pk).update(budget_micros=77)
    response = researcher.post(path(one, "limits/"), sent)
    assert response.status_code == 422
    page = read(response)
    assert said in page.text
    assert sent.popitem()[1] in [each.attributes.get("value") for each in page.all("input")]
    assert now_of(one).budget_micros == 77


def test_no_budget_without_a_price(researcher: Client, one: JudgeRun) -> None:
    Price.objects.all().delete()
    response = researcher.post(path(one, "limits/"), {"budget": "3"})
    assert response.status_code == 422
    assert "No price of this model is known" in read(response).text


def test_the_limits_of_a_run_that_is_over_stay(researcher: Client, one: JudgeRun) -> None:
    JudgeRun.objects.filter(pk=one.pk).update(finished_at=timezone.now())
    page = read(researcher.post(path(one, "limits/"), {"budget": "3"}, follow=True))
    assert "This run is over" in page.text
    assert now_of(one).budget_micros is None


# For whom, and how.


PAGES = ["../", "../new/", "", "items/1/"]
ACTIONS = ["../new/", "cancel/", "again/", "pause/", "limits/"]


def address(one: JudgeRun, page: str) -> str:
    return path(one, page).replace(f"{one.pk}/../", "")


@pytest.mark.parametrize("page", PAGES)
def test_not_for_a_stranger(client: Client, one: JudgeRun, page: str) -> None:
    assert client.get(address(one, page))["Location"] == f"/signin/?next={address(one, page)}"


@pytest.mark.parametrize("page", ACTIONS)
def test_nothing_is_done_by_a_stranger(client: Client, one: JudgeRun, page: str) -> None:
    response = client.post(address(one, page), {"start": "1", "budget": "3"})
    assert response["Location"].startswith("/signin/")
    run = now_of(one)
    assert (run.cancelled_at, run.paused_at, run.budget_micros) == (None, None, None)
    assert JudgeRun.objects.count() == 1


@pytest.mark.parametrize("page", PAGES)
def test_not_for_an_inactive_account(
    researcher: Client, user: m.User, one: JudgeRun, page: str
) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(address(one, page)).status_code == 302


@pytest.mark.parametrize("page", ACTIONS)
def test_not_without_the_token(careful: Client, one: JudgeRun, page: str) -> None:
    """A form of another site can do nothing."""
    assert careful.post(address(one, page), {"start": "1"}).status_code == 403


def test_wrong_method(researcher: Client, one: JudgeRun) -> None:
    for page in ("../", "", "items/1/"):
        assert researcher.post(address(one, page)).status_code == 405
    for page in ("cancel/", "again/", "pause/", "limits/"):
        assert researcher.get(address(one, page)).status_code == 405
    for page in ("../", "../new/", ""):
        assert researcher.delete(address(one, page)).status_code == 405


@pytest.mark.parametrize("page", ["0/", "999999/", "x/", "1/cancel", "new"])
def test_what_does_not_exist(researcher: Client, one: JudgeRun, page: str) -> None:
    status = researcher.get(address(one, f"../{page}")).status_code
    assert status == (301 if page in ("1/cancel", "new") else 404)


def test_a_run_of_another_study_cannot_be_steered(researcher: Client, one: JudgeRun) -> None:
    other = make.study()
    for page in ("cancel/", "pause/", "again/", "limits/"):
        wrong = path(one, page).replace(one.study.name, other.name)
        assert researcher.post(wrong).status_code == 404
    assert now_of(one).cancelled_at is None
