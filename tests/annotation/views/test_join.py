"""The invitation, the consent page, and everything that can be wrong with them."""

import re
import time
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from annotation.invitation import invite_url
from annotation.models import Enrollment, Invite, Participant
from tests import factories as make
from tests.visits import visiting

pytestmark = pytest.mark.django_db
ALL = ["use", "release", "show", "provider"]


@pytest.fixture
def invite() -> Invite:
    """An invitation to a study whose model is run by somebody else."""
    study = make.study()
    study.title, study.pay_minor, study.pay_partial_minor, study.pay_currency = (
        "Travel plans",
        750,
        200,
        "GBP",
    )
    study.save()
    make.consent_text(study=study, provider="Example Inc.")
    return make.invite(study=study)


def form(client: Client, path: str, **fields: object) -> dict[str, Any]:
    """Return the hidden fields of a consent page, and what a person adds."""
    page = client.get(path).content.decode()
    hidden = dict(re.findall(r'name="(version|who)" value="([^"]*)"', page))
    return {**hidden, "decision": "accept", **fields}


def test_it_says_all_that_counts_and_chooses_nothing(client: Client, invite: Invite) -> None:
    """Row 22: time, pay, what is stored, that it is a machine, and who gets the texts."""
    response = client.get(invite_url(invite))
    page = response.content.decode()
    assert response.status_code == 200
    for words in ("Travel plans", "We study chats.", "£7.50", "£2.00", "A machine", "Example Inc."):
        assert words in page
    assert [scope for scope in ALL if f'value="{scope}"' in page] == ALL
    assert "checked" not in page


def test_looking_keeps_nothing(client: Client, invite: Invite) -> None:
    """Neither a person nor a session before a button is pressed."""
    for _look in range(2):
        client.get(invite_url(invite))
        client.head(invite_url(invite))
    assert not Participant.objects.exists()
    assert "sessionid" not in client.cookies
    assert client.get(invite_url(invite))["Cache-Control"].count("no-store") == 1


def test_agreeing_leads_in(client: Client, invite: Invite) -> None:
    """The personal link comes first, and the person is known from then on."""
    path = invite_url(invite)
    response = client.post(path, form(client, path, scope=ALL))
    welcome = f"/part/{invite.study.name}/welcome/"
    assert response["Location"] == welcome
    assert "/me/" in client.get(welcome).content.decode()
    person = Enrollment.objects.get()
    assert person.scopes == ALL
    assert client.get(path)["Location"] == f"/part/{invite.study.name}/"


def test_the_same_form_twice_is_one_person(client: Client, invite: Invite) -> None:
    """A double press, the back button, or the request sent once more."""
    path = invite_url(invite)
    filled = form(client, path, scope=["use", "provider"])
    other_tab = Client()
    for browser in (client, client, other_tab):
        assert browser.post(path, filled).status_code == 302
    assert Participant.objects.count() == 1
    assert Invite.objects.get().used == 1


def test_a_planted_session_is_not_taken_over(client: Client, invite: Invite) -> None:
    client.session.save()
    planted = client.session.session_key
    path = invite_url(invite)
    client.post(path, form(client, path, scope=ALL))
    assert client.session.session_key != planted


def test_without_use_the_choices_come_back(client: Client, invite: Invite) -> None:
    path = invite_url(invite)
    response = client.post(path, form(client, path, scope=["release", "show"]))
    page = response.content.decode()
    assert response.status_code == 422
    assert re.findall(r'value="(\w+)" checked', page) == ["release", "show"]
    assert "The first choice is needed" in page
    assert not Participant.objects.exists()


def test_without_the_provider_the_page_says_what_follows(client: Client, invite: Invite) -> None:
    path = invite_url(invite)
    assert b"you cannot talk to the assistant" in client.get(path).content
    response = client.post(path, form(client, path, scope=["use"]), follow=True)
    assert Enrollment.objects.get().way == "labels"
    assert b"You check sentences about other people" in response.content


def test_a_text_that_changed_meanwhile_is_shown_again(client: Client, invite: Invite) -> None:
    """Choices are kept, nothing is saved, and the next press counts."""
    path = invite_url(invite)
    filled = form(client, path, scope=["use", "show"])
    make.consent_text(study=invite.study, version=2)
    response = client.post(path, filled)
    page = response.content.decode()
    assert response.status_code == 409
    assert "The text has changed" in page
    assert re.findall(r'value="(\w+)" checked', page) == ["use", "show"]
    assert not Participant.objects.exists()
    assert client.post(path, form(client, path, scope=["use"])).status_code == 302
    assert Enrollment.objects.get().consent_version == 2


@pytest.mark.parametrize("who", ["", "x", signing.dumps("p-1", salt="other")], ids=range(3))
def test_a_forged_form_is_shown_again(client: Client, invite: Invite, who: str) -> None:
    path = invite_url(invite)
    response = client.post(path, form(client, path, scope=["use"], who=who))
    assert response.status_code == 409
    assert re.findall(r'value="(\w+)" checked', response.content.decode()) == ["use"]
    assert not Participant.objects.exists()


