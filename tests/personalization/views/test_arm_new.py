"""A new arm: what it is to do and how, what a run of it takes, a test of it, and the start."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from personalization.arms.configuration import Extracting, Generating, Revising
from personalization.models import Arm, ArmRun, Endpoint, PromptVersion
from personalization.prompt_versions import add, newest
from personalization.prompts import body_of
from tests import factories as make
from tests.personalization.machine import chat
from tests.personalization.views.kept_arms import arm
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db

FORMS: dict[str, dict[str, Any]] = {
    "extraction": {"floor": "0.4", "merge": "tfidf", "threshold": "0.7", "evidence": "with"},
    "revision": {"flagged_by": "model", "rounds": "2"},
    "generation": {"condition": "none", "verified_by": "owner", "profile": ""},
}


@pytest.fixture
def endpoint() -> Endpoint:
    return make.endpoint(url="https://m.example.org", model="usual")


@pytest.fixture
def whole(endpoint: Endpoint) -> m.Study:
    """A study with one person, who has finished a conversation."""
    person = make.enrolled(part="done")
    conversation = chat(person, "I sail every summer.", "Where?", "On the lake.")
    conversation.finished_at = timezone.now()
    conversation.save()
    return person.study


def path(of: m.Study, query: str = "") -> str:
    return f"/studies/{of.name}/pipeline/new/{query}"


def form(at: Endpoint, step: str = "extraction", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a form as it starts, for this endpoint."""
    return {"endpoint": at.pk, "temperature": "0"} | FORMS[step] | more


def tiles(page: Node) -> dict[str, str]:
    return {
        next(tile.all("dt")).text: " ".join(each.text for each in tile.all("dd"))
        for tile in page.all("div", "tile")
    }


def values(page: Node) -> dict[str, str]:
    """Return what the form says: texts, chosen options, and what is ticked."""
    found = {
        one.attributes["name"]: one.attributes.get("value", "")
        for one in page.all("input")
        if one.attributes.get("name")
        and ("checked" in one.attributes or one.attributes.get("type") not in ("radio", "checkbox"))
    }
    for select in page.all("select"):
        for option in select.all("option"):
            if "selected" in option.attributes:
                found[select.attributes["name"]] = option.attributes["value"]
    return found


def started() -> ArmRun:
    return ArmRun.objects.select_related("arm").get()


def test_each_step_has_a_form_of_its_own(researcher: Client, whole: m.Study) -> None:
    """They are a link away; the form starts with what is usual."""
    page = read(researcher.get(path(whole)))
    links = [one.attributes["href"] for one in page.all("a")]
    assert {"?step=extraction", "?step=revision", "?step=generation"} <= set(links)
    said = values(page)
    assert (said["floor"], said["merge"], said["threshold"]) == ("0.4", "tfidf", "0.7")
    assert said["evidence"] == "with"
    said = values(read(researcher.get(path(whole, "?step=generation"))))
    assert (said["condition"], said["verified_by"]) == ("none", "owner")
    assert "floor" not in said


def test_nothing_to_revise_leads_to_an_extractor(researcher: Client, whole: m.Study) -> None:
    page = read(researcher.get(path(whole, "?step=revision")))
    assert "There is nothing to revise yet" in page.text
    arm(whole, name="finder")
    page = read(researcher.get(path(whole, "?step=revision")))
    assert "finder" in [one.text for one in page.all("option")]


def test_what_it_takes_before_anything_is_asked(
    researcher: Client, whole: m.Study, endpoint: Endpoint
) -> None:
    """Conversations, calls, tokens, price, time; nothing is made of it."""
    make.price(at=endpoint)
    page = read(researcher.post(path(whole), form(endpoint, check="1")))
    found = tiles(page)
    assert found["Conversations"].startswith("1")
    assert found["Calls"].startswith("1")
    assert "received" in found["Tokens"]
    assert "USD" in found["Price"]
    part = researcher.post(path(whole), form(endpoint), headers={"HX-Request": "true"})
    assert tiles(read(part)) == found
    assert b"<form" not in part.content
    assert (Arm.objects.count(), ArmRun.objects.count()) == (0, 0)


def test_people_who_did_not_agree_are_left_out(
    researcher: Client, whole: m.Study, endpoint: Endpoint
) -> None:
    """Their number is said before anything is asked."""
    Endpoint.objects.filter(pk=endpoint.pk).update(provider="Somebody Else")
    page = read(researcher.post(path(whole), form(endpoint)))
    assert "1 is left out: the person withdrew, or did not agree" in page.text


