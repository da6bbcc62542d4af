"""What is right at a training sheet: said after it was sent, to the person alone, never of gold."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.assignment import claim_other
from annotation.leaving import withdraw
from annotation.sheets import lay_comparison
from tests import factories as make
from tests import laid
from tests.annotation.banks import author, banked, labeller
from tests.visits import visiting

pytestmark = pytest.mark.django_db


def path(person: m.Enrollment, slot: m.Slot) -> str:
    return f"/part/{person.study.name}/training/{slot.pk}/"


def place(person: m.Enrollment) -> m.Slot:
    slot = claim_other(person)
    assert slot is not None
    return slot


def trained(accepted: tuple[int, ...] = (1,), sheets: int = 1) -> tuple[m.Enrollment, m.Slot]:
    """Return somebody at a training sheet, and the place."""
    owner = author(sheets=sheets)
    banked(owner, "training", accepted=accepted)
    person = labeller(owner, training_first=1)
    return person, place(person)


def test_it_comes_at_once_and_leads_on() -> None:
    """What was said, whether it fits, what is right and why; then the next sheet, leased already."""
    person, slot = trained(accepted=(0,))
    browser = visiting(person)
    sent = browser.post(laid.address(slot), laid.answers_to(slot))
    assert sent["Location"] == path(person, slot)
    following = m.Slot.objects.get(rater=laid.rater(person), submitted_at=None)
    page = browser.get(path(person, slot)).text
    for words in (
        "The user sails.",
        "Should this affect the answer",
        "This does not fit",
        "The person says so twice.",
        "0 of 1 answers fit.",
    ):
        assert words in page
    said, right = page.index("<dd>Yes</dd>"), page.index("<dd>No</dd>")
    assert said < right
    after = browser.get(f"/part/{person.study.name}/", follow=True)
    assert after.redirect_chain[-1][0] == laid.address(following)
    # Sending the same again shows it again.
    assert browser.post(laid.address(slot), laid.answers_to(slot))["Location"] == (
        path(person, slot)
    )


@pytest.mark.parametrize(
    ("accepted", "said", "words"),
    [
        ((1,), "1", ["This fits", "1 of 1 answers fit."]),
        ((0, 1), "1", ["This fits", "Right, each of these", "No<br>Yes"]),
        (
            (1,),
            "cannot_tell",
            ["You left this open", "<dd>I can&#x27;t tell</dd>", "0 of 1 answers fit."],
        ),
    ],
)
def test_what_fits(accepted: tuple[int, ...], said: str, words: list[str]) -> None:
    person, slot = trained(accepted)
    browser = visiting(person)
    browser.post(laid.address(slot), dict.fromkeys(laid.answers_to(slot), said))
    page = browser.get(path(person, slot)).text
    for word in words:
        assert word in page


@pytest.mark.parametrize("seed", [2, 3])
def test_sides_are_those_of_the_page(seed: int) -> None:
    """Row 19: of a comparison, answers read as they stood on the page, whichever side was first."""
    owner = author()
    query = make.query(study=owner.study)
    a, b = (make.response(query=query, text=text) for text in ("Sail north.", "Sail south."))
    pair = m.ResponsePair.objects.create(query=query, a=a, b=b)
    sheet = lay_comparison(owner, pair, [])
    sheet.slots.all().delete()
    m.Sheet.objects.filter(pk=sheet.pk).update(use="training")
    m.Reference.objects.create(item=sheet.items.get(), kind="gold", accepted=[0])
    person = labeller(owner, training_first=1)
    slot = laid.seeded(place(person), seed)
    browser = visiting(person)
    browser.post(laid.address(slot), dict.fromkeys(laid.answers_to(slot), "0"))
    page = browser.get(path(person, slot)).text
    assert "<dd>A is much better</dd>" in page
    texts = page.index(pair.a.text), page.index(pair.b.text)
    assert (texts[0] < texts[1]) == (seed == 2)
    assert ("This fits" in page) == (seed == 2)
    assert ("<dd>B is much better</dd>" in page) == (seed == 3)


def test_a_script_is_led_to_the_page_as_well() -> None:
    person, slot = trained()
    sent = visiting(person).post(
        laid.address(slot), laid.answers_to(slot), headers={"HX-Request": "true"}
    )
    assert sent["HX-Redirect"] == path(person, slot)


def test_nothing_is_said_before_it_was_sent() -> None:
    person, slot = trained()
    assert visiting(person).get(path(person, slot)).status_code == 404


@pytest.mark.parametrize("purpose", ["label", "gold", "attention"])
def test_no_other_sheet_has_this_page(purpose: str) -> None:
    """Section 5, blinding: gold stays silent, and so do labels."""
    owner = author(sheets=2)
    if purpose != "label":
        banked(owner, purpose)
    person = labeller(owner, gold_every=2, attention_every=2)
    browser = visiting(person)
    for _ in range(2):
        slot = place(person)
        sent = browser.post(laid.address(slot), laid.answers_to(slot))
        assert "training" not in sent["Location"]
    assert slot.purpose == purpose
    assert browser.get(path(person, slot)).status_code == 404


def test_it_is_the_persons_alone() -> None:
    person, slot = trained()
    visiting(person).post(laid.address(slot), laid.answers_to(slot))
    other = make.enrolled(study=person.study, way="labels", part="others")
    elsewhere = make.enrolled(way="labels", part="others")
    assert visiting(other).get(path(person, slot)).status_code == 404
    assert visiting(elsewhere).get(path(person, slot)).status_code == 403
    assert Client().get(path(person, slot)).status_code == 403
    make.consent_text(study=(second := make.study()))
    here = make.enrollment(of=person.participant, study=second)
    m.Enrollment.objects.filter(pk=here.pk).update(
        consent_version=1, consented_at=person.consented_at
    )
    assert visiting(here).get(path(here, slot)).status_code == 404


def test_wrong_ways_of_asking() -> None:
    person, slot = trained()
    browser = visiting(person)
    browser.post(laid.address(slot), laid.answers_to(slot))
    assert browser.post(path(person, slot)).status_code == 405
    assert browser.get(path(person, slot)[:-1] + "9999/").status_code == 404
    withdraw(person)
    gone = browser.get(path(person, slot))
    assert gone.status_code == 403
    assert "says so twice" not in gone.text
