"""Attribute review: the conversation, where the machine read each sentence, three choices."""

import pytest

from annotation import models as m
from annotation.assignment import claim_other
from annotation.sheets import lay_review
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="review")


def page_of(person: m.Enrollment, slot: m.Slot) -> str:
    return visiting(person).get(laid.address(slot)).text


def test_it_shows_where_the_machine_read_it(owner: m.Enrollment) -> None:
    """Row 15: a pointer leads to its turn; where there is none, the page says so."""
    slot = laid.own_slot(laid.review(owner))
    page = page_of(owner, slot)
    turn = m.Turn.objects.get(speaker="user")
    assert f'id="turn-{turn.pk}"' in page
    assert f'href="#turn-{turn.pk}" data-evidence="turn-{turn.pk} "' in page
    assert page.count("No evidence") == 2
    assert page.count("The machine names no place in the conversation for this.") == 2


def test_pointers_elsewhere_are_dropped(owner: m.Enrollment) -> None:
    """Row 15: a turn of a conversation that the sheet does not show is no evidence on it."""
    sheet = laid.review(owner)
    elsewhere = make.turn(text="My secret diary.")
    about = m.Attribute.objects.get(text=laid.SAYS[1])
    m.Evidence.objects.create(attribute=about, turn=elsewhere)
    page = page_of(owner, laid.own_slot(sheet))
    assert f"turn-{elsewhere.pk}" not in page
    assert "My secret diary." not in page


def test_everything_is_kept(owner: m.Enrollment) -> None:
    """Rows 16 and 17: three values, an error code, free text about this person, first person."""
    slot = laid.own_slot(laid.review(owner))
    asked = {
        kind: list(slot.sheet.items.filter(question__kind=kind).order_by("pk"))
        for kind in ("attribute", "error_code")
    }
    form = {f"item-{item.pk}": str(2 - at) for at, item in enumerate(asked["attribute"])}
    form |= {f"item-{asked['error_code'][2].pk}": "3", "missing": "Paints <b>boats</b>.\nRuns."}
    assert visiting(owner).post(laid.address(slot), form).status_code == 302
    values = [m.Judgment.objects.get(item=item).value for item in asked["attribute"]]
    assert values == [2, 1, 0]
    assert m.Judgment.objects.get(question__kind="error_code").value == 3
    told = m.MissingAttribute.objects.filter(participant=owner.participant, slot=slot)
    assert [one.text for one in told.order_by("pk")] == ["Paints <b>boats</b>.", "Runs."]
    owner.refresh_from_db()
    assert owner.part == "relevance"


def test_a_strangers_review(owner: m.Enrollment) -> None:
    """Other words, one answer more; what is missed is about the owner, not the stranger."""
    laid.review(owner, "The user sails.")
    stranger = make.enrolled(study=owner.study, way="labels", part="others")
    slot = claim_other(stranger)
    assert slot is not None
    page = page_of(stranger, slot)
    assert "Does this follow from what the person wrote?" in page
    assert "Is this true of you?" not in page
    assert "I can&#x27;t tell" in page
    assert owner.participant.pseudonym not in page
    (item,) = slot.sheet.items.filter(question__kind="attribute")
    form = {f"item-{item.pk}": "cannot_tell", "missing": "Has a dog."}
    visiting(stranger).post(laid.address(slot), form)
    judgment = m.Judgment.objects.get()
    assert (judgment.value, judgment.reason, judgment.role) == (None, "cannot_tell", "third_party")
    assert m.MissingAttribute.objects.get().participant == owner.participant


def test_texts_are_texts(owner: m.Enrollment) -> None:
    """Neither HTML nor links nor images are made of what people and machines wrote."""
    evil = '<img src="http://evil.test/x.png"> [a](http://evil.test) <script>alert(1)</script>'
    chat = make.conversation(study=owner.study, of=owner.participant)
    make.turn(conversation=chat, text=f"one\n\n{evil}")
    about = make.attribute(study=owner.study, of=owner.participant, text=evil)
    m.Attribute.objects.filter(pk=about.pk).update(reason=evil)
    page = page_of(owner, laid.own_slot(lay_review(owner, [chat], [about])))
    assert page.count("&lt;img src=") == 3
    assert "<img" not in page
    assert 'href="http' not in page
    assert "<script>alert" not in page


def test_nothing_was_noticed(owner: m.Enrollment) -> None:
    """A review without sentences can be sent: it asks what was missed."""
    slot = laid.own_slot(lay_review(owner, [], []))
    page = page_of(owner, slot)
    assert "The machine noticed nothing." in page
    assert "There is no conversation to show." in page
    browser = visiting(owner)
    for _ in range(2):
        assert browser.post(laid.address(slot), {"missing": "Sails."}).status_code == 302
    assert m.MissingAttribute.objects.count() == 1
