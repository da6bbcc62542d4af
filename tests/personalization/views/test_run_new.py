"""A new run: who judges, how, what that takes, and the start."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from annotation import models as m
from personalization.models import Endpoint, JudgeRun, PromptVersion
from personalization.prompt_versions import add, newest
from personalization.prompts import body_of
from tests import factories as make
from tests import laid
from tests.personalization.embedding.models import save_model
from tests.personalization.judge.judged import asked, jobs, study
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db

PLAIN = {
    "answer": "value",
    "persona": "none",
    "context": "attributes",
    "tie": "on",
    "reasons": "on",
}


@pytest.fixture
def whole() -> m.Study:
    """A study with items of every kind, that asks its people two things about themselves."""
    return telling(study(make.enrolled()))


@pytest.fixture
def small() -> m.Study:
    """A study with three attributes of one person to look at."""
    person = make.enrolled()
    laid.review(person)
    return telling(person.study)


def telling(made: m.Study) -> m.Study:
    """Ask the people of a study two things about themselves."""
    for position, (key, label) in enumerate([("age", "Age"), ("job", "Occupation")]):
        m.ProfileField.objects.create(
            study=made, key=key, label=label, sentence="They say {value}.", position=position
        )
    return made


@pytest.fixture
def endpoint() -> Endpoint:
    return make.endpoint(url="https://m.example.org", model="usual")


def path(of: m.Study, page: str = "new/") -> str:
    return f"/studies/{of.name}/runs/{page}"


def form(of: m.Study, *kinds: str, **more: object) -> dict[str, Any]:
    """Return a form that asks for the questions of these kinds, else as it starts."""
    questions = [one.pk for one in asked(of, *kinds)]
    return {"questions": questions, "temperature": "0"} | PLAIN | more


def tiles(page: Node) -> dict[str, str]:
    return {
        next(tile.all("dt")).text: " ".join(each.text for each in tile.all("dd"))
        for tile in page.all("div", "tile")
    }


def started() -> JudgeRun:
    return JudgeRun.objects.select_related("rater").get()


def test_the_form_starts_with_what_is_usual(researcher: Client, whole: m.Study) -> None:
    """The usual endpoint, all questions but the error code, a plain judge, no baseline."""
    page = read(researcher.get(path(whole)))
    boxes = [one for one in page.all("input") if "checked" in one.attributes]
    chosen = [(one.attributes["name"], one.attributes.get("value", "on")) for one in boxes]
    assert [name for name, _value in chosen].count("questions") == 4
    assert ("answer", "value") in chosen
    assert ("persona", "none") in chosen
    assert ("context", "attributes") in chosen
    assert ("reasons", "on") in chosen
    assert ("tie", "on") in chosen
    assert not [name for name, _value in chosen if name in ("baselines", "twin")]
    (selected,) = (
        each for each in next(page.all("select")).all("option") if "selected" in each.attributes
    )
    assert selected.text == "offline-stand-in"


def test_what_it_takes_before_anything_is_asked(
    researcher: Client, whole: m.Study, endpoint: Endpoint
) -> None:
    """Items, calls, tokens, price, time; nothing is made of it."""
    make.price(at=endpoint)
    sent = form(whole, "attribute", "overall", check="1", endpoint=endpoint.pk)
    page = read(researcher.post(path(whole), sent))
    found = tiles(page)
    assert found["Items"] == "4"
    assert found["Calls"].startswith("5 pairs in both orders")
    assert "received" in found["Tokens"]
    assert "USD" in found["Price"]
    assert "real requests, which were not sent" in page.text
    assert "from: a list" in page.text
    part = researcher.post(path(whole), sent, headers={"HX-Request": "true"})
    assert tiles(read(part)) == found
    assert b"<form" not in part.content
    assert not JudgeRun.objects.exists()
    assert not m.Rater.objects.filter(kind="judge").exists()


@pytest.mark.parametrize(
    ("more", "items", "calls"),
    [
        ({"answer": "samples", "samples": "4", "temperature": ""}, "4", "20 "),
        ({"most_items": "1"}, "1", ""),
        ({"persona": "all", "twin": "on"}, "4", "10 "),
    ],
)
def test_samples_limits_and_twins_change_the_calls(
    researcher: Client,
    whole: m.Study,
    endpoint: Endpoint,
    more: dict[str, str],
    items: str,
    calls: str,
) -> None:
    sent = form(whole, "attribute", "overall", check="1", endpoint=endpoint.pk, **more)
    found = tiles(read(researcher.post(path(whole), sent)))
    assert found["Items"] == items
    assert found["Calls"].startswith(calls)


def test_people_who_are_not_sent_are_said(researcher: Client, whole: m.Study) -> None:
    m.Enrollment.objects.update(scopes=["use"])
    make.enrolled(study=whole)
    outside = make.endpoint(url="https://m.example.org", provider="Models Ltd")
    sent = form(whole, "attribute", "overall", check="1", endpoint=outside.pk)
    assert "4 items are not sent" in read(researcher.post(path(whole), sent)).text


def test_without_a_price_there_is_a_way_to_one(
    researcher: Client, small: m.Study, endpoint: Endpoint
) -> None:
    sent = form(small, "attribute", check="1", endpoint=endpoint.pk)
    page = read(researcher.post(path(small), sent))
    assert "Price" not in tiles(page)
    links = {a.text: a.attributes["href"] for a in page.all("a")}
    assert links["Enter it on the endpoint's page"] == f"/endpoints/{endpoint.name}/"


def test_a_small_budget_is_warned_of(
    researcher: Client, small: m.Study, endpoint: Endpoint
) -> None:
    make.price(at=endpoint)
    sent = form(small, "attribute", check="1", endpoint=endpoint.pk, budget="0.00001")
    assert "The budget may be too small" in read(researcher.post(path(small), sent)).text
    sent |= {"budget": "100"}
    assert "The budget may be too small" not in read(researcher.post(path(small), sent)).text


def test_a_run_is_started(
    researcher: Client, user: m.User, small: m.Study, endpoint: Endpoint
) -> None:
    """By whom, of what, with which model; the page of the run opens; a second press starts none."""
    sent = form(small, "attribute", endpoint=endpoint.pk, start="1")
    response = researcher.post(path(small), sent)
    one = started()
    assert response["Location"] == path(small, f"{one.pk}/")
    assert (one.by, one.source, one.endpoint) == (user, "called", endpoint)
    assert one.rater.configuration["model"] == "usual"
    assert one.rater.configuration["sampling"] == {"temperature": 0}
    assert one.questions == [asked(small, "attribute")[0].pk]
    assert jobs(one) == 1
    assert researcher.post(path(small), sent)["Location"] == response["Location"]
    assert (JudgeRun.objects.count(), jobs(one)) == (1, 1)


def test_all_that_is_chosen_reaches_the_judge(
    researcher: Client, whole: m.Study, endpoint: Endpoint
) -> None:
    make.price(at=endpoint, currency="EUR")
    soon = timezone.localtime(timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    sent = {
        "questions": [one.pk for one in asked(whole, "overall")],
        "endpoint": endpoint.pk,
        "model": "usual",
        "temperature": "0.5",
        "max_tokens": "300",
        "seed": "7",
        "answer": "samples",
        "samples": "3",
        "rubric": "Be kind.",
        "persona": "some",
        "persona_fields": ["job"],
        "context": "both",
        "budget": "2.5",
        "deadline": soon.strftime("%Y-%m-%dT%H:%M"),
        "most_items": "10",
        "start": "1",
    }
    response = researcher.post(path(whole), sent)
    assert response.status_code == 302, read(response).text
    one = started()
    assert one.rater.configuration["sampling"] == {
        "temperature": 0.5, "max_tokens": 300, "seed": 7,
    }  # fmt: skip
    assert one.rater.configuration["manner"] == {
        "answer": "samples", "samples": 3, "tie": False, "reasons": False, "rubric": "Be kind.",
        "persona": ["job"], "context": "both", "shots": [],
    }  # fmt: skip
    assert (one.budget_micros, one.currency, one.deadline) == (2_500_000, "EUR", soon)
    assert one.most_items == 10


def test_what_the_chosen_way_does_not_ask_for_is_no_fault(
    researcher: Client, small: m.Study, endpoint: Endpoint
) -> None:
    """Fields that are out of sight may hold anything; log-probabilities have no reasons."""
    sent = form(
        small, "attribute", endpoint=endpoint.pk, start="1", answer="logprobs", samples="-3",
        persona_fields=["nothing"],
    )  # fmt: skip
    response = researcher.post(path(small), sent)
    assert response.status_code == 302, read(response).text
    manner = started().rater.configuration["manner"]
    assert (manner["answer"], manner["samples"], manner["reasons"]) == ("logprobs", 1, False)
    assert manner["persona"] == "none"


def test_a_twin_that_is_told_nothing_about_the_person(
    researcher: Client, whole: m.Study, endpoint: Endpoint
) -> None:
    """Two judges that differ in nothing else; without a persona there is no twin."""
    sent = form(
        whole, "overall", endpoint=endpoint.pk, start="1", persona="all", twin="on", rubric="Hm."
    )
    assert researcher.post(path(whole), sent)["Location"] == path(whole, "")
    first, second = JudgeRun.objects.order_by("pk").select_related("rater")
    manners = [dict(one.rater.configuration["manner"]) for one in (first, second)]
    assert [one.pop("persona") for one in manners] == ["all", "none"]
    assert manners[0] == manners[1]
    again = sent | {"persona": "none", "questions": [asked(whole, "attribute")[0].pk]}
    researcher.post(path(whole), again)
    assert JudgeRun.objects.count() == 3


def test_a_study_without_profile_fields_asks_for_no_persona(researcher: Client) -> None:
    bare = study(make.enrolled())
    page = read(researcher.get(path(bare)))
    assert "asks its people nothing about themselves" in page.text
    assert "persona" not in {one.attributes.get("name") for one in page.all("input")}


def test_a_version_of_a_prompt_is_chosen(
    researcher: Client, user: m.User, small: m.Study, endpoint: Endpoint
) -> None:
    """The usual one is the newest that is shipped; a lab's own is used where somebody says so."""
    usual = newest("judge_attribute")
    body = body_of(usual.text).replace("Task: judge_attribute", "Task: judge_attribute, in short")
    own = add("judge_attribute", body, "shorter", user)
    page = read(researcher.get(path(small)))
    (select,) = (
        each for each in page.all("select") if each.attributes["name"] == "prompt-judge_attribute"
    )
    labels = {each.text: "selected" in each.attributes for each in select.all("option")}
    assert labels[f"version {usual.version} (the usual one)"] is True
    assert labels["version 101: shorter"] is False
    sent = form(small, "attribute", endpoint=endpoint.pk, start="1")
    researcher.post(path(small), sent | {"prompt-judge_attribute": str(own.version)})
    said = started().rater.configuration["prompts"]["judge_attribute"]
    assert said["version"] == 101
    assert PromptVersion.objects.get(pk=own.pk).used_at is not None


