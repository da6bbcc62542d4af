"""Relevance: one request, a person's attributes in the order of the place's seed, yes or no."""

import re

import pytest

from annotation import models as m
from annotation.assignment import claim_other
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db
TEXTS = [f"The user has {n} boats." for n in range(10)]


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="relevance")


def order_of(person: m.Enrollment, slot: m.Slot) -> list[str]:
    page = visiting(person).get(laid.address(slot)).text
    return re.findall(r"The user has \d boats", page)


def test_one_seed_one_order(owner: m.Enrollment) -> None:
    """Row 18: a reload shows the same order, another seed another one; the places are kept."""
    slot = laid.seeded(laid.own_slot(laid.relevance(owner, *TEXTS)), 7)
    seen = order_of(owner, slot)
    assert order_of(owner, slot) == seen
    assert sorted(seen) == sorted(text.rstrip(".") for text in TEXTS)
    visiting(owner).post(laid.address(slot), laid.answers_to(slot))
    judged = m.Judgment.objects.filter(slot=slot).select_related("item__relevance_pair__attribute")
    places = {
        one.shown["position"]: one.item.relevance_pair.attribute.text.rstrip(".")
        for one in judged
        if one.shown and one.item.relevance_pair
    }
    assert [places[at] for at in range(10)] == seen
    other = laid.seeded(laid.own_slot(laid.relevance(owner, *TEXTS)), 8)
    assert order_of(owner, other) != seen


def test_what_others_say_is_not_in_the_page(owner: m.Enrollment) -> None:
    """Row 18: neither a model's vote nor the owner's answer reaches a stranger's page."""
    sheet = laid.relevance(owner, *TEXTS)
    stranger = make.enrolled(study=owner.study, way="labels", part="others")
    slot = claim_other(stranger)
    assert slot is not None
    browser = visiting(stranger)
    before = browser.get(laid.address(slot)).text
    own = laid.own_slot(sheet)
    visiting(owner).post(laid.address(own), laid.answers_to(own))
    judge = make.judge(name="judge-of-fate")
    for item in sheet.items.all():
        make.judgment(item=item, rater=judge, role="machine", certainty=77)
    after = browser.get(laid.address(slot)).text
    assert _without_tokens(after) == _without_tokens(before)


def _without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"x-csrftoken": "\w+"', "", page)


def test_yes_and_no_are_kept(owner: m.Enrollment) -> None:
    slot = laid.own_slot(laid.relevance(owner, *TEXTS))
    form = {name: str(at % 2) for at, name in enumerate(sorted(laid.answers_to(slot)))}
    visiting(owner).post(laid.address(slot), form)
    for name, value in form.items():
        assert m.Judgment.objects.get(item=int(name.removeprefix("item-"))).value == int(value)


def test_every_pair_is_asked(owner: m.Enrollment) -> None:
    slot = laid.own_slot(laid.relevance(owner, *TEXTS))
    form = laid.answers_to(slot)
    form.popitem()
    page = visiting(owner).post(laid.address(slot), form)
    assert page.status_code == 422
    assert "Please correct one answer" in page.text
