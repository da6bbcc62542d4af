"""One of other people's sheets, or the word that none is free."""

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
    return make.enrolled()


@pytest.fixture
def labeller(owner: m.Enrollment) -> m.Enrollment:
    return make.enrolled(study=owner.study, way="labels", part="others")


def page_of(person: m.Enrollment) -> str:
    return f"/part/{person.study.name}/others/"


def test_it_works(owner: m.Enrollment, labeller: m.Enrollment) -> None:
    """A place is taken, and stays the same until it is sent."""
    laid.review(owner)
    browser = visiting(labeller)
    first, again = browser.post(page_of(labeller)), browser.get(page_of(labeller))
    slot = m.Slot.objects.get(rater=laid.rater(labeller))
    assert first["Location"] == again["Location"] == laid.address(slot)


def test_until_the_last_one(owner: m.Enrollment, labeller: m.Enrollment) -> None:
    """Row 6: the number that was asked for, each a third party's, and then the end."""
    owner.study.sheets_each = 2
    owner.study.save()
    laid.review(owner)
    laid.comparison(owner)
    browser = visiting(labeller)
    for _ in range(2):
        address = browser.post(page_of(labeller))["Location"]
        slot = m.Slot.objects.select_related("sheet").get(pk=address.split("/")[-2])
        browser.post(address, laid.answers_to(slot))
    labeller.refresh_from_db()
    assert labeller.finished_at is not None
    assert set(m.Judgment.objects.values_list("role", flat=True)) == {"third_party"}


def test_none_is_free(owner: m.Enrollment, labeller: m.Enrollment) -> None:
    """It says when one may come back, or that there is none, and how to stop."""
    page = visiting(labeller).get(page_of(labeller))
    assert page.status_code == 200
    assert "You have seen all the pages that are there." in page.text
    owner.study.strangers = 1
    owner.study.save()
    laid.review(owner)
    claim_other(make.enrolled(study=owner.study, way="labels", part="others"))
    page = visiting(labeller).get(page_of(labeller))
    assert "Other people are working on all the pages" in page.text
    assert f"/part/{owner.study.name}/leave/" in page.text


def test_somebody_who_waits_goes_back(owner: m.Enrollment) -> None:
    """Whoever helps while the machine works returns to the way when nothing is left."""
    sent = visiting(owner).post(page_of(owner))
    assert sent["Location"] == f"/part/{owner.study.name}/"


def test_strangers_and_wrong_methods(owner: m.Enrollment, client: Client) -> None:
    assert client.post(page_of(owner)).status_code == 403
    assert visiting(owner).delete(page_of(owner)).status_code == 405
