"""The page on which people say something of themselves: nothing must be said, nothing is ticked."""

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from annotation.profiles import told
from tests import factories as make
from tests.telling import field, telling
from tests.visits import visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> m.Enrollment:
    """Somebody before the chat, in a study that asks for age (a list), city and religion."""
    person = make.enrolled()
    field(person.study, "age", choices=["18 to 24", "25 to 34"])
    field(person.study, "city")
    field(person.study, "faith", sensitive=True)
    return person


def path(person: m.Enrollment, page: str = "profile/") -> str:
    return f"/part/{person.study.name}/{page}"


def form(person: m.Enrollment, action: str = "save", **said: str | bool) -> dict[str, str]:
    """Return what a browser sends; `age` is the answer to it, `share_age` whether it is ticked."""
    sent = {"action": action}
    for one in person.study.profile_fields.all():
        sent[f"say-{one.pk}"] = str(said.get(one.key, ""))
        if said.get(f"share_{one.key}"):
            sent[f"share-{one.pk}"] = "on"
    return sent


def test_the_way_leads_there_before_the_chat_and_once(person: m.Enrollment) -> None:
    browser = visiting(person)
    assert "ask a few things about you" in browser.get(path(person, "welcome/")).text
    assert browser.get(path(person, ""))["Location"] == path(person)
    assert browser.post(path(person), form(person, "skip"))["Location"] == path(person, "")
    assert browser.get(path(person, ""))["Location"] == path(person, "chat/")
    assert "ask a few things about you" not in browser.get(path(person, "welcome/")).text
    assert told(person) == {}


def test_no_box_is_ticked_beforehand(person: m.Enrollment) -> None:
    """Row 1: sharing is the person's own act; who reads what is said on the page."""
    page = visiting(person).get(path(person)).text
    assert page.count('type="checkbox"') == 3
    assert "checked" not in page
    for words in (
        "Leave out whatever you like",
        "Other people in this study, and computer programs",
        "in no file that the study team takes out",
        "protected by law",
        "Rather not say",
        "About city: <bdi>…</bdi>.",
    ):
        assert words in page


def test_what_is_said_is_kept_and_shared_as_ticked(person: m.Enrollment) -> None:
    """The page shows it again, with the sentence that others read."""
    browser = visiting(person)
    sent = form(person, age="25 to 34", share_age=True, city="<b>Ulm</b>", faith="none of yours")
    page = browser.post(path(person), sent, follow=True)
    assert page.redirect_chain[0][0] == path(person, "")
    assert "You share 1 answer with others." in page.text
    assert told(person) == {
        "age": ("25 to 34", True),
        "city": ("<b>Ulm</b>", False),
        "faith": ("none of yours", False),
    }
    again = browser.get(path(person)).text
    assert "About age: <bdi>25 to 34</bdi>." in again
    assert "About city: <bdi>&lt;b&gt;Ulm&lt;/b&gt;</bdi>." in again
    assert again.count("checked") == 1


