"""Settings: what people do and get, which models are asked, closing."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.invitation import NotOpenError, check_open
from annotation.progress import Standing
from personalization.endpoints import model_for
from personalization.models import Endpoint, StepModel
from tests import busy
from tests import factories as make
from tests.personalization.views.pages import Node, read

GOOD = {
    "title": "Journeys",
    "description": "Second wave.",
    "chat_task": "Talk about your last journey.",
    "turns_min": "2",
    "turns_max": "6",
    "queries_each": "3",
    "strangers": "0",
    "sheets_each": "5",
    "lease_minutes": "30",
    "pay": "9.5",
    "pay_rule": "share",
    "pay_partial": "3",
    "pay_currency": "eur",
}


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


def settings_of(client: Client) -> Node:
    return read(client.get("/studies/one/settings/"))


def send(client: Client, **changed: str) -> Node:
    """Send the settings, which must be refused, and return the page."""
    response = client.post("/studies/one/settings/", {**GOOD, **changed})
    assert response.status_code == 422
    return read(response)


def test_they_are_kept(researcher: Client, study: m.Study) -> None:
    """Pay in minor units; the page shows what was kept."""
    page = read(researcher.post("/studies/one/settings/", GOOD, follow=True))
    assert "The settings are saved." in page.text
    study.refresh_from_db()
    assert (study.turns_min, study.turns_max, study.strangers) == (2, 6, 0)
    assert (study.pay_minor, study.pay_partial_minor, study.pay_currency) == (950, 300, "EUR")
    assert study.pay_rule == "share"
    values = {one.attributes.get("name"): one.attributes.get("value") for one in page.all("input")}
    assert (values["pay"], values["pay_partial"], values["pay_currency"]) == ("9.50", "3.00", "EUR")


def test_pay_can_be_taken_out_again(researcher: Client, study: m.Study) -> None:
    researcher.post("/studies/one/settings/", GOOD)
    researcher.post("/studies/one/settings/", {**GOOD, "pay": "", "pay_partial": ""})
    study.refresh_from_db()
    assert study.pay_minor is study.pay_partial_minor is None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"turns_min": "7"}, "This is less than the fewest messages."),
        ({"turns_min": "0"}, "greater than or equal to 1"),
        ({"turns_max": "101"}, "less than or equal to 100"),
        ({"queries_each": "many"}, "Enter a whole number."),
        ({"strangers": "-1"}, "greater than or equal to 0"),
        ({"sheets_each": ""}, "This field is required."),
        ({"lease_minutes": "99999"}, "less than or equal to"),
        ({"pay": "9.555"}, "This currency has no coin so small."),
        ({"pay": "NaN"}, "Enter a number."),
        ({"pay": "1e12"}, "less than or equal to"),
        ({"pay_currency": ""}, "Say in which currency."),
        ({"pay_rule": "all"}, "Select a valid choice."),
        ({"pay_rule": ""}, "This field is required."),
        ({"pay_currency": "QQQ"}, "There is no currency of this name."),
        ({"pay_partial": "10"}, "This is more than the pay for the whole study."),
        ({"chat_task": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_is_refused(
    researcher: Client, study: m.Study, changed: dict[str, str], why: str
) -> None:
    """The page says why, keeps what was written, and changes nothing."""
    page = send(researcher, **changed)
    assert "Please correct one answer" in page.text
    assert why in page.text
    assert GOOD["description"] in page.text
    study.refresh_from_db()
    assert (study.title, study.turns_max, study.pay_minor) == ("", 10, None)
    assert study.pay_rule == "fixed"


def test_only_what_is_asked_can_be_set(researcher: Client, study: m.Study) -> None:
    """A form with more in it changes the name, the time of closing and the rest of a row not."""
    more = {"name": "two", "synthetic": "on", "closed_at": "2020-01-01", "pay_minor": "1"}
    assert researcher.post("/studies/one/settings/", {**GOOD, **more}).status_code == 302
    study.refresh_from_db()
    assert (study.name, study.synthetic, study.closed_at) == ("one", False, None)
    assert study.pay_minor == 950


def test_it_says_what_holds_for_whom_once_people_are_there(
    researcher: Client, study: m.Study
) -> None:
    assert "sheets laid from now on" not in settings_of(researcher).text
    busy.consent(study)
    busy.person(study, Standing.CHATTING)
    assert "sheets laid from now on" in settings_of(researcher).text


# Models


@pytest.fixture
def far(study: m.Study) -> Endpoint:
    return Endpoint.objects.create(name="far", url="https://far.test", provider="Far Ltd.")


def models(client: Client, follow: bool = False, **chosen: str) -> Node:
    response = client.post("/studies/one/settings/models/", chosen, follow=follow)
    assert response.status_code == (200 if follow else 422)
    return read(response)


def test_the_usual_model_is_shown(researcher: Client, study: m.Study) -> None:
    text = settings_of(researcher).text
    assert text.count("Now: offline-stand-in at offline-stand-in · our stand-in, no model") == 3


def test_a_model_for_a_step(researcher: Client, study: m.Study, far: Endpoint) -> None:
    """The others stay with the usual one; chosen again, the sampling stays; left empty, it goes."""
    chosen = {"reply_endpoint": str(far.pk), "reply_model": "big"}
    page = models(researcher, follow=True, **chosen)
    assert "Now: big at far · Far Ltd." in page.text
    StepModel.objects.update(sampling={"temperature": 0.2})
    models(researcher, follow=True, **{**chosen, "reply_model": "bigger"})
    asked = model_for(study, "reply")
    assert (asked.endpoint, asked.model, asked.sampling) == (far, "bigger", {"temperature": 0.2})
    assert model_for(study, "extraction").endpoint != far
    models(researcher, follow=True)
    assert not StepModel.objects.exists()


def test_the_usual_model_of_an_endpoint(researcher: Client, study: m.Study, far: Endpoint) -> None:
    Endpoint.objects.filter(pk=far.pk).update(model="usual")
    models(researcher, follow=True, generation_endpoint=str(far.pk))
    assert StepModel.objects.get().model == "usual"


@pytest.mark.parametrize(
    ("endpoint", "model", "why"),
    [
        ("{far}", "", "This endpoint has no usual model: name one."),
        ("", "big", "Choose where this model is asked."),
        ("999999", "big", "Select a valid choice."),
        ("x", "big", "Select a valid choice."),
        ("{far}", "m" * 201, "at most 200 characters"),
    ],
)
def test_half_a_choice_is_refused(
    researcher: Client, study: m.Study, far: Endpoint, endpoint: str, model: str, why: str
) -> None:
    """What was written stays, and the settings above keep their values."""
    chosen = endpoint.format(far=far.pk)
    page = models(researcher, reply_endpoint=chosen, reply_model=model)
    assert why in page.text
    values = {one.attributes.get("name"): one.attributes.get("value") for one in page.all("input")}
    assert values["reply_model"] == (model or None)
    assert values["turns_max"] == "10"
    assert not StepModel.objects.exists()


def test_a_closed_endpoint_is_not_offered(
    researcher: Client, study: m.Study, far: Endpoint
) -> None:
    """Where it is chosen already it stays on the list, so that saving changes nothing."""
    Endpoint.objects.filter(pk=far.pk).update(closed_at=busy.moment(0))
    names = [one.text for one in settings_of(researcher).all("option")]
    assert "far (Far Ltd.)" not in names
    StepModel.objects.create(study=study, step="reply", endpoint=far, model="m")
    names = [one.text for one in settings_of(researcher).all("option")]
    assert "far (Far Ltd.)" in names


# Closing


def test_closing_lets_nobody_join(researcher: Client, study: m.Study) -> None:
    """And opening lets people join again."""
    busy.consent(study)
    invite = study.invites.create()
    close = "/studies/one/settings/close/"
    page = read(researcher.post(close, {"to": "closed"}, follow=True))
    assert "The study is closed." in page.text
    with pytest.raises(NotOpenError, match="study_closed"):
        check_open(m.Invite.objects.get(pk=invite.pk))
    page = read(researcher.post(close, {"to": "open"}, follow=True))
    assert "The study is open again" in page.text
    check_open(m.Invite.objects.get(pk=invite.pk))
