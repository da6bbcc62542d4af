"""Blind comparison: two responses, sides by the seed, nothing that tells them apart but their words."""

import re

import pytest

from annotation import models as m
from annotation.assignment import claim_other
from annotation.sheets import lay_comparison
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="comparison")


def compared(owner: m.Enrollment, gains: int = 7) -> m.Sheet:
    """Lay a comparison of a plain response (a) with a personalized one (b)."""
    query = make.query(study=owner.study)
    plain = make.response(query=query, by=make.author(name="gpt-tell-tale"), text="Plain lake.")
    told = make.response(
        query=query,
        by=make.author(name="llama-tell-tale"),
        condition="relevant_owner",
        text="Your own lake.",
    )
    pair = m.ResponsePair.objects.create(query=query, a=plain, b=told)
    texts = [f"The user has {n} boats." for n in range(gains)]
    return lay_comparison(owner, pair, laid.attributes_of(owner, *texts))


def page_of(person: m.Enrollment, slot: m.Slot) -> str:
    return visiting(person).get(laid.address(slot)).text


@pytest.mark.parametrize("seed", [4, 5])
def test_no_byte_tells_the_two_apart(owner: m.Enrollment, seed: int) -> None:
    """Row 19: no author, model, condition or id of a response; swapped sides change the texts alone."""
    sheet = compared(owner)
    slot = laid.seeded(laid.own_slot(sheet), seed)
    page = page_of(owner, slot)
    for word in ("tell-tale", "gpt", "llama", "relevant_owner", "condition", "personalized"):
        assert word not in page.lower()
    pair = m.ResponsePair.objects.get()
    numbers = set(re.findall(r'(?:name|id|for|value|href|data-[a-z-]+)="([^"]*)"', page))
    allowed = {f"item-{item.pk}" for item in sheet.items.all()}
    fields = {name for name in numbers if name.startswith("item-")}
    assert fields <= allowed
    assert f"response-{pair.a_id}" not in page
    values = re.findall(r'<input type="radio" name="([^"]+)" value="(\d)"', page)
    for name in {name for name, _ in values}:
        assert [value for one, value in values if one == name] == ["0", "1", "2", "3", "4"]
    first, second = page.index("Plain lake."), page.index("Your own lake.")
    assert (first < second) == (seed % 2 == 0)


def test_both_sides_look_the_same(owner: m.Enrollment) -> None:
    """Row 19: with the two texts made equal, the page of one seed is that of its mirror."""
    slot = laid.own_slot(compared(owner, gains=1))
    pages = []
    for seed in (4, 5):
        page = page_of(owner, laid.seeded(slot, seed))
        page = page.replace("Plain lake.", "-").replace("Your own lake.", "-")
        pages.append(re.sub(r'(csrfmiddlewaretoken" value=|x-csrftoken": )"\w+"', "", page))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(("seed", "stored"), [(2, 4), (3, 0)])
def test_answers_are_kept_of_a_and_b(owner: m.Enrollment, seed: int, stored: int) -> None:
    """Row 19: the last point means b where b stands second, and a where a does; `left` says which."""
    slot = laid.seeded(laid.own_slot(compared(owner)), seed)
    form = dict.fromkeys(laid.answers_to(slot), "4")
    assert visiting(owner).post(laid.address(slot), form).status_code == 302
    kept = m.Judgment.objects.filter(slot=slot)
    assert {one.value for one in kept} == {stored}
    assert {one.shown["left"] for one in kept if one.shown} == {"a" if seed % 2 == 0 else "b"}
    option = m.Option.objects.get(question__kind="overall", code=stored)
    assert option.score == stored + 1


def test_five_gains_are_asked_and_the_others_folded(owner: m.Enrollment) -> None:
    """The whole and five gains must be there; others are kept where they were given."""
    slot = laid.own_slot(compared(owner))
    page = page_of(owner, slot)
    assert page.count("(you may leave it empty)") == 2
    assert "2 more, if you like" in page
    browser = visiting(owner)
    errors = browser.post(laid.address(slot), {})
    needed = set(re.findall(r'href="#id_(item-\d+)"', errors.text))
    assert len(needed) == 6
    free = next(name for name in laid.answers_to(slot) if name not in needed)
    form = {**dict.fromkeys(needed, "1"), free: "3"}
    assert browser.post(laid.address(slot), form).status_code == 302
    assert m.Judgment.objects.filter(slot=slot).count() == 7


def test_owner_and_stranger_have_their_own_words(owner: m.Enrollment) -> None:
    """Rows 5 and 6: the owner answers in the first person, a stranger guesses; one scale."""
    sheet = compared(owner)
    assert "which response is better for you?" in page_of(owner, laid.own_slot(sheet))
    stranger = make.enrolled(study=owner.study, way="labels", part="others")
    slot = claim_other(stranger)
    assert slot is not None
    page = page_of(stranger, slot)
    assert "which response would this person find better?" in page
    assert "better for you" not in page
    assert page.count('value="cannot_tell"') == 8
    form = laid.answers_to(slot)
    visiting(stranger).post(laid.address(slot), form)
    assert set(m.Judgment.objects.values_list("role", flat=True)) == {"third_party"}