def test_one_button_shares_all_but_what_the_law_protects(person: m.Enrollment) -> None:
    """Row 1: a protected answer is shared by its own tick alone; the page shows what came of it."""
    browser = visiting(person)
    page = browser.post(
        path(person), form(person, "share", age="25 to 34", faith="Sikh"), follow=True
    )
    assert page.redirect_chain == [(path(person), 302)]
    assert told(person) == {
        "age": ("25 to 34", True),
        "city": ("", False),
        "faith": ("Sikh", False),
    }
    assert page.text.count("checked") == 1
    browser.post(path(person), form(person, "share", faith="Sikh", share_faith=True))
    assert told(person)["faith"] == ("Sikh", True)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"age": "17"}, "Choose one of the answers in the list."),
        ({"city": "x" * 201}, "at most 200 characters"),
        ({"city": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_bad_input_keeps_what_was_entered(
    person: m.Enrollment, said: dict[str, str], why: str
) -> None:
    """With one clear sentence at the place; nothing is kept before it is right."""
    page = visiting(person).post(path(person), form(person, faith="Sikh", share_faith=True, **said))
    assert page.status_code == 422
    assert why in page.text
    assert 'value="Sikh"' in page.text
    assert page.text.count("checked") == 1
    assert told(person) == {}


def test_later_it_is_found_at_the_foot_and_among_the_studies(person: m.Enrollment) -> None:
    browser = visiting(person)
    link = f'href="{path(person)}"'
    assert link in browser.get("/mine/").text
    assert link not in browser.get(path(person, "leave/")).text
    browser.post(path(person), form(person, "skip"))
    assert link in browser.get(path(person, "leave/")).text
    m.Enrollment.objects.update(part="comparison")
    assert browser.get(path(person)).status_code == 200


def test_after_the_study_only_sharing_can_end(person: m.Enrollment) -> None:
    telling(person, city=("Ulm", True))
    m.Enrollment.objects.update(finished_at=timezone.now(), part="done")
    m.Study.objects.update(closed_at=timezone.now())
    browser = visiting(person)
    assert "About city: <bdi>Ulm</bdi>." in browser.get(path(person)).text
    refused = browser.post(path(person), form(person, city="Bonn", share_city=True))
    assert (refused.status_code, "Nothing was changed" in refused.text) == (409, True)
    assert "Ulm" in refused.text
    page = browser.post(path(person), {"action": "nothing"}, follow=True)
    assert "You share nothing any more." in page.text
    assert told(person) == {"city": ("Ulm", False)}


def test_strangers_labellers_and_studies_without_fields(
    client: Client, person: m.Enrollment
) -> None:
    """Who has no texts that others judge is not asked; who is nobody here is told how to get in."""
    assert client.get(path(person)).status_code == 403
    assert client.post(path(person), form(person, city="Ulm")).status_code == 403
    labeller = make.enrolled(study=person.study, way="labels", part="others")
    elsewhere = make.enrolled()
    for one in (labeller, elsewhere):
        for answer in (
            visiting(one).get(path(one)),
            visiting(one).post(path(one), form(person, city="Ulm", share_city=True)),
        ):
            assert answer["Location"] == path(one, "")
    assert visiting(person).put(path(person)).status_code == 405
    assert visiting(person, careful=True).post(path(person), form(person)).status_code == 403
    assert not m.ProfileAnswer.objects.exists()


def test_who_shared_before_can_take_it_back_on_another_way(person: m.Enrollment) -> None:
    """A newer consent text, not agreed to in all, leads people to the labels of others."""
    browser = visiting(person)
    browser.post(path(person), form(person, city="Ulm", share_city=True))
    m.Enrollment.objects.update(way="labels", part="others")
    assert path(person) in browser.get("/mine/").text
    browser.post(path(person), form(person, city="Ulm"))
    assert told(person)["city"] == ("Ulm", False)


def test_who_has_withdrawn_sees_nothing_of_it(person: m.Enrollment) -> None:
    m.Enrollment.objects.update(withdrawn_at=timezone.now())
    assert visiting(person).get(path(person)).status_code == 403
    assert path(person) not in visiting(person).get("/mine/").text


def test_words_of_ours_are_shown_in_the_readers_language(
    person: m.Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Question, sentence and answer; what is sent and kept is the stored word."""
    monkeypatch.setattr("annotation.answers.gettext", lambda text: f"[{text}]")
    browser = visiting(person)
    page = browser.get(path(person)).text
    assert '<option value="18 to 24">[18 to 24]</option>' in page
    assert "[Your age?]" in page
    browser.post(path(person), form(person, age="18 to 24", city="none"))
    assert told(person)["age"] == ("18 to 24", False)
    page = browser.get(path(person)).text
    assert "[About age: <bdi>[18 to 24]</bdi>.]" in page
    assert "[About city: <bdi>none</bdi>.]" in page
