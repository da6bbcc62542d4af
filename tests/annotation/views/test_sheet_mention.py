"""Mention: one answer, and whether it says each sentence; nothing tells what its author knew."""

import pytest

from annotation import models as m
from annotation.assignment import claim_other
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db
ANSWER = "Since you sail, try Lake Constance."


@pytest.fixture
def slot() -> m.Slot:
    """Return a stranger's place at a mention sheet."""
    owner = make.enrolled(part="comparison")
    laid.mention(owner, answer=ANSWER)
    found = claim_other(stranger(owner.study))
    assert found is not None
    return found


def stranger(of: m.Study) -> m.Enrollment:
    return make.enrolled(study=of, way="labels", part="others")


def holder(slot: m.Slot) -> m.Enrollment:
    assert slot.rater is not None
    return m.Enrollment.objects.get(participant__rater=slot.rater)


def test_one_answer_and_the_sentences(slot: m.Slot) -> None:
    page = visiting(holder(slot)).get(laid.address(slot)).text
    assert "<h1>Say what is named</h1>" in page
    assert ANSWER in page
    for text in laid.SAYS:
        assert text in page
    assert page.count("Advice that only fits does not count.") == len(laid.SAYS)
    assert page.count("I can&#x27;t tell") == len(laid.SAYS)


def test_nothing_tells_which_response_this_is(slot: m.Slot) -> None:
    """Neither the other answer nor a condition; no side, and no word of what its author knew."""
    page = visiting(holder(slot)).get(laid.address(slot)).text
    main = page.partition("<main")[2].partition("</main>")[0].lower()
    for word in (
        "take a train",
        "personal",
        "condition",
        "answer a<",
        "answer b<",
        "profile",
        ">all<",
    ):
        assert word not in main


def test_answers_are_kept(slot: m.Slot) -> None:
    form = laid.answers_to(slot)
    first = sorted(form)[0]
    form[first] = "0"
    visiting(holder(slot)).post(laid.address(slot), form)
    slot.refresh_from_db()
    assert slot.submitted_at is not None
    for name, value in form.items():
        judged = m.Judgment.objects.get(item=int(name.removeprefix("item-")))
        assert (judged.role, judged.value) == ("third_party", int(value))


def test_every_sentence_is_asked(slot: m.Slot) -> None:
    form = laid.answers_to(slot)
    form.popitem()
    page = visiting(holder(slot)).post(laid.address(slot), form)
    assert page.status_code == 422
    assert "Please correct one answer" in page.text


def test_what_is_no_answer_is_refused(slot: m.Slot) -> None:
    form = laid.answers_to(slot)
    form[sorted(form)[0]] = "7"
    page = visiting(holder(slot)).post(laid.address(slot), form)
    assert page.status_code == 422
    assert "Choose one of the answers on this page." in page.text
    assert not m.Judgment.objects.exists()


def test_others_and_other_methods(slot: m.Slot) -> None:
    """A stranger without the place finds nothing; the owner has no place; and only two methods."""
    other = stranger(slot.sheet.study)
    assert visiting(other).get(laid.address(slot)).status_code == 404
    owner = m.Enrollment.objects.get(participant__rater=slot.sheet.owner_id)
    assert visiting(owner).get(laid.address(slot)).status_code == 404
    assert visiting(holder(slot)).put(laid.address(slot)).status_code == 405


def test_it_is_in_nobodys_way(slot: m.Slot) -> None:
    """The owner's way has no such part: what is asked of the owner does not become more."""
    owner = m.Enrollment.objects.get(participant__rater=slot.sheet.owner_id)
    assert not slot.sheet.slots.filter(role="first_person").exists()
    page = visiting(owner).get(f"/part/{owner.study.name}/")
    assert page.status_code in (200, 302)
