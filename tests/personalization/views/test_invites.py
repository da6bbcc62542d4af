"""Links into a study."""

from datetime import UTC, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from annotation.invitation import invite_url
from tests import busy
from tests import factories as make
from tests.personalization.views.pages import read

PATH = "/studies/one/invites/"


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


def day(ahead: int) -> str:
    return (timezone.now().astimezone(UTC).date() + timedelta(days=ahead)).isoformat()


def test_a_new_link(researcher: Client, user: m.User, study: m.Study) -> None:
    """It is shown whole, and a person who opens it comes in."""
    sent = {"label": "Autumn", "way": "labels", "most": "20", "last_day": day(3)}
    page = read(researcher.post(PATH, sent, follow=True))
    invite = m.Invite.objects.get()
    assert (invite.label, invite.way, invite.most, invite.by) == ("Autumn", "labels", 20, user)
    assert invite.expires_at is not None
    assert invite.expires_at.isoformat() == f"{day(4)}T00:00:00+00:00"
    links = [one.attributes["value"] for one in page.all("input", "copy-text")]
    assert links == [f"http://testserver{invite_url(invite)}"]
    busy.consent(study)
    assert Client().get(links[0]).status_code == 200


def test_a_link_for_anybody(researcher: Client, study: m.Study) -> None:
    """Without a name, an end or a number."""
    page = read(researcher.post(PATH, {"way": "whole"}, follow=True))
    invite = m.Invite.objects.get()
    assert invite.most is None
    assert invite.expires_at is None
    assert f"Invite {invite.pk} Open" in page.text


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, "Open"),
        ({"most": 3, "used": 2}, "Open"),
        ({"most": 3, "used": 3}, "Full"),
        ({"expires_at": busy.moment(-0.1)}, "Expired"),
        ({"expires_at": busy.moment(1)}, "Open"),
        ({"closed_at": busy.moment(-1), "expires_at": busy.moment(-1)}, "Closed"),
    ],
)
def test_its_state(
    researcher: Client, study: m.Study, columns: dict[str, object], state: str
) -> None:
    study.invites.create(label="Mine", **columns)
    (card,) = read(researcher.get(PATH)).all("article")
    assert next(card.all("h3")).text == f"Mine {state}"


def test_closing(researcher: Client, study: m.Study) -> None:
    """Once; closing again changes nothing, and a closed one has no button."""
    invite = study.invites.create(label="Mine")
    path = f"{PATH}{invite.pk}/close/"
    page = read(researcher.post(path, follow=True))
    assert "The invite is closed." in page.text
    assert not [one for one in page.all("button") if one.text == "Close"]
    invite.refresh_from_db()
    first = invite.closed_at
    researcher.post(path)
    invite.refresh_from_db()
    assert invite.closed_at == first is not None


def test_not_an_invite_of_another_study(researcher: Client, study: m.Study) -> None:
    invite = make.study().invites.create()
    assert researcher.post(f"{PATH}{invite.pk}/close/").status_code == 404
    invite.refresh_from_db()
    assert invite.closed_at is None


def test_a_closed_study_says_that_no_link_works(researcher: Client, study: m.Study) -> None:
    m.Study.objects.update(closed_at=busy.moment(0))
    assert "no link lets anybody in" in read(researcher.get(PATH)).text


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"way": "all"}, "Select a valid choice."),
        ({"way": ""}, "This field is required."),
        ({"most": "0"}, "greater than or equal to 1"),
        ({"most": "9999999999"}, "less than or equal to"),
        ({"last_day": day(-1)}, "Choose a day from today on"),
        ({"last_day": "9999-12-31"}, "Choose a day from today on"),
        ({"last_day": "soon"}, "Enter a valid date."),
        ({"label": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_is_refused(
    researcher: Client, study: m.Study, changed: dict[str, str], why: str
) -> None:
    sent = {"way": "whole", "label": "Autumn", "most": "20", **changed}
    response = researcher.post(PATH, sent)
    assert response.status_code == 422
    page = read(response)
    assert why in page.text
    assert "Please correct one answer" in page.text
    kept = [one.attributes.get("value") for one in page.all("input")]
    assert sent["most"] in kept
    assert not m.Invite.objects.exists()


def test_only_what_is_asked_can_be_set(researcher: Client, user: m.User, study: m.Study) -> None:
    """Who made it, how many came, and for which study is not for the form to say."""
    other = make.study()
    more = {
        "used": "7",
        "by": str(make.user().pk),
        "study": str(other.pk),
        "closed_at": "2020-01-01",
    }
    researcher.post(PATH, {"way": "whole", **more})
    invite = m.Invite.objects.get()
    assert (invite.used, invite.by, invite.study, invite.closed_at) == (0, user, study, None)
