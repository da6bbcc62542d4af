"""Own sheets answered once more on a later day: thanks, my studies, and the way there and back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from annotation.enrollment import go_on
from annotation.leaving import withdraw
from tests import factories as make
from tests import laid
from tests.annotation.test_assignment import answers
from tests.visits import visiting

pytestmark = pytest.mark.django_db


def path(person: m.Enrollment, page: str = "") -> str:
    return f"/part/{person.study.name}/{page}"


def done(sheets: int = 1, hours: int = 24) -> m.Enrollment:
    """Return somebody who is through today, and may answer own sheets again after so many hours."""
    person = make.enrolled(part="comparison")
    m.Plan.objects.create(study=person.study, stage="comparison", owner_repeats=100)
    m.Study.objects.update(repeat_after_hours=hours)
    for _ in range(sheets):
        slot = laid.own_slot(laid.comparison(person))
        submitted(person, slot)
    go_on(person.pk)
    person.refresh_from_db()
    return person


def submitted(person: m.Enrollment, slot: m.Slot) -> None:
    now = timezone.now()
    m.Slot.objects.filter(pk=slot.pk).update(
        rater=laid.rater(person), leased_at=now, leased_until=now, submitted_at=now
    )


def next_day() -> None:
    m.Slot.objects.filter(purpose="repeat").update(not_before=timezone.now() - timedelta(hours=1))


def test_thanks_say_when_something_waits() -> None:
    """Today: when to come back. On the later day: how many, and that it is voluntary."""
    person = done(sheets=2)
    browser = visiting(person)
    page = browser.get(path(person, "thanks/")).text
    assert "In about 23\xa0hours" in page
    assert path(person, "again/") not in page
    assert browser.get(path(person, "again/"))["Location"] == path(person)
    next_day()
    page = browser.get(path(person, "thanks/")).text
    assert "2 pages that you have answered wait to be answered once more." in page
    assert "It is voluntary." in page
    assert path(person, "again/") in page
    assert str(person.completion_code) in page


def test_the_way_there_and_back() -> None:
    """By the personal link to thanks, to the sheet, and to thanks again; and nothing waits any more."""
    person = done()
    next_day()
    browser = visiting(person)
    assert browser.get(path(person))["Location"] == path(person, "thanks/")
    slot = m.Slot.objects.get(purpose="repeat")
    assert browser.get(path(person, "again/"))["Location"] == laid.address(slot)
    assert browser.get(laid.address(slot)).status_code == 200
    saved = browser.post(laid.address(slot, "draft/"), {"revision": "0"})
    assert saved["Location"] == laid.address(slot)
    sent = browser.post(laid.address(slot), laid.answers_to(slot), follow=True)
    assert sent.redirect_chain[-1][0] == path(person, "thanks/")
    assert "again" not in sent.text.replace("against", "")
    assert m.Judgment.objects.filter(use="repeat", slot=slot).count() == len(answers(slot).given)


def test_a_sheet_may_be_skipped_instead() -> None:
    person = done()
    next_day()
    slot = m.Slot.objects.get(purpose="repeat")
    sent = visiting(person).post(laid.address(slot, "skip/"), {"why": "other"}, follow=True)
    assert sent.redirect_chain[-1][0] == path(person, "thanks/")
    assert path(person, "again/") not in sent.text


def test_my_studies_say_it() -> None:
    person = done()
    browser = visiting(person)
    assert "once more" not in browser.get("/mine/").text
    next_day()
    assert "1 page waits to be answered once more, if you like." in browser.get("/mine/").text


def test_nothing_waits_for_others() -> None:
    """Strangers, those who withdrew, those who are still at it, and wrong methods."""
    person = done()
    next_day()
    at_it = make.enrolled(study=person.study, part="review")
    own = laid.own_slot(laid.review(at_it))
    browser = visiting(at_it)
    assert browser.get(path(person, "again/"), follow=True).redirect_chain[-1][0] == (
        laid.address(own)
    )
    assert browser.post(path(person, "again/")).status_code == 405
    assert Client().get(path(person, "again/")).status_code == 403
    withdraw(person)
    assert visiting(person).get(path(person, "again/")).status_code == 403
    assert "once more" not in visiting(person).get("/mine/").text
