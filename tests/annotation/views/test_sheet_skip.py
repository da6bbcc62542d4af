"""Skipping and flagging a sheet."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.assignment import claim_other
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="review")


@pytest.fixture
def slot(owner: m.Enrollment) -> m.Slot:
    return laid.own_slot(laid.review(owner))


@pytest.fixture
def browser(owner: m.Enrollment) -> Client:
    return visiting(owner)


def test_it_works(browser: Client, owner: m.Enrollment, slot: m.Slot) -> None:
    """A reason, a note, and on; the draft is kept with the lapse."""
    browser.post(laid.address(slot, "draft/"), {"revision": "0", "missing": "Boats."})
    page = browser.get(laid.address(slot, "skip/"))
    assert "Why do you not want to answer this sheet?" in page.text
    form = {"why": "unclear", "note": "What is meant?"}
    skipped = browser.post(laid.address(slot, "skip/"), form)
    assert skipped["Location"] == f"/part/{owner.study.name}/"
    lapse = m.Lapse.objects.get()
    assert (lapse.why, lapse.note) == ("skipped", "unclear: What is meant?")
    assert lapse.draft == {"missing": "Boats."}
    owner.refresh_from_db()
    assert owner.part == "relevance"


def test_a_flag_hides_the_sheet(owner: m.Enrollment) -> None:
    """Row 21: flagged by one stranger, it is offered to no other and not shown to its owner."""
    sheet = laid.review(owner)
    stranger = make.enrolled(study=owner.study, way="labels", part="others")
    slot = claim_other(stranger)
    assert slot is not None
    browser = visiting(stranger)
    page = browser.get(laid.address(slot, "skip/") + "?why=flagged")
    assert 'value="flagged" id="id_why_3" checked' in page.text
    browser.post(laid.address(slot, "skip/"), {"why": "flagged"})
    sheet.refresh_from_db()
    assert sheet.hidden_at is not None
    own = visiting(owner).get(laid.address(laid.own_slot(sheet)))
    assert own.status_code == 410
    assert "This page was taken away" in own.text


@pytest.mark.parametrize(
    "form", [{}, {"why": "bored"}, {"why": "other", "note": "x" * 501}, {"note": "Only this."}]
)
def test_bad_input(browser: Client, slot: m.Slot, form: dict[str, str]) -> None:
    """The page comes back with what was entered, and the sheet stays."""
    page = browser.post(laid.address(slot, "skip/"), form)
    assert page.status_code == 422
    assert form.get("note", "") in page.text
    assert not m.Lapse.objects.exists()


def test_twice(browser: Client, slot: m.Slot) -> None:
    """A second press is harmless; and the page may be answered after all."""
    for _ in range(2):
        assert browser.post(laid.address(slot, "skip/"), {"why": "unable"}).status_code == 302
    assert m.Lapse.objects.count() == 1
    assert browser.get(laid.address(slot)).status_code == 200
    assert browser.post(laid.address(slot), laid.answers_to(slot)).status_code == 302
    assert m.Judgment.objects.count() == 3