def test_baselines_are_started(researcher: Client, whole: m.Study) -> None:
    """Each is a run of its own; several lead to the list; nothing about a model is looked at."""
    sent = form(
        whole, "relevance", "overall", baselines=["random", "longer"], start="1", answer="x",
        temperature="9", budget="-1", deadline="never",
    )  # fmt: skip
    assert researcher.post(path(whole), sent)["Location"] == path(whole, "")
    assert JudgeRun.objects.filter(source="computed").count() == 2
    del sent["start"]
    text = read(researcher.post(path(whole), sent)).text
    assert "2 baselines make no calls." in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"endpoint": ""}, "Choose an endpoint, or at least one baseline."),
        ({"endpoint": "", "baselines": ["magic"]}, "magic"),
        ({"endpoint": "", "baselines": ["longer"]}, "nothing to say about these questions"),
        ({"endpoint": "999"}, "Select a valid choice"),
        ({"endpoint": "x"}, "Select a valid choice"),
        ({"questions": []}, "This field is required"),
        ({"questions": ["999999"]}, "Select a valid choice"),
        ({"temperature": "9"}, "less than or equal to 2"),
        ({"temperature": "nan"}, "Enter a number"),
        ({"max_tokens": "0"}, "greater than or equal to 1"),
        ({"seed": "1.5"}, "Enter a whole number"),
        ({"model": "m\0"}, "Null characters"),
        ({"model": "m" * 201}, "at most 200 characters"),
        ({"answer": "loudly"}, "Select a valid choice"),
        ({"context": ""}, "This field is required"),
        ({"answer": "samples"}, "Say how many."),
        ({"answer": "samples", "samples": "1"}, "greater than or equal to 2"),
        ({"answer": "samples", "samples": "5"}, "Samples at temperature 0 are all the same"),
        ({"persona": "some"}, "Choose at least one."),
        ({"persona": "some", "persona_fields": ["shoe"]}, "Select a valid choice"),
        ({"rubric": "x" * 10_001}, "at most 10000 characters"),
        ({"shots": "21"}, "less than or equal to 20"),
        ({"shots": "2"}, "No item with a known answer for: attribute"),
        ({"most_items": "0"}, "greater than or equal to 1"),
        ({"budget": "-1"}, "greater than or equal to 0"),
        ({"budget": "5"}, "No price of this model is known"),
        ({"deadline": "2001-01-01T10:00"}, "This time is over"),
        ({"prompt-judge_attribute": "77"}, "Select a valid choice"),
        ({"prompt-judge_attribute": "1", "answer": "shares"}, "has no place for"),
    ],
)
def test_bad_input_starts_nothing(
    researcher: Client, small: m.Study, endpoint: Endpoint, wrong: dict[str, Any], said: str
) -> None:
    """The page says what is wrong, and where."""
    sent = {**form(small, "attribute", start="1", endpoint=endpoint.pk), **wrong}
    response = researcher.post(path(small), sent)
    assert response.status_code == 422
    assert said in read(response).text
    assert not JudgeRun.objects.exists()


