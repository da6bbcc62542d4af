"""The pages of runs: the list, a new run, one run with its raw answers."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from personalization.models import JudgeRun, Verdict
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import (
    asked,
    baseline,
    compared,
    go,
    jobs,
    place,
    run,
    study,
    to_the_end,
)
from tests.personalization.views.cost import queries_of
from tests.personalization.views.labelled import Labelled
from tests.personalization.views.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole() -> m.Study:
    """A study with items of every kind."""
    return study(make.enrolled())


@pytest.fixture
def one(whole: m.Study) -> JudgeRun:
    """A run that waits for a worker."""
    return run(whole, "attribute", at=make.endpoint(url="https://m.example.org"))


def path(of: m.Study, page: str = "") -> str:
    return f"/studies/{of.name}/runs/{page}"


def form(of: m.Study, *kinds: str, **more: object) -> dict[str, Any]:
    """Return a form that asks for the questions of these kinds."""
    return {"questions": [one.pk for one in asked(of, *kinds)], "temperature": "0", **more}


# The list.


def test_the_list_says_how_far_runs_are(researcher: Client, one: JudgeRun) -> None:
    """The judge, its state, its progress; a baseline that is done; the page follows."""
    baseline(one.study, "random", "relevance")
    page = read(researcher.get(path(one.study)))
    assert one.rater.name in page.text
    assert "Waiting for a worker" in page.text
    assert "Baseline" in page.text
    assert "3 / 3" in page.text
    (part,) = (each for each in page.all("div") if each.attributes.get("id") == "runs")
    assert part.attributes["hx-get"] == path(one.study)
    assert [a.text for a in page.all("a", "button-primary")] == ["New run"]


def test_the_list_is_still_when_nothing_moves(researcher: Client, whole: m.Study) -> None:
    assert "No judge has answered yet" in read(researcher.get(path(whole))).text
    baseline(whole, "random", "relevance")
    response = researcher.get(path(whole), headers={"HX-Request": "true"})
    assert b"hx-trigger" not in response.content
    assert b"<html" not in response.content


def test_the_list_costs_the_same_with_many(researcher: Client, whole: m.Study) -> None:
    baseline(whole, "random", "relevance")
    before = queries_of(researcher, path(whole))
    baseline(whole, "always_yes", "relevance")
    baseline(whole, "longer", "overall")
    assert queries_of(researcher, path(whole)) == before <= 8


def test_what_has_no_value_is_counted(
    researcher: Client, whole: m.Study, llm_server: LLMServer
) -> None:
    """Unreadable, refused and failed, each with a link to such answers."""
    llm_server.say(None, "Well, well.")
    llm_server.misbehave("refusal", None, matching="night")
    done = to_the_end(run(whole, "attribute", at=place(llm_server)))
    page = read(researcher.get(path(whole)))
    links = {a.text: a.attributes["href"] for a in page.all("a")}
    assert links["2 unreadable"] == f"{path(whole)}{done.pk}/?reason=unparsed"
    assert "1 refused" in links


def test_trouble_is_said_with_a_way_out(
    researcher: Client, one: JudgeRun, llm_server: LLMServer
) -> None:
    """What the endpoint said, what to do, and a button that does it."""
    endpoint = place(llm_server)
    llm_server.misbehave("unauthorized", None)
    paused = go(run(one.study, "relevance", at=endpoint))
    for address in (path(one.study), f"{path(one.study)}{paused.pk}/"):
        text = read(researcher.get(address)).text
        assert "The run has paused" in text
        assert "does not accept the key" in text
        assert "This key is not known." in text
    again = f"{path(one.study)}{paused.pk}/again/"
    assert researcher.post(again)["Location"] == f"{path(one.study)}{paused.pk}/"
    assert researcher.post(again).status_code == 302
    paused.refresh_from_db()
    assert (paused.paused_at, paused.trouble, jobs(paused)) == (None, "", 1)


# A new run.


def test_the_form_starts_with_what_is_usual(researcher: Client, whole: m.Study) -> None:
    """The usual endpoint, all questions but the error code, no baseline."""
    page = read(researcher.get(path(whole, "new/")))
    boxes = [one for one in page.all("input") if one.attributes.get("type") == "checkbox"]
    chosen = [one.attributes["name"] for one in boxes if "checked" in one.attributes]
    assert chosen == ["questions"] * 4
    (endpoint,) = page.all("select")
    (selected,) = (one for one in endpoint.all("option") if "selected" in one.attributes)
    assert selected.text == "offline-stand-in"


def test_how_many_calls_before_any_is_made(researcher: Client, whole: m.Study) -> None:
    """Items and calls are counted; what is not sent is said; nothing is made of it."""
    m.Enrollment.objects.update(scopes=["use"])
    make.enrolled(study=whole)
    outside = make.endpoint(url="https://m.example.org", provider="Models Ltd")
    here = make.endpoint(url="https://m.example.org")
    asking = form(whole, "attribute", "overall", check="1")
    text = read(researcher.post(path(whole, "new/"), asking | {"endpoint": here.pk})).text
    assert "4 items are to be judged. The judge is called 5 times" in text
    text = read(researcher.post(path(whole, "new/"), asking | {"endpoint": outside.pk})).text
    assert "4 items are not sent" in text
    part = researcher.post(
        path(whole, "new/"), asking | {"endpoint": here.pk}, headers={"HX-Request": "true"}
    )
    assert b"5 times" in part.content
    assert b"<form" not in part.content
    assert not JudgeRun.objects.exists()
    assert not m.Rater.objects.filter(kind="judge").exists()


def test_a_run_is_started(researcher: Client, user: m.User, whole: m.Study) -> None:
    """By whom, of what, with which model; the page of the run opens."""
    endpoint = make.endpoint(url="https://m.example.org", model="usual")
    sent = form(whole, "attribute", endpoint=endpoint.pk, start="1")
    response = researcher.post(path(whole, "new/"), sent)
    one = JudgeRun.objects.get()
    assert response["Location"] == f"{path(whole)}{one.pk}/"
    assert (one.by, one.source, one.endpoint) == (user, "called", endpoint)
    assert one.rater.configuration["model"] == "usual"
    assert one.rater.configuration["sampling"] == {"temperature": 0}
    assert one.questions == [asked(whole, "attribute")[0].pk]
    assert jobs(one) == 1
    again = researcher.post(path(whole, "new/"), sent)  # pressed twice
    assert again["Location"] == response["Location"]
    assert (JudgeRun.objects.count(), jobs(one)) == (1, 1)


def test_baselines_are_started(researcher: Client, whole: m.Study) -> None:
    """Each is a run of its own; several lead to the list."""
    sent = form(whole, "relevance", "overall", baselines=["random", "longer"], start="1")
    assert researcher.post(path(whole, "new/"), sent)["Location"] == path(whole)
    assert JudgeRun.objects.filter(source="computed").count() == 2
    text = read(researcher.post(path(whole, "new/"), sent | {"check": "1", "start": ""})).text
    assert "Please" not in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "Choose an endpoint, or at least one baseline."),
        ({"baselines": ["magic"]}, "magic"),
        ({"endpoint": "999"}, "Select a valid choice"),
        ({"endpoint": "x"}, "Select a valid choice"),
        ({"baselines": ["random"], "questions": []}, "This field is required"),
        ({"baselines": ["random"], "questions": ["999999"]}, "Select a valid choice"),
        ({"baselines": ["random"], "temperature": "9"}, "less than or equal to 2"),
        ({"baselines": ["random"], "temperature": "nan"}, "Enter a number"),
        ({"baselines": ["random"], "model": "m\0"}, "Null characters"),
        ({"baselines": ["random"], "model": "m" * 201}, "at most 200 characters"),
        ({"baselines": ["longer"]}, "nothing to say about these questions"),
    ],
)
def test_bad_input_starts_nothing(
    researcher: Client, whole: m.Study, wrong: dict[str, Any], said: str
) -> None:
    """The page says what is wrong, and keeps what was entered."""
    response = researcher.post(
        path(whole, "new/"), {**form(whole, "attribute", start="1"), **wrong}
    )
    assert response.status_code == 422
    assert said in read(response).text
    assert not JudgeRun.objects.exists()


def test_a_question_of_another_study_is_not_offered(researcher: Client, whole: m.Study) -> None:
    other = make.question()
    sent = form(whole, baselines=["random"], start="1") | {"questions": [other.pk]}
    assert researcher.post(path(whole, "new/"), sent).status_code == 422


def test_an_endpoint_without_a_model_needs_one(researcher: Client, whole: m.Study) -> None:
    bare = make.endpoint(url="https://m.example.org", model="")
    sent = form(whole, "attribute", endpoint=bare.pk, start="1")
    response = researcher.post(path(whole, "new/"), sent)
    assert "This endpoint has no usual model" in read(response).text
    assert researcher.post(path(whole, "new/"), sent | {"model": "m"}).status_code == 302


def test_a_closed_endpoint_is_not_offered(researcher: Client, whole: m.Study) -> None:
    closed = make.endpoint(url="https://m.example.org", closed_at=timezone.now())
    sent = form(whole, "attribute", endpoint=closed.pk, start="1")
    assert researcher.post(path(whole, "new/"), sent).status_code == 422


# One run.


def test_both_orders_beside_each_other(researcher: Client, llm_server: LLMServer) -> None:
    """What was read, the raw answer of each order, and what they come to."""
    whole = compared(make.enrolled(), "Try the lake.", "Try the sea.")
    llm_server.say(None, "The first <b>one</b>.\nAnswer: 1")
    done = go(run(whole, "overall", at=place(llm_server)))
    page = read(researcher.get(f"{path(whole)}{done.pk}/"))
    first, second = page.all("section", "compare-side")
    assert "first order" in first.text
    assert "A is much better" in first.text
    assert "B is much better" in second.text
    assert first.text.count("The first <b>one</b>.") == second.text.count("Answer: 1") == 1
    assert "inconsistent between orders · score 3" in page.text
    assert "2 / 2" in page.text


def test_only_answers_without_a_value(
    researcher: Client, whole: m.Study, llm_server: LLMServer
) -> None:
    llm_server.say(None, "Answer: accepted")
    llm_server.misbehave("bad_request", None, matching="children")
    done = go(run(whole, "attribute", at=place(llm_server, concurrency=1)))
    page = read(researcher.get(f"{path(whole)}{done.pk}/?reason=failed"))
    assert [one.text for one in page.all("h3", "card-title")] == ["The user has two children."]
    assert "This request is not understood." in page.text
    assert researcher.get(f"{path(whole)}{done.pk}/?reason=tired").status_code == 404


def test_a_long_run_is_read_in_pages(researcher: Client) -> None:
    """Ten items at a time, each of them once; the cost does not grow with the run."""
    whole = make.study()
    study(*(make.enrolled(study=whole) for _person in range(4)))
    done = baseline(whole, "random", "attribute")
    titles, query = [], ""
    while True:
        page = read(researcher.get(f"{path(whole)}{done.pk}/{query}"))
        titles += [one.text for one in page.all("h3", "card-title")]
        further = [a for a in page.all("a") if a.attributes.get("rel") == "next"]
        if not further:
            break
        query = further[0].attributes["href"]
    assert len(titles) == 12
    assert queries_of(researcher, f"{path(whole)}{done.pk}/") <= 12


def test_a_run_is_cancelled(researcher: Client, one: JudgeRun) -> None:
    """With a message; a second press changes nothing; there is no button any more."""
    address = f"{path(one.study)}{one.pk}/"
    assert "Cancel the run" in read(researcher.get(address)).text
    response = researcher.post(f"{address}cancel/", follow=True)
    assert "What is settled stays." in read(response).text
    one.refresh_from_db()
    at = one.cancelled_at
    assert at is not None
    response = researcher.post(f"{address}cancel/", follow=True)
    one.refresh_from_db()
    assert one.cancelled_at == at
    text = read(response).text
    assert "Cancelled" in text
    assert "Cancel the run" not in text


def test_the_progress_follows_by_itself(researcher: Client, one: JudgeRun) -> None:
    part = researcher.get(f"{path(one.study)}{one.pk}/", headers={"HX-Request": "true"})
    assert b'id="progress"' in part.content
    assert b"<html" not in part.content


def test_an_imported_run_has_a_page(researcher: Client, small: Labelled) -> None:
    imported = small.study.judge_runs.get(rater__name="swapper")
    page = read(researcher.get(f"{path(small.study)}{imported.pk}/"))
    assert "Imported" in page.text
    assert "item-0000" in page.text
    assert Verdict.objects.filter(run=imported).exists()


# For whom, and how.


PAGES = ["", "new/", "{pk}/"]
ACTIONS = ["new/", "{pk}/cancel/", "{pk}/again/"]


@pytest.mark.parametrize("page", PAGES)
def test_not_for_a_stranger(client: Client, one: JudgeRun, page: str) -> None:
    address = path(one.study, page.format(pk=one.pk))
    assert client.get(address)["Location"] == f"/signin/?next={address}"


@pytest.mark.parametrize("page", ACTIONS)
def test_nothing_is_done_by_a_stranger(client: Client, one: JudgeRun, page: str) -> None:
    response = client.post(path(one.study, page.format(pk=one.pk)), {"start": "1"})
    assert response["Location"].startswith("/signin/")
    one.refresh_from_db()
    assert (one.cancelled_at, JudgeRun.objects.count()) == (None, 1)


@pytest.mark.parametrize("page", PAGES)
def test_not_for_an_inactive_account(
    researcher: Client, user: m.User, one: JudgeRun, page: str
) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(path(one.study, page.format(pk=one.pk))).status_code == 302


@pytest.mark.parametrize("page", ACTIONS)
def test_not_without_the_token(careful: Client, one: JudgeRun, page: str) -> None:
    """A form of another site can do nothing."""
    response = careful.post(path(one.study, page.format(pk=one.pk)), {"start": "1"})
    assert response.status_code == 403


def test_wrong_method(researcher: Client, one: JudgeRun) -> None:
    for page in ("", f"{one.pk}/"):
        assert researcher.post(path(one.study, page)).status_code == 405
    for page in (f"{one.pk}/cancel/", f"{one.pk}/again/"):
        assert researcher.get(path(one.study, page)).status_code == 405
    for page in ("", "new/", f"{one.pk}/"):
        assert researcher.delete(path(one.study, page)).status_code == 405


@pytest.mark.parametrize("page", ["0/", "999999/", "x/", "1/cancel", "new", "?page=x"])
def test_what_does_not_exist(researcher: Client, one: JudgeRun, page: str) -> None:
    """No such run is a 404; a senseless page number is the first page."""
    status = researcher.get(path(one.study, page)).status_code
    assert status == (200 if page.startswith("?") else 301 if page in ("1/cancel", "new") else 404)


def test_a_run_of_another_study_is_not_found(researcher: Client, one: JudgeRun) -> None:
    other = make.study()
    assert researcher.get(f"{path(other)}{one.pk}/").status_code == 404
    assert researcher.post(f"{path(other)}{one.pk}/cancel/").status_code == 404


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30])
def test_a_senseless_place_in_the_list(researcher: Client, one: JudgeRun, after: str) -> None:
    assert researcher.get(f"{path(one.study)}{one.pk}/?after={after}").status_code == 404
