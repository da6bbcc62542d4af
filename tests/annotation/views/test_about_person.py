"""What strangers read of the person whom a sheet is about: what this person shares, nothing else."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from annotation.leaving import withdraw
from annotation.preview import preview_place
from annotation.profiles import share_nothing
from tests import factories as make
from tests import laid
from tests.annotation.strangers import seat
from tests.telling import field, telling
from tests.visits import visiting

pytestmark = pytest.mark.django_db

LAY = (laid.review, laid.relevance, laid.comparison)
LayOut = Callable[[m.Enrollment], m.Sheet]


def owner() -> m.Enrollment:
    """Somebody who shares the city and says two things more."""
    person = make.enrolled(part="review")
    telling(person, city=("Ulm & more", True), faith=("faith-secret", False), work=("", False))
    return person


@pytest.mark.parametrize("lay", LAY)
def test_strangers_read_what_is_shared_alone(lay: LayOut) -> None:
    """Row 1: an unshared field is on no stranger's page, nor who the person is; it is read live."""
    person = owner()
    stranger, slot = seat(lay(person))
    page = visiting(stranger).get(laid.address(slot)).text
    assert "About this person" in page
    assert "About city: <bdi>Ulm &amp; more</bdi>." in page
    for secret in ("faith", "About work", person.participant.pseudonym):
        assert secret not in page
    share_nothing(person)
    page = visiting(stranger).get(laid.address(slot)).text
    assert "About this person" not in page
    assert "Ulm" not in page


@pytest.mark.parametrize("lay", LAY)
def test_the_owner_is_told_nothing_of_themself(lay: LayOut) -> None:
    person = owner()
    page = visiting(person).get(laid.address(laid.own_slot(lay(person)))).text
    assert "About this person" not in page
    assert "Ulm" not in page


def test_a_page_that_comes_back_with_faults_says_it_too() -> None:
    person = owner()
    stranger, slot = seat(laid.relevance(person))
    page = visiting(stranger).post(laid.address(slot), {})
    assert page.status_code == 422
    assert "About city: <bdi>Ulm &amp; more</bdi>." in page.text
    assert "faith-secret" not in page.text


def test_it_is_about_the_owner_and_nobody_else() -> None:
    """What the stranger or a third person shares is not on the page."""
    person = owner()
    stranger, slot = seat(laid.relevance(person))
    third = make.enrolled(study=person.study)
    telling(stranger, city=("Bonn", True))
    telling(third, city=("Kiel", True))
    page = visiting(stranger).get(laid.address(slot)).text
    assert ("Ulm" in page, "Bonn" in page, "Kiel" in page) == (True, False, False)


def test_who_withdraws_is_read_by_nobody() -> None:
    person = owner()
    stranger, slot = seat(laid.relevance(person))
    withdraw(person)
    assert "Ulm" not in visiting(stranger).get(laid.address(slot)).text


def test_own_words_are_shown_as_they_were_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words of the study and chosen answers are in the reader's language; a person's own stay."""
    person = make.enrolled(part="review")
    field(person.study, "age", choices=["young", "old"])
    telling(person, age=("old", True), city=("none", True))
    stranger, slot = seat(laid.relevance(person))
    monkeypatch.setattr("annotation.answers.gettext", lambda text: f"[{text}]")
    page = visiting(stranger).get(laid.address(slot)).text
    assert "[About age: <bdi>[old]</bdi>.]" in page
    assert "[About city: <bdi>none</bdi>.]" in page


def test_a_closed_field_is_not_shown() -> None:
    person = owner()
    stranger, slot = seat(laid.relevance(person))
    m.ProfileField.objects.update(closed_at=timezone.now())
    assert "Ulm" not in visiting(stranger).get(laid.address(slot)).text


def test_a_researcher_who_looks_as_a_stranger_reads_the_same(
    researcher: Client, user: m.User
) -> None:
    """Row 1: a preview shows no more than strangers see."""
    _person, slot = preview_place(user, laid.relevance(owner()))
    page = researcher.get(laid.address(slot)).text
    assert "faith-secret" not in page
    assert ("Ulm" in page) == (slot.role == "third_party")