def test_what_was_entered_stays(researcher: Client, small: m.Study, endpoint: Endpoint) -> None:
    sent = form(
        small, "attribute", start="1", endpoint=endpoint.pk, model="", seed="11", shots="99",
        answer="certainty", rubric="Be <kind>.",
    )  # fmt: skip
    page = read(researcher.post(path(small), sent))
    values = {one.attributes.get("name"): one.attributes.get("value") for one in page.all("input")}
    assert (values["seed"], values["shots"]) == ("11", "99")
    assert "Be <kind>." in page.text
    (answer,) = (
        one.attributes["value"]
        for one in page.all("input")
        if one.attributes.get("name") == "answer" and "checked" in one.attributes
    )
    assert answer == "certainty"


def test_what_is_not_complete_is_said_at_once(
    researcher: Client, small: m.Study, endpoint: Endpoint
) -> None:
    """While somebody is still choosing, without an error page."""
    sent = form(small, "attribute", endpoint=endpoint.pk, persona="some")
    part = researcher.post(path(small), sent, headers={"HX-Request": "true"})
    assert "Choose at least one." in read(part).text
    assert part.status_code == 200  # htmx shows no other


def test_a_question_of_another_study_is_not_offered(researcher: Client, small: m.Study) -> None:
    sent = form(small, baselines=["random"], start="1") | {"questions": [make.question().pk]}
    assert researcher.post(path(small), sent).status_code == 422


