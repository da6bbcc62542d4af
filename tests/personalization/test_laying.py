"""Review sheets for what arms have found: one for each person, mixed, nothing asked twice."""

from functools import partial

import pytest
from django.utils import timezone

from annotation import models as m
from annotation.answers import SheetForm
from annotation.arrangement import in_reading_order
from personalization.arms.holding import hold, leave_out
from personalization.laying import Laid, Unlaid, lay_of, lay_reviews, unlaid
from personalization.models import Arm
from tests import factories as make
from tests import laid
from tests.annotation.test_assignment import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> m.Study:
    return make.study()


def found(arm: Arm, person: m.Enrollment, *texts: str) -> list[m.Attribute]:
    """Let an arm have found these about a person."""
    attributes = laid.attributes_of(person, *texts)
    hold(arm, attributes)
    return attributes


def somebody(study: m.Study) -> m.Enrollment:
    return make.enrolled(study=study, part="done")


def shown(sheet: m.Sheet) -> list[str]:
    """Return the attributes of a sheet as its owner sees them, from top to bottom."""
    items = SheetForm(laid.own_slot(sheet)).items
    return list(dict.fromkeys(item.attribute.text for item in items if item.attribute))


def test_one_sheet_for_a_person(study: m.Study) -> None:
    """All arms together; what two arms found is asked once, what one has left out not at all."""
    ours, theirs = make.arm(study=study), make.arm(study=study)
    revised = make.arm(study=study, step="extraction")
    one, other = somebody(study), somebody(study)
    (both, _alone) = found(ours, one, "The user sails.", "The user rows.")
    hold(theirs, [both])
    found(theirs, one, "The user skis.")
    (bad,) = found(revised, one, "The user flies.")
    leave_out(revised, bad, "dropped")
    found(ours, other, "The user sings.")
    assert unlaid(study) == Unlaid(people=2, attributes=4)
    assert lay_reviews(study) == Laid(sheets=2, items=8, people=2)
    first, second = m.Sheet.objects.order_by("pk")
    assert set(shown(first)) == {"The user sails.", "The user rows.", "The user skis."}
    assert shown(second) == ["The user sings."]
    assert laid.own_slot(first).reserved_for == one.participant.rater
    assert first.slots.filter(role="third_party").count() == study.strangers > 0


def test_it_is_harmless_twice(study: m.Study) -> None:
    """What has items is never laid again; what is new gets a sheet of its own."""
    arm, one = make.arm(study=study), somebody(study)
    found(arm, one, "The user sails.")
    assert lay_reviews(study).sheets == 1
    assert lay_reviews(study) == Laid(0, 0, 0)
    assert unlaid(study) == Unlaid(0, 0)
    assert lay_of(one) is None
    found(arm, one, "The user rows.")
    assert lay_reviews(study) == Laid(1, 2, 1)
    assert shown(m.Sheet.objects.latest("pk")) == ["The user rows."]


@pytest.mark.django_db(transaction=True)
def test_two_who_lay_at_once_lay_one_sheet(study: m.Study) -> None:
    arm, people = make.arm(study=study), [somebody(study) for _n in range(3)]
    for one in people:
        found(arm, one, "The user sails.", "The user rows.")
    laid_by = together([partial(lay_reviews, study)] * 4)
    assert sum(each.sheets for each in laid_by if isinstance(each, Laid)) == 3
    assert sum(each.items for each in laid_by if isinstance(each, Laid)) == 12
    assert (m.Sheet.objects.count(), m.Item.objects.count()) == (3, 12)


def test_some_arms_and_some_people(study: m.Study) -> None:
    ours, theirs = make.arm(study=study), make.arm(study=study)
    generating = make.arm(study=study, step="generation")
    people = [somebody(study) for _n in range(3)]
    for one in people:
        found(ours, one, "The user sails.")
        found(theirs, one, "The user rows.")
        found(generating, one, "The user writes.")
    assert unlaid(study, arms=[theirs]) == Unlaid(3, 3)
    assert unlaid(study, arms=[]) == Unlaid(0, 0)
    assert unlaid(study) == Unlaid(3, 6)
    assert lay_reviews(study, arms=[theirs], most=2) == Laid(2, 4, 2)
    assert unlaid(study, arms=[theirs]) == Unlaid(1, 1)
    assert shown(m.Sheet.objects.latest("pk")) == ["The user rows."]


def test_another_studys_people_have_nothing_to_do_with_it(study: m.Study) -> None:
    elsewhere = somebody(make.study())
    found(make.arm(study=elsewhere.study), elsewhere, "The user sails.")
    assert lay_reviews(study) == Laid(0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"withdrawn_at": timezone.now()},
        {"consented_at": None, "consent_version": None, "scopes": []},
        {"preview": True},
    ],
    ids=["withdrawn", "no consent", "preview"],
)
def test_who_does_not_take_part_is_not_asked_about(
    study: m.Study, change: dict[str, object]
) -> None:
    arm, one = make.arm(study=study), somebody(study)
    found(arm, one, "The user sails.")
    m.Enrollment.objects.filter(pk=one.pk).update(**change)
    assert unlaid(study) == Unlaid(0, 0)
    assert lay_reviews(study) == Laid(0, 0, 0)


