"""Asked again: a newer version of the consent text appeared while a person takes part."""

import pytest
from django.test import Client
from django.utils import timezone

from annotation.models import Enrollment
from tests import factories as make
from tests.visits import visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Enrollment:
    """Somebody who agreed to version 1, where version 2 is out."""
    person = make.enrolled(scopes=("use", "show", "provider"))
    make.consent_text(study=person.study, version=2, provider="Example Inc.")
    return person


def path(person: Enrollment, page: str = "consent/") -> str:
    return f"/part/{person.study.name}/{page}"


def test_every_page_leads_there_until_it_is_answered(person: Enrollment) -> None:
    browser = visiting(person)
    assert browser.get(path(person, "welcome/"))["Location"] == path(person, "")
    assert browser.get(path(person, ""))["Location"] == path(person)
    page = browser.get(path(person)).content.decode()
    assert "The consent text has changed" in page
    assert page.count("You agreed to this before") == 3
    assert "checked" not in page


def test_what_is_asked_by_htmx_is_led_there_too(person: Enrollment) -> None:
    response = visiting(person).get(path(person, "wait/"), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == path(person, "")


def test_agreeing_goes_on_where_the_person_was(person: Enrollment) -> None:
    answer = {"version": "2", "scope": ["use", "provider"], "decision": "accept"}
    browser = visiting(person)
    assert browser.post(path(person), answer)["Location"] == path(person, "")
    person.refresh_from_db()
    assert (person.consent_version, person.scopes) == (2, ["use", "provider"])
    assert browser.get(path(person))["Location"] == path(person, "")


def test_refusing_changes_nothing_and_shows_the_way_out(person: Enrollment) -> None:
    """What was agreed to before holds; the person may stop."""
    browser = visiting(person)
    response = browser.post(path(person), {"decision": "decline"}, follow=True)
    assert response.redirect_chain == [(path(person, "leave/"), 302)]
    assert b"You did not agree to the new text" in response.content
    person.refresh_from_db()
    assert (person.consent_version, person.scopes) == (1, ["use", "show", "provider"])


@pytest.mark.parametrize(
    ("answer", "status"),
    [({"version": "2", "scope": ["show"]}, 422), ({"version": "1", "scope": ["use"]}, 409)],
)
def test_an_answer_that_does_not_do_is_asked_again(
    person: Enrollment, answer: dict[str, object], status: int
) -> None:
    response = visiting(person).post(path(person), answer)
    assert response.status_code == status
    assert response.content.count(b" checked") == 1
    person.refresh_from_db()
    assert person.consent_version == 1


def test_whoever_has_finished_is_left_in_peace(person: Enrollment) -> None:
    Enrollment.objects.update(finished_at=timezone.now(), completion_code="ABC", part="done")
    assert visiting(person).get(path(person, ""))["Location"] == path(person, "thanks/")


def test_a_stranger_is_refused(client: Client, person: Enrollment) -> None:
    assert client.get(path(person)).status_code == 403
    assert visiting(make.enrolled()).get(path(person)).status_code == 403


def test_wrong_method(person: Enrollment) -> None:
    assert visiting(person).put(path(person)).status_code == 405
