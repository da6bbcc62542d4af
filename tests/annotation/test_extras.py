"""One more rater where the quota's raters do not agree: one by one, bounded, outside panels."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import models as m
from annotation import plans
from annotation.answers import Answers
from annotation.assignment import claim_other, submit
from annotation.extras import agree
from annotation.leaving import withdraw
from annotation.models.judgment import Reason
from personalization.agreement import frames
from tests import factories as make
from tests import laid
from tests.annotation import strangers
from tests.annotation.strangers import answer, extras, open_places, places
from tests.annotation.test_assignment import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> m.Enrollment:
    """Somebody in a study with two strangers at a sheet of reviews, and two more where they differ."""
    return planned(2)


def planned(most: int, quota: int = 2) -> m.Enrollment:
    one = make.enrolled(part="review")
    for stage in ("review", "relevance", "comparison"):
        plans.change(one.study, stage, strangers=quota, extra_most=most)
    return one


@given(st.lists(st.integers(0, 4), min_size=2))
def test_more_than_two_thirds(values: list[int]) -> None:
    """Counting by hand says the same."""
    most = max(values.count(one) for one in values)
    assert agree(values) == (most / len(values) > 2 / 3 + 1e-9)


@pytest.mark.parametrize(
    ("values", "agreed"),
    [
        ([], True),
        ([1], True),
        ([1, 0], False),
        ([1, 1], True),
        ([1, 1, 0], False),  # exactly two thirds
        ([1, 1, 1, 0], True),
        ([1, 1, 1, 1, 0, 0], False),  # exactly two thirds
        ([1, 1, 1, 1, 1, 0, 0], True),
        ([0, 1, 2], False),
    ],
)
def test_exactly_two_thirds_is_not_enough(values: list[int], agreed: bool) -> None:
    assert agree(values) is agreed


def test_two_who_agree_are_enough(owner: m.Enrollment) -> None:
    sheet = laid.review(owner)
    answer(sheet)
    answer(sheet)
    assert extras(sheet) == 0


def test_one_more_at_a_time_and_never_more_than_two(owner: m.Enrollment) -> None:
    """1, 0: one more; 1, 0, 0: exactly two thirds, so another one; then whatever is said, no more."""
    sheet = laid.review(owner)
    answer(sheet, 1)
    assert extras(sheet) == 0
    answer(sheet, 0)
    assert extras(sheet) == 1
    slot = open_places(sheet).get()
    assert (slot.purpose, slot.role, slot.ordinal, slot.reserved_for) == (
        "extra", "third_party", None, None,
    )  # fmt: skip
    answer(sheet, 0)
    assert extras(sheet) == 2
    answer(sheet, 1)
    assert extras(sheet) == 2
    assert not open_places(sheet).exists()
    assert places(sheet) == 2


def test_one_more_may_be_enough() -> None:
    """1, 1, 0 is two thirds; a fourth who agrees makes it three quarters."""
    sheet = laid.review(planned(2, quota=3))
    for code in (1, 1, 0, 1):
        answer(sheet, code)
    assert extras(sheet) == 1
    assert not open_places(sheet).exists()


@pytest.mark.parametrize("most", [0, 1])
def test_as_many_as_the_plan_allows(most: int) -> None:
    sheet = laid.review(planned(most))
    answer(sheet, 1)
    answer(sheet, 0)
    if most:
        answer(sheet, 2)
    assert extras(sheet) == most
    assert not open_places(sheet).exists()


def test_one_item_is_enough(owner: m.Enrollment) -> None:
    """Two agree on all items but one."""
    sheet = laid.relevance(owner)
    last = sheet.items.latest("pk")
    answer(sheet, 1)
    answer(sheet, 1, instead={last.pk: 0})
    assert extras(sheet) == 1


def test_nobody_is_asked_before_the_quota_is_full(owner: m.Enrollment) -> None:
    """A third stranger holds a place, or has given it back: the sheet is not complete."""
    plans.change(owner.study, "review", strangers=3)
    sheet = laid.review(owner)
    answer(sheet, 1)
    strangers.seat(sheet)
    answer(sheet, 0)
    assert extras(sheet) == 0


def test_who_answers_beyond_the_quota_is_a_new_person(owner: m.Enrollment) -> None:
    """Strangers who were there before are not offered the place, nor is the owner."""
    sheet = laid.review(owner)
    people = [strangers.someone(owner.study) for _ in range(2)]
    for code, one in enumerate(people):
        answer(sheet, code, by=one)
    assert [claim_other(one) for one in [owner, *people]] == [None] * 3
    slot = claim_other(strangers.someone(owner.study))
    assert slot is not None
    assert (slot.sheet, slot.purpose) == (sheet, "extra")


def test_it_has_the_priority_of_the_stage(owner: m.Enrollment) -> None:
    plans.change(owner.study, "review", priority=6)
    sheet = laid.review(owner)
    answer(sheet, 1)
    answer(sheet, 0)
    assert open_places(sheet).get().priority == 6


def test_no_value_is_no_vote(owner: m.Enrollment) -> None:
    """Who cannot tell does not disagree: one answer is left, and one agrees with itself."""
    sheet = laid.relevance(owner)
    person, slot = strangers.seat(sheet)
    unsure = dict.fromkeys(strangers.told(sheet, 1).given, Reason.CANNOT_TELL)
    submit(person, slot.pk, Answers(unsure))
    answer(sheet, 0)
    assert extras(sheet) == 0


def test_gains_that_nobody_must_answer_do_not_count(owner: m.Enrollment) -> None:
    """Six gains, five of them required: to differ on the sixth asks for nobody, on the first it does."""
    for required, wanted in ((False, 0), (True, 1)):
        sheet = laid.comparison(owner, *(f"The user has {n} boats." for n in range(6)))
        gains = sheet.items.filter(question__kind="gain").order_by("pk")
        chosen = gains[0] if required else gains[5]
        assert (chosen.attribute_id in sheet.shown["required"]) == required
        people = [strangers.someone(owner.study) for _ in range(2)]
        for code, one in zip((2, 4), people, strict=True):
            person, slot = strangers.seat(sheet, one)
            m.Slot.objects.filter(pk=slot.pk).update(seed=2)
            submit(person, slot.pk, strangers.told(sheet, 2, {chosen.pk: code}))
        assert extras(sheet) == wanted


def test_what_is_wrong_does_not_count(owner: m.Enrollment) -> None:
    """Both reject a sentence, for different reasons: that is asked only after the first answer."""
    sheet = laid.review(owner, "The user sails.")
    (code,) = sheet.items.filter(question__kind="error_code")
    answer(sheet, 0, instead={code.pk: 0})
    answer(sheet, 0, instead={code.pk: 1})
    assert m.Judgment.objects.filter(item=code).count() == 2
    assert extras(sheet) == 0


def test_owners_repeats_and_machines_have_no_vote(owner: m.Enrollment) -> None:
    """Two strangers agree; the owner, a repeat and a judge say otherwise."""
    sheet = laid.relevance(owner)
    submit(owner, laid.own_slot(sheet).pk, strangers.told(sheet, 0))
    for item in sheet.items.all():
        make.judgment(item=item, role="machine", value=0)
        make.judgment(item=item, use="surplus", value=0)
    first = strangers.someone(owner.study)
    answer(sheet, 1, by=first)
    for item in sheet.items.all():
        make.judgment(item=item, rater=laid.rater(first), use="repeat", occasion=1, value=0)
    answer(sheet, 1)
    assert extras(sheet) == 0


def test_panels_have_the_quota_alone(owner: m.Enrollment) -> None:
    """What the extra raters say has its own use: the frame of the panel is as without them."""
    sheet = laid.relevance(owner)
    answer(sheet, 1)
    answer(sheet, 0)
    question = sheet.items.earliest("pk").question
    before = frames.load(question).panels["third_party"]
    answer(sheet, 0)
    answer(sheet, 0)
    after = frames.load(question).panels["third_party"]
    assert set(after.rater_ids) == set(before.rater_ids)
    assert m.Judgment.objects.filter(question=question, use="extra").count() == 6
    assert after.histogram.tolist() == before.histogram.tolist() == [[1, 1]] * 3


def test_a_withdrawal_frees_the_place_and_its_answers(owner: m.Enrollment) -> None:
    """Who differed has left: the place goes to somebody else, and what they say is counted anew."""
    sheet = laid.review(owner)
    leaver = strangers.someone(owner.study)
    answer(sheet, 1)
    answer(sheet, 0, by=leaver)
    answer(sheet, 1)
    assert extras(sheet) == 2
    withdraw(leaver)
    assert open_places(sheet).filter(purpose="label", rater=None).count() == 1
    answer(sheet, 1)
    assert extras(sheet) == 2
    assert places(sheet) == 2


def test_an_owner_who_leaves_asks_nobody(owner: m.Enrollment) -> None:
    """The last stranger sends what was open when the owner left: nothing follows from it."""
    sheet = laid.review(owner)
    answer(sheet, 1)
    person, slot = strangers.seat(sheet)
    withdraw(owner)
    submit(person, slot.pk, strangers.told(sheet, 0))
    assert extras(sheet) == 0


def test_sheets_for_checks_ask_nobody(owner: m.Enrollment) -> None:
    sheet = laid.review(owner)
    m.Slot.objects.filter(sheet=sheet, role="third_party").update(purpose="gold", ordinal=None)
    answer(sheet, 1)
    answer(sheet, 0)
    assert extras(sheet) == 0


@pytest.mark.django_db(transaction=True)
def test_the_last_two_at_the_same_moment() -> None:
    """Both complete the sheet and do not agree: one more place, not none and not two."""
    owner = planned(2, quota=4)
    for _round in range(3):
        sheet = laid.review(owner)
        seats = [strangers.seat(sheet) for _ in range(4)]
        together(
            [
                partial(submit, person, slot.pk, strangers.told(sheet, code % 2))
                for code, (person, slot) in enumerate(seats)
            ]
        )
        assert sheet.slots.filter(purpose="label", submitted_at__isnull=False).count() == 4
        assert extras(sheet) == 1
