"""Sheets become checks and labels again: what is right, who gets them, what becomes of the quota."""

import pytest

from annotation import banks, counters
from annotation import models as m
from annotation.answers import Answers
from annotation.assignment import claim_other, give_back, hold, submit
from annotation.banks import BankError, NoBank
from annotation.models.judgment import Reason
from annotation.models.sheet import SheetUse
from annotation.models.slot import LapseReason
from annotation.preview import preview_place
from tests import factories as make
from tests import laid
from tests.annotation.banks import labeller
from tests.labelling import answers, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="done")


@pytest.fixture
def sheet(owner: m.Enrollment) -> m.Sheet:
    return laid.relevance(owner)


def look(user: m.User, sheet: m.Sheet, code: int = 1, unclear: m.Item | None = None) -> None:
    """Send a preview."""
    person, slot = preview_place(user, sheet, again=True)
    given = dict(answers(slot, code).given)
    if unclear is not None:
        given[unclear.pk] = Reason.CANNOT_TELL
    submit(person, slot.pk, Answers(given))


def right(sheet: m.Sheet) -> dict[int, list[int]]:
    """Return what is right now, by item."""
    now = m.Reference.objects.filter(item__sheet=sheet, superseded_at=None)
    return dict(now.values_list("item", "accepted"))


def ready(user: m.User, sheet: m.Sheet) -> m.Sheet:
    look(user, sheet)
    banks.take_answers(user, sheet, "The person says so.")
    return sheet


def quota(sheet: m.Sheet) -> int:
    return sheet.slots.filter(role="third_party", purpose="label").count()


def refusal(sheet: m.Sheet, use: SheetUse = SheetUse.GOLD) -> NoBank:
    with pytest.raises(BankError) as caught:
        banks.put(sheet, use)
    return caught.value.why


def test_preview_answers_become_right(user: m.User, sheet: m.Sheet) -> None:
    """With the reasons and by whom; the next time they take the place of the old ones."""
    look(user, sheet, 1)
    assert banks.take_answers(user, sheet, "The person says so.") == 3
    assert set(map(tuple, right(sheet).values())) == {(1,)}
    one = m.Reference.objects.first()
    assert one is not None
    assert (one.kind, one.note, one.by) == ("gold", "The person says so.", user)
    look(user, sheet, 0)
    banks.take_answers(user, sheet, "")
    assert set(map(tuple, right(sheet).values())) == {(0,)}
    assert m.Reference.objects.count() == 6


def test_only_whole_answers_become_right(user: m.User, sheet: m.Sheet) -> None:
    """Not before a preview was sent, nor another one's, nor with a question left open."""
    look(make.user(), sheet)
    with pytest.raises(BankError):
        banks.take_answers(user, sheet, "")
    look(user, sheet, unclear=sheet.items.earliest("pk"))
    with pytest.raises(BankError):
        banks.take_answers(user, sheet, "")
    assert right(sheet) == {}


def test_what_need_not_be_answered_may_be_open(user: m.User, owner: m.Enrollment) -> None:
    """A review's errors; what was right there before is not any more."""
    sheet = laid.review(owner)
    look(user, sheet, 2)
    error = sheet.items.filter(question__kind="error_code").earliest("pk")
    code = error.question.options.order_by("code")[0].code
    m.Reference.objects.create(item=error, kind="gold", accepted=[code])
    assert banks.take_answers(user, sheet, "") == 3
    assert error.pk not in right(sheet)
    assert banks.put(sheet, SheetUse.GOLD)


def test_without_what_is_right_it_is_no_check(user: m.User, sheet: m.Sheet) -> None:
    assert refusal(sheet) is NoBank.UNKNOWN
    ready(user, sheet)
    m.Reference.objects.filter(item=sheet.items.earliest("pk")).update(
        superseded_at="2020-01-01T00:00Z"
    )
    assert refusal(sheet) is NoBank.UNKNOWN
    sheet.refresh_from_db()
    assert sheet.use == "label"