def test_a_run_starts_with_its_limits(
    researcher: Client, user: m.User, whole: m.Study, endpoint: Endpoint
) -> None:
    """The arm is made with its name; the page of the run is next."""
    make.price(at=endpoint, currency="EUR")
    soon = timezone.localtime(timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    sent = form(
        endpoint, name="finder", budget="2.5", deadline=soon.strftime("%Y-%m-%dT%H:%M"),
        most_items="3", floor="0.5", evidence="second", start="1",
    )  # fmt: skip
    response = researcher.post(path(whole), sent)
    run = started()
    assert response["Location"] == f"/studies/{whole.name}/pipeline/runs/{run.pk}/"
    assert (run.budget_micros, run.deadline, run.most_items) == (2_500_000, soon, 3)
    assert (run.by, run.currency, run.trial) == (user, "EUR", False)
    assert (run.arm.name, run.arm.model, run.arm.by) == ("finder", "usual", user)
    manner = Extracting.read(run.arm.configuration)
    assert manner == Extracting(floor=0.5, evidence="second")
    assert run.arm.configuration["sampling"] == {"temperature": 0}
    researcher.post(path(whole), sent)
    assert ArmRun.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "embedder"),
    [
        ({"merge": "tfidf"}, "tfidf"),
        ({"merge": "words", "threshold": "much"}, ""),
        ({"merge": "endpoint", "embed_model": "small-embedder"}, "endpoint:{}/small-embedder"),
    ],
)
def test_how_it_merges(
    researcher: Client, whole: m.Study, endpoint: Endpoint, more: dict[str, str], embedder: str
) -> None:
    """What the chosen way does not need is no fault, whatever it says."""
    sent = form(endpoint, embed_endpoint=endpoint.pk, keep="1") | more
    researcher.post(path(whole), sent)
    (one,) = Arm.objects.all()
    assert Extracting.read(one.configuration).embedder == embedder.format(endpoint.name)
    assert not ArmRun.objects.exists()


def test_a_reviser(researcher: Client, whole: m.Study, endpoint: Endpoint) -> None:
    found = arm(whole, at=endpoint)
    sent = form(endpoint, "revision", base=found.pk, flagged_by="owner", rounds="1", keep="1")
    response = researcher.post(path(whole, "?step=revision"), sent)
    one = Arm.objects.get(step="revision")
    assert response["Location"] == f"/studies/{whole.name}/pipeline/arms/{one.pk}/"
    assert one.base == found
    assert Revising.read(one.configuration) == Revising("owner", 1)


@pytest.mark.parametrize(
    ("more", "manner"),
    [
        ({}, Generating()),
        ({"matched": "on", "profile": "finder"}, Generating()),
        ({"condition": "all", "profile": "finder"}, Generating("all", profile="finder")),
        ({"condition": "all", "verified_by": "majority"}, Generating("all")),
        (
            {"condition": "verified", "verified_by": "majority", "matched": "on"},
            Generating("verified", matched=True, verified_by="majority"),
        ),
        (
            {"condition": "verified", "verified_by": "checker"},
            Generating("verified", verified_by="checker"),
        ),
    ],
)
def test_an_author(
    researcher: Client,
    whole: m.Study,
    endpoint: Endpoint,
    more: dict[str, str],
    manner: Generating,
) -> None:
    """What the condition does not need is left as usual, so that equal arms are one arm."""
    found = arm(whole, at=endpoint, name="finder")
    arm(whole, "revision", at=endpoint, base=found, name="checker")
    sent = form(endpoint, "generation", keep="1") | more
    researcher.post(path(whole, "?step=generation"), sent)
    one = Arm.objects.get(step="generation")
    assert Generating.read(one.configuration) == manner


def test_a_test_is_of_ten_at_most(researcher: Client, whole: m.Study, endpoint: Endpoint) -> None:
    response = researcher.post(path(whole), form(endpoint, most_items="500") | {"try": "1"})
    run = started()
    assert response["Location"] == f"/studies/{whole.name}/pipeline/trials/{run.pk}/"
    assert (run.trial, run.most_items) == (True, 10)