def test_a_form_of_yesterday_is_shown_again(client: Client, invite: Invite) -> None:
    path = invite_url(invite)
    filled = form(client, path, scope=["use"])
    later = time.time() + 25 * 3600
    with patch.object(time, "time", lambda: later):
        response = client.post(path, filled)
    assert response.status_code == 409
    assert b"open for a long time" in response.content


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "9" * 4400])
def test_a_strange_version_is_no_version(client: Client, invite: Invite, version: str) -> None:
    path = invite_url(invite)
    assert client.post(path, form(client, path, scope=["use"], version=version)).status_code == 409


def test_no_is_fine(client: Client, invite: Invite) -> None:
    """It is counted once, and may become a yes."""
    path = invite_url(invite)
    filled = form(client, path, decision="decline", scope=ALL)
    for _press in range(2):
        response = client.post(path, filled)
        assert response.status_code == 200
        assert b"That is fine" in response.content
    person = Enrollment.objects.get()
    assert (person.scopes, person.declined_at is None) == ([], False)
    assert client.get(f"/part/{invite.study.name}/")["Location"] == path
    client.post(path, form(client, path, scope=ALL))
    assert Enrollment.objects.get().consented_at is not None


def test_no_after_a_yes_leads_to_the_way_out(client: Client, invite: Invite) -> None:
    path = invite_url(invite)
    filled = form(client, path, scope=ALL)
    client.post(path, filled)
    response = client.post(path, {**filled, "decision": "decline"})
    assert response["Location"] == f"/part/{invite.study.name}/leave/"
    assert Enrollment.objects.get().declined_at is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closed_at": timezone.now()}, "has been closed"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "has expired"),
        ({"most": 1, "used": 1}, "has all the people it needs"),
    ],
)
def test_a_link_that_is_over_says_why(
    client: Client, invite: Invite, fields: dict[str, Any], words: str
) -> None:
    """Also where it was open when the page was; people who are in pass."""
    path = invite_url(invite)
    filled = form(client, path, scope=ALL)
    Invite.objects.update(**fields)
    for response in (client.get(path), client.post(path, filled)):
        assert response.status_code == 410
        assert words in response.content.decode()
    assert not Participant.objects.exists()
    person = make.enrolled(study=invite.study)
    assert visiting(person).get(path).status_code == 302


@pytest.mark.parametrize("token", ["x", "1.x", "a" * 5000, "%00", "<script>", "é"])
def test_an_unknown_link_is_not_found(client: Client, token: str) -> None:
    for response in (client.get(f"/join/{token}/"), client.post(f"/join/{token}/")):
        assert response.status_code == 404


def test_a_link_belongs_to_its_invite(client: Client, invite: Invite) -> None:
    """The id in it cannot be exchanged."""
    other = make.invite(study=invite.study)
    signature = invite_url(invite).split(".")[1]
    assert client.get(f"/join/{other.pk}.{signature}").status_code in {301, 404}
    assert client.get(f"/join/{other.pk}.{signature}/").status_code == 404


def test_a_person_of_another_study_stays_the_same(invite: Invite) -> None:
    """One browser session is one person, in as many studies as they like."""
    browser = visiting(make.enrolled())
    path = invite_url(invite)
    assert b"This browser already takes part" in browser.get(path).content
    browser.post(path, form(browser, path, scope=ALL))
    assert Participant.objects.count() == 1
    assert Enrollment.objects.count() == 2


def test_who_only_labels_reads_what_that_is(client: Client) -> None:
    study = make.study()
    make.consent_text(study=study, provider="Example Inc.")
    page = client.get(invite_url(make.invite(study=study, way="labels"))).content.decode()
    assert [scope for scope in ALL if f'value="{scope}"' in page] == ["use", "release"]
    assert "You read what other people wrote" in page


def test_where_nobody_outside_gets_texts_the_page_says_so(client: Client) -> None:
    study = make.study()
    make.consent_text(study=study)
    page = client.get(invite_url(make.invite(study=study))).content.decode()
    assert "No company outside gets what you write" in page
    assert 'value="provider"' not in page


def test_invented_studies_say_so(client: Client, invite: Invite) -> None:
    invite.study.synthetic = True
    invite.study.save()
    assert b"synthetic-banner" in client.get(invite_url(invite)).content


def test_wrong_method(client: Client, invite: Invite) -> None:
    assert client.put(invite_url(invite)).status_code == 405


def test_not_without_the_csrf_token(invite: Invite) -> None:
    careful = Client(enforce_csrf_checks=True)
    path = invite_url(invite)
    assert careful.post(path, form(careful, path, scope=ALL)).status_code == 403
    assert not Participant.objects.exists()
