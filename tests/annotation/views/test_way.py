"""What comes next, the first page, the last page, and the way out."""

import pytest
from django.test import Client
from django.utils import timezone

from annotation.enrollment import finish
from annotation.leaving import withdraw
from annotation.models import Enrollment, Study
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db


def path(person: Enrollment, page: str = "") -> str:
    return f"/part/{person.study.name}/{page}"


def pay(person: Enrollment, partial: int | None = 200) -> None:
    Study.objects.update(pay_minor=750, pay_partial_minor=partial, pay_currency="GBP")
    person.study.refresh_from_db()


@pytest.mark.parametrize(
    ("fields", "page"),
    [
        ({}, "chat/"),
        ({"part": "review", "waiting_since": timezone.now()}, "wait/"),
        ({"part": "others", "way": "labels"}, "others/"),
        ({"part": "done", "finished_at": timezone.now()}, "thanks/"),
        ({"part": "review", "finished_at": timezone.now()}, "thanks/"),
    ],
)
def test_it_leads_to_what_comes_next(fields: dict[str, object], page: str) -> None:
    person = make.enrolled()
    Enrollment.objects.update(**fields)
    assert visiting(person).get(path(person))["Location"] == path(person, page)


def test_it_leads_to_the_next_own_sheet() -> None:
    person = make.enrolled(part="review")
    slot = laid.own_slot(laid.review(person))
    assert visiting(person).get(path(person))["Location"] == path(person, f"sheets/{slot.pk}/")


def test_where_nothing_is_left_it_goes_on() -> None:
    """A part without sheets does not hold anybody up."""
    person = make.enrolled(part="comparison")
    browser = visiting(person)
    assert browser.get(path(person))["Location"] == path(person)
    assert browser.get(path(person))["Location"] == path(person, "thanks/")


def test_the_first_page_shows_the_link_and_the_parts() -> None:
    person = make.enrolled()
    page = visiting(person).get(path(person, "welcome/")).content.decode()
    assert "http://testserver/me/" in page
    for words in ("Talk to the assistant", "at least 3 messages", "Compare answers", "Begin"):
        assert words in page


def test_thanks_come_at_the_end_with_code_and_pay() -> None:
    person = make.enrolled(part="done")
    pay(person)
    browser = visiting(person)
    assert browser.get(path(person, "thanks/"))["Location"] == path(person)
    code = finish(person.pk).completion_code
    page = browser.get(path(person, "thanks/")).content.decode()
    assert str(code) in page
    assert "Your pay is £7.50." in page


@pytest.mark.parametrize(
    ("partial", "words"), [(200, "your pay is £2.00"), (None, "there is no pay")]
)
def test_stopping_early_says_what_is_paid(partial: int | None, words: str) -> None:
    """Before and after."""
    person = make.enrolled(part="review")
    pay(person, partial)
    browser = visiting(person)
    before = browser.get(path(person, "leave/")).content.decode()
    assert "£7.50" in before
    assert ("£2.00 instead of £7.50" in before) is (partial is not None)
    response = browser.post(path(person, "leave/"), {"action": "stop"}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(path(person, "thanks/"), 302)]
    assert words in page
    person.refresh_from_db()
    assert (person.part, str(person.completion_code) in page) == ("review", True)


def test_withdrawing_is_asked_twice_and_then_final() -> None:
    """Row 21: afterwards every page says so, and nothing is accepted."""
    person = make.enrolled(part="review")
    slot = laid.own_slot(laid.review(person))
    browser = visiting(person)
    unsure = browser.post(path(person, "leave/"), {"action": "withdraw"})
    assert unsure.status_code == 422
    assert b"tick the box first" in unsure.content
    gone = browser.post(path(person, "leave/"), {"action": "withdraw", "sure": "yes"})
    assert gone["Location"] == path(person)
    person.refresh_from_db()
    assert person.withdrawn_at is not None
    for page in ("", "welcome/", "chat/", "wait/", "thanks/", "leave/", f"sheets/{slot.pk}/"):
        response = browser.get(path(person, page))
        assert response.status_code == 403
        assert b"You have withdrawn" in response.content
        assert b"takes nothing more" not in response.content


def test_nothing_is_taken_after_a_withdrawal() -> None:
    """Submit after withdrawal: a clear page, and not a row more."""
    person = make.enrolled(part="review")
    slot = laid.own_slot(laid.review(person))
    withdraw(person)
    browser = visiting(person)
    for page in ("chat/", "chat/finish/", "leave/", "others/", f"sheets/{slot.pk}/"):
        response = browser.post(path(person, page), {"text": "I sail.", "position": "0"})
        assert response.status_code == 403
        assert b"takes nothing more" in response.content
    slot.refresh_from_db()
    assert (slot.rater, slot.submitted_at) == (None, None)


def test_a_page_that_asks_by_htmx_is_loaded_anew() -> None:
    """So a page that stood open elsewhere comes to say it, too."""
    person = make.enrolled(part="review")
    withdraw(person)
    for browser in (visiting(person), Client()):
        response = browser.get(path(person, "wait/"), headers={"HX-Request": "true"})
        assert (response.status_code, response["HX-Refresh"]) == (200, "true")


@pytest.mark.parametrize("action", ["", "nonsense"])
def test_an_unknown_action_changes_nothing(action: str) -> None:
    person = make.enrolled()
    response = visiting(person).post(path(person, "leave/"), {"action": action})
    assert response.status_code == 422
    person.refresh_from_db()
    assert (person.finished_at, person.withdrawn_at) == (None, None)


def test_after_the_end_only_withdrawing_is_left() -> None:
    person = make.enrolled(part="done")
    pay(person)
    finish(person.pk)
    page = visiting(person).get(path(person, "leave/")).content.decode()
    assert 'value="stop"' not in page
    assert "Your pay of £7.50 stays yours." in page


@pytest.mark.parametrize("page", ["", "welcome/", "thanks/", "leave/", "chat/", "wait/"])
def test_a_stranger_is_asked_for_the_personal_link(client: Client, page: str) -> None:
    """Whether the study exists or not, and also somebody of another study, or a researcher."""
    person = make.enrolled()
    client.force_login(make.user())
    for browser in (Client(), client, visiting(make.enrolled())):
        for response in (browser.get(path(person, page)), browser.get(f"/part/no-study/{page}")):
            assert response.status_code == 403
            assert b"Open your personal link" in response.content


def test_wrong_method() -> None:
    person = make.enrolled()
    browser = visiting(person)
    for page in ("", "welcome/", "thanks/"):
        assert browser.post(path(person, page)).status_code == 405
    assert browser.put(path(person, "leave/")).status_code == 405


def test_not_without_the_csrf_token() -> None:
    person = make.enrolled()
    careful = visiting(person, careful=True)
    assert careful.post(path(person, "leave/"), {"action": "stop"}).status_code == 403
    person.refresh_from_db()
    assert person.finished_at is None


def test_invented_studies_say_so() -> None:
    person = make.enrolled()
    Study.objects.update(synthetic=True)
    assert b"synthetic-banner" in visiting(person).get(path(person, "welcome/")).content