def test_who_waits_for_the_review_gets_it_when_it_is_whole(study: m.Study) -> None:
    """The machine is still at it; what it lays in the end is one sheet."""
    arm, one = make.arm(study=study), somebody(study)
    found(arm, one, "The user sails.")
    m.Enrollment.objects.filter(pk=one.pk).update(part="review", waiting_since=timezone.now())
    assert unlaid(study) == Unlaid(0, 0)
    assert lay_reviews(study) == Laid(0, 0, 0)
    one.refresh_from_db()
    sheet = lay_of(one)
    assert sheet is not None
    assert shown(sheet) == ["The user sails."]


def test_a_withdrawn_attribute_is_not_asked_about(study: m.Study) -> None:
    arm, one = make.arm(study=study), somebody(study)
    found(arm, one, "The user sails.")
    m.Attribute.objects.update(withdrawn_at=timezone.now())
    assert lay_reviews(study) == Laid(0, 0, 0)


def test_the_conversations_that_are_shown(study: m.Study) -> None:
    """The finished ones, and whatever the attributes were read from: imported ones have no end."""
    arm, one = make.arm(study=study), somebody(study)
    done, pointed, named, _open = (
        make.conversation(study=study, of=one.participant) for _n in range(4)
    )
    m.Conversation.objects.filter(pk=done.pk).update(finished_at=timezone.now())
    sails, rows = found(arm, one, "The user sails.", "The user rows.")
    m.Evidence.objects.create(attribute=sails, turn=make.turn(conversation=pointed))
    rows.variants.create(conversation=named, text="The user rows.")
    rows.variants.create(conversation=None, text="The user rows")
    lay_reviews(study)
    assert m.Sheet.objects.get().shown["conversations"] == [done.pk, pointed.pk, named.pk]


def test_the_order_is_that_of_the_conversation(study: m.Study) -> None:
    """By the first turn that supports each; those without any come last."""
    one = somebody(study)
    chats = [make.conversation(study=study, of=one.participant) for _n in range(2)]
    turns = [make.turn(conversation=chat, text=f"{n}") for chat in chats for n in range(2)]
    texts = [f"The user has {n} boats." for n in range(6)]
    attributes = found(make.arm(study=study), one, *texts)
    for number, places in {0: [3], 1: [2, 0], 3: [1], 4: [3, 2]}.items():
        for place in places:
            m.Evidence.objects.create(attribute=attributes[number], turn=turns[place])
    hidden = make.turn(text="Of another conversation.")
    m.Evidence.objects.create(attribute=attributes[5], turn=hidden)
    for seed in range(5):
        ordered = [texts.index(each.text) for each in in_reading_order(attributes, chats, seed)]
        assert ordered[:4] == [1, 3, 4, 0]
        assert set(ordered[4:]) == {2, 5}


def test_the_order_tells_nothing_of_arms(study: m.Study) -> None:
    """Of two arms that found ten each, without evidence, one after the other: both stand anywhere.

    Under a fair draw the first of the second arm stands among the first half in half of the sheets.
    """
    one = somebody(study)
    attributes = found(make.arm(study=study), one, *(f"The user has {n} boats." for n in range(10)))
    attributes += found(make.arm(study=study), one, *(f"The user has {n} cars." for n in range(10)))
    second = {each.pk for each in attributes[10:]}
    early = 0
    for seed in range(40):
        ordered = [each.pk for each in in_reading_order(attributes, [], seed)]
        early += len(second & set(ordered[:10]))
        assert ordered == [each.pk for each in in_reading_order(attributes[::-1], [], seed)]
    assert 160 < early < 240  # 200 expected, standard deviation 6.5 or so per 40 draws


def test_the_order_is_kept(study: m.Study) -> None:
    """The seed is stored with the sheet, and every place shows its items in this order."""
    one = somebody(study)
    attributes = found(make.arm(study=study), one, *(f"The user has {n} boats." for n in range(8)))
    lay_reviews(study)
    sheet = m.Sheet.objects.get()
    drawn = [each.text for each in in_reading_order(attributes, [], sheet.shown["seed"])]
    assert shown(sheet) == drawn
    assert drawn != [each.text for each in attributes]  # one of 40,320 draws
    again = m.Slot.objects.filter(sheet=sheet).order_by("-pk")[0]
    items = SheetForm(again).items
    assert list(dict.fromkeys(item.attribute.text for item in items if item.attribute)) == drawn