def test_an_endpoint_without_a_model_needs_one(researcher: Client, small: m.Study) -> None:
    bare = make.endpoint(url="https://m.example.org", model="")
    sent = form(small, "attribute", endpoint=bare.pk, start="1")
    response = researcher.post(path(small), sent)
    assert "This endpoint has no usual model" in read(response).text
    assert researcher.post(path(small), sent | {"model": "m"}).status_code == 302


def test_a_closed_endpoint_is_not_offered(researcher: Client, small: m.Study) -> None:
    closed = make.endpoint(url="https://m.example.org", closed_at=timezone.now())
    sent = form(small, "attribute", endpoint=closed.pk, start="1")
    assert researcher.post(path(small), sent).status_code == 422


def test_a_price_of_another_day_is_named(
    researcher: Client, small: m.Study, endpoint: Endpoint
) -> None:
    make.price(at=endpoint, since=date(2025, 5, 1), source="the old list")
    make.price(at=endpoint, since=date(2026, 2, 1), source="the new list")
    make.price(at=endpoint, since=date(2999, 1, 1), source="the list to come")
    sent = form(small, "attribute", check="1", endpoint=endpoint.pk)
    text = read(researcher.post(path(small), sent)).text
    assert "from: the new list" in text
    assert "to come" not in text


def test_another_embedding_for_the_baseline(
    researcher: Client, whole: m.Study, tmp_path: Path, settings: Settings
) -> None:
    """Offered where a model lies on disk; the run is another rater's. Others are refused."""
    assert 'name="embedder"' not in researcher.get(path(whole)).content.decode()
    settings.MODELS_DIR = tmp_path
    save_model(tmp_path / "five-words")
    page = researcher.get(path(whole)).content.decode()
    assert 'value="local:five-words"' in page
    sent = form(whole, "relevance", endpoint="", baselines=["embedding"], start="1")
    refused = researcher.post(path(whole), sent | {"embedder": "local:../x"})
    assert "Select a valid choice." in read(refused).text
    researcher.post(path(whole), sent | {"embedder": "local:five-words"})
    run = JudgeRun.objects.get()
    assert run.rater.configuration["space"].startswith("local:five-words@")