def test_imported_sheets_are_no_checks() -> None:
    assert refusal(make.sheet()) is NoBank.NO_PAGE


@pytest.mark.parametrize("use", [SheetUse.GOLD, SheetUse.TRAINING, SheetUse.ATTENTION])
def test_raters_get_it_as_a_check(user: m.User, owner: m.Enrollment, use: SheetUse) -> None:
    """It is put to somebody as that, and its answers are no labels."""
    sheet = ready(user, laid.relevance(owner))
    laid.relevance(owner)
    assert banks.put(sheet, use)
    assert quota(sheet) == 0
    settings = {"training_first": 1} if use == "training" else {f"{use}_every": 2}
    person = labeller(owner, **settings)
    slots = [fill(person) for _ in range(2 if use != "training" else 1)]
    (check,) = (slot for slot in slots if slot.sheet_id == sheet.pk)
    assert check.purpose == use
    uses = m.Judgment.objects.filter(slot=check).values_list("use", flat=True)
    assert set(uses) == {use.value}
    assert counters.check() == []


def test_labels_that_were_sent_stay(user: m.User, owner: m.Enrollment, sheet: m.Sheet) -> None:
    fill(labeller(owner))
    assert banks.put(ready(user, sheet), SheetUse.GOLD)
    assert quota(sheet) == 1
    assert m.Judgment.objects.filter(use="label", superseded_at=None).count() == 3
    assert not banks.put(sheet, SheetUse.GOLD)


def test_not_while_somebody_has_it(user: m.User, owner: m.Enrollment, sheet: m.Sheet) -> None:
    """Nor while they may come back; nothing is changed then, and what they send is a label."""
    person = labeller(owner)
    slot = fill(person, send=False)
    assert refusal(ready(user, sheet)) is NoBank.BEGUN
    assert quota(sheet) == 3
    give_back(person, slot.pk, LapseReason.RETURNED)
    assert refusal(sheet) is NoBank.BEGUN
    assert hold(person, slot.pk) == slot
    submit(person, slot.pk, answers(slot))
    assert banks.put(sheet, SheetUse.GOLD)
    assert quota(sheet) == 1
    assert counters.check() == []


def test_back_among_the_labels(user: m.User, owner: m.Enrollment, sheet: m.Sheet) -> None:
    """Its quota opens again, and checks that nobody began are gone."""
    banks.put(ready(user, sheet), SheetUse.TRAINING)
    person = labeller(owner, training_first=1)
    check = make.slot(sheet=sheet, purpose="training", reserved_for=laid.rater(person))
    assert banks.put(sheet, SheetUse.LABEL)
    assert not m.Slot.objects.filter(pk=check.pk).exists()
    assert quota(sheet) == 3
    slot = claim_other(person)
    assert slot is not None
    assert (slot.sheet, slot.purpose) == (sheet, "label")
    assert sheet.slots.filter(role="first_person").count() == 1


def test_begun_checks_stay(user: m.User, owner: m.Enrollment, sheet: m.Sheet) -> None:
    """Somebody who is at it sends it as what it was given for."""
    banks.put(ready(user, sheet), SheetUse.TRAINING)
    person = labeller(owner, training_first=1)
    slot = fill(person, send=False)
    banks.put(sheet, SheetUse.LABEL)
    submit(person, slot.pk, answers(slot))
    uses = m.Judgment.objects.filter(slot=slot).values_list("use", flat=True)
    assert set(uses) == {"training"}


@pytest.mark.parametrize("use", list(SheetUse))
def test_the_owner_s_place_stays(
    user: m.User, owner: m.Enrollment, sheet: m.Sheet, use: SheetUse
) -> None:
    own = laid.own_slot(sheet)
    banks.put(ready(user, sheet), use)
    assert laid.own_slot(sheet) == own
