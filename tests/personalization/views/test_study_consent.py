"""Versions of the consent text."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.progress import Standing
from personalization.models import Endpoint
from tests import busy
from tests import factories as make
from tests.personalization.views.pages import Node, read

PATH = "/studies/one/consent/"


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


def send(client: Client, text: str, provider: str = "") -> Node:
    return read(client.post(PATH, {"text": text, "provider": provider}, follow=True))


def test_versions_are_only_added(researcher: Client, study: m.Study) -> None:
    """The form holds the newest one, the page all of them; the old one stays as it was."""
    assert "Version 1 holds from now on." in send(researcher, "You may stop.\r\n\r\nAnytime.").text
    page = send(researcher, "You may leave.", "Far Ltd.")
    assert "Version 2 holds from now on." in page.text
    assert next(page.all("textarea")).text == "You may leave."
    texts = [(one.version, one.text, one.provider) for one in study.consent_texts.all()]
    assert texts == [(2, "You may leave.", "Far Ltd."), (1, "You may stop.\n\nAnytime.", "")]
    assert "You may stop." in page.text


def test_sending_the_newest_again_adds_nothing(researcher: Client, study: m.Study) -> None:
    """As the browser sends it, with its own line breaks: a double click makes one version."""
    for _time in range(2):
        page = send(researcher, "One.\r\nTwo.")
    assert "Nothing was changed" in page.text
    assert study.consent_texts.count() == 1


def test_how_many_agreed_to_each(researcher: Client, study: m.Study) -> None:
    busy.consent(study)
    for standing in (Standing.CHATTING, Standing.DONE, Standing.DECLINED):
        busy.person(study, standing)
    busy.consent(study)
    page = read(researcher.get(PATH))
    folds = [one.text for one in page.all("summary")]
    assert "0 people agreed" in folds[0]
    assert "2 people agreed" in folds[1]


def test_it_warns_where_a_provider_is_not_named(researcher: Client, study: m.Study) -> None:
    """Also where one step alone is asked there."""
    far = Endpoint.objects.create(name="far", url="https://far.test", provider="Far Ltd.")
    study.step_models.create(step="extraction", endpoint=far, model="m")
    busy.consent(study)
    assert "run by Far Ltd." in read(researcher.get(PATH)).text
    assert "Somebody is not named" not in send(researcher, "Text.", "Far Ltd. and others").text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "This field is required."),
        (" \n", "This field is required."),
        ("x" * 100_001, "at most 100000 characters"),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_what_is_no_text(researcher: Client, study: m.Study, text: str, why: str) -> None:
    response = researcher.post(PATH, {"text": text, "provider": "Far Ltd."})
    assert response.status_code == 422
    page = read(response)
    assert why in page.text
    assert "Far Ltd." in [one.attributes.get("value") for one in page.all("input")]
    assert not m.ConsentText.objects.exists()


def test_the_version_is_not_for_the_form_to_say(researcher: Client, study: m.Study) -> None:
    researcher.post(
        PATH, {"text": "Text.", "version": "9", "study": "7", "created_at": "2020-01-01"}
    )
    assert study.consent_texts.get().version == 1