def test_another_run_of_the_same_arm(
    researcher: Client, whole: m.Study, endpoint: Endpoint
) -> None:
    """The form says what the arm is; as it stands, it is the same arm."""
    manner = Extracting(floor=0.2, embedder="", evidence="none")
    one = arm(whole, at=endpoint, manner=manner, sampling={"temperature": 0.7, "seed": 3})
    page = read(researcher.get(path(whole, f"?like={one.pk}")))
    said = values(page)
    assert (said["floor"], said["merge"], said["evidence"]) == ("0.2", "words", "none")
    assert (said["temperature"], said["seed"], said["model"]) == ("0.7", "3", "small-1")
    del said["csrfmiddlewaretoken"]
    response = researcher.post(path(whole, f"?like={one.pk}"), said | {"start": "1"})
    assert response.status_code == 302, read(response).text
    assert started().arm == one


def test_an_own_version_of_a_prompt(
    researcher: Client, user: m.User, whole: m.Study, endpoint: Endpoint
) -> None:
    """It is offered beside the usual one, and chosen where the address says so."""
    shipped = newest("evidence")
    own = add(
        "evidence", body_of(shipped.text).replace("## system\n", "## system\nMind. "), "", user
    )
    page = read(researcher.get(path(whole, f"?prompt-evidence={own.version}")))
    said = values(page)
    assert said["prompt-evidence"] == str(own.version)
    assert said["evidence"] == "second"
    sent = form(endpoint, evidence="second", keep="1") | {"prompt-evidence": own.version}
    researcher.post(path(whole), sent)
    (one,) = Arm.objects.all()
    assert one.configuration["prompts"]["evidence"]["version"] == own.version
    assert one.configuration["prompts"].keys() == {"extraction_plain", "evidence"}
    assert PromptVersion.objects.get(pk=own.pk).used_at is None


# Bad input, for whom, and how.


@pytest.mark.parametrize(
    ("step", "more", "said"),
    [
        ("extraction", {"floor": "1.2"}, "less than or equal to 1"),
        ("extraction", {"floor": ""}, "required"),
        ("extraction", {"threshold": "0"}, "This cannot be."),
        ("extraction", {"merge": "endpoint", "embed_model": "x"}, "needed for the embedding"),
        ("extraction", {"merge": "local"}, "Select a valid choice"),
        ("extraction", {"evidence": "third"}, "Select a valid choice"),
        ("extraction", {"endpoint": "0"}, "Select a valid choice"),
        ("extraction", {"temperature": "3"}, "less than or equal to 2"),
        ("extraction", {"most_items": "0"}, "greater than or equal to 1"),
        ("extraction", {"budget": "3"}, "No price of this model is known"),
        ("extraction", {"deadline": "2001-01-01T10:00"}, "This time is over"),
        ("revision", {"base": ""}, "required"),
        ("revision", {"rounds": "3"}, "Select a valid choice"),
        ("generation", {"condition": "human"}, "Select a valid choice"),
        ("generation", {"condition": "all", "profile": "nobody"}, "Select a valid choice"),
        ("generation", {"condition": "verified", "verified_by": "x"}, "Select a valid choice"),
    ],
)
def test_bad_input_makes_nothing(
    researcher: Client,
    whole: m.Study,
    endpoint: Endpoint,
    step: str,
    more: dict[str, str],
    said: str,
) -> None:
    found = arm(whole, at=endpoint)
    sent = form(endpoint, step, start="1") | ({"base": found.pk} if step == "revision" else {})
    response = researcher.post(path(whole, f"?step={step}"), sent | more)
    assert response.status_code == 422
    assert said in read(response).text
    assert list(Arm.objects.all()) == [found]
    assert not ArmRun.objects.exists()


@pytest.mark.parametrize(
    "query", ["?step=judging", "?like=x", "?like=999999", "?prompt-evidence=x", "?prompt-evidence=77"]
)  # fmt: skip
def test_bad_addresses(researcher: Client, whole: m.Study, query: str) -> None:
    assert researcher.get(path(whole, query)).status_code == 404
    assert researcher.post(path(whole, query), {}).status_code == 404


def test_not_for_a_stranger(client: Client, whole: m.Study, endpoint: Endpoint) -> None:
    assert client.get(path(whole))["Location"] == f"/signin/?next={path(whole)}"
    response = client.post(path(whole), form(endpoint, start="1"))
    assert response["Location"].startswith("/signin/")
    assert not ArmRun.objects.exists()


def test_not_for_somebody_who_may_not(researcher: Client, user: m.User, whole: m.Study) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(path(whole)).status_code == 302


def test_not_without_the_token(careful: Client, whole: m.Study, endpoint: Endpoint) -> None:
    assert careful.post(path(whole), form(endpoint, start="1")).status_code == 403


def test_wrong_method(researcher: Client, whole: m.Study) -> None:
    assert researcher.put(path(whole)).status_code == 405
