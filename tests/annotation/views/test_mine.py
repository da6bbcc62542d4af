"""The personal link, and the page of all studies of one person."""

import pytest
from django.test import Client
from django.utils import timezone

from annotation.enrollment import finish
from annotation.models import Enrollment, Study
from annotation.visits import personal_link
from tests import factories as make
from tests.visits import visiting

pytestmark = pytest.mark.django_db


def test_the_personal_link_works_as_often_as_one_likes(client: Client) -> None:
    person = make.enrolled()
    for browser in (client, client, Client()):
        response = browser.get(personal_link(person))
        assert response["Location"] == f"/part/{person.study.name}/"
        assert browser.get("/mine/").status_code == 200


def test_a_planted_session_is_not_taken_over(client: Client) -> None:
    client.session.save()
    planted = client.session.session_key
    client.get(personal_link(make.enrolled()))
    assert client.session.session_key != planted


def test_the_link_of_another_person_asks_first() -> None:
    """Nobody becomes somebody else by opening a link; the choice is theirs."""
    me, other = make.enrolled(), make.enrolled()
    browser = visiting(me)
    response = browser.get(personal_link(other))
    assert response.status_code == 409
    assert b"This link belongs to another person" in response.content
    assert browser.get(f"/part/{other.study.name}/").status_code == 403
    assert browser.post(personal_link(other)).status_code == 302
    assert browser.get(f"/part/{other.study.name}/").status_code == 302


@pytest.mark.parametrize("token", ["x", "1.x", "a" * 5000, "%00", "<script>", "é"])
def test_a_forged_link_is_not_found(client: Client, token: str) -> None:
    response = client.get(f"/me/{token}/")
    assert response.status_code == 404
    assert client.get("/mine/").status_code == 403


def test_a_link_belongs_to_one_enrollment(client: Client) -> None:
    one, other = make.enrolled(), make.enrolled()
    signature = personal_link(one).split(".")[1]
    assert client.get(f"/me/{other.pk}.{signature}").status_code in {301, 404}
    assert client.get(f"/me/{other.pk}.{signature}/").status_code == 404


def test_no_cache_keeps_it(client: Client) -> None:
    assert "no-store" in client.get(personal_link(make.enrolled()))["Cache-Control"]


def test_it_lists_what_is_to_do_and_what_was_earned() -> None:
    """Several studies of one person; what can be done comes first."""
    person = make.enrolled(part="done").participant
    Study.objects.update(title="Old plans", pay_minor=750, pay_currency="GBP")
    finish(Enrollment.objects.get().pk)
    now = make.enrolled()
    Enrollment.objects.filter(pk=now.pk).update(participant=person)
    Study.objects.filter(pk=now.study.pk).update(title="New plans")
    declined = make.enrollment(of=person)
    Enrollment.objects.filter(pk=declined.pk).update(declined_at=timezone.now())
    page = visiting(person).get("/mine/").content.decode()
    assert page.index("New plans") < page.index("Old plans")
    assert "You earned £7.50." in page
    assert "Part 1 of 4" in page
    assert page.count("/me/") == 2


def test_other_peoples_studies_are_not_listed() -> None:
    other = make.enrolled()
    Study.objects.filter(pk=other.study.pk).update(title="Secret plans")
    page = visiting(make.enrolled()).get("/mine/").content.decode()
    assert "Secret plans" not in page


@pytest.mark.parametrize("fields", [{"withdrawn_at": timezone.now()}, {"part": "review"}])
def test_it_says_what_became_of_a_study(fields: dict[str, object]) -> None:
    person = make.enrolled()
    finish(person.pk)
    Enrollment.objects.update(**fields)
    page = visiting(person).get("/mine/").content.decode()
    assert ("Withdrawn" if "withdrawn_at" in fields else "Stopped early") in page


def test_a_browser_forgets_on_demand() -> None:
    person = make.enrolled()
    browser = visiting(person)
    assert browser.post("/mine/forget/")["Location"] == "/"
    assert browser.get(f"/part/{person.study.name}/").status_code == 403
    assert browser.post("/mine/forget/").status_code == 302


def test_a_stranger_is_asked_for_the_personal_link(client: Client) -> None:
    response = client.get("/mine/")
    assert response.status_code == 403
    assert b"Open your personal link" in response.content


def test_a_person_who_is_gone_is_a_stranger() -> None:
    person = make.participant()
    browser = visiting(person)
    person.delete()
    assert browser.get("/mine/").status_code == 403
    assert browser.get("/").status_code == 200


def test_the_front_door_knows_who_takes_part(client: Client) -> None:
    assert b"Welcome back" in visiting(make.enrolled()).get("/").content
    assert b"Welcome back" not in client.get("/").content


def test_wrong_method(client: Client) -> None:
    assert client.post("/mine/").status_code == 405
    assert client.get("/mine/forget/").status_code == 405
    assert client.put(personal_link(make.enrolled())).status_code == 405
