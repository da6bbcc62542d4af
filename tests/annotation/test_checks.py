"""Training, gold and attention sheets: when they come, for whom, and what they show of a rater."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation import checks
from annotation import models as m
from annotation.answers import Answers
from annotation.assignment import Refusal, SheetError, claim_other, give_back, hold, submit
from annotation.checks import Result, feedback, results
from annotation.following import follow
from annotation.leaving import withdraw
from annotation.models.judgment import Reason
from annotation.models.slot import LapseReason, Purpose
from personalization.agreement import frames
from tests import factories as make
from tests import laid
from tests.annotation.banks import author, banked, labeller
from tests.annotation.test_assignment import answers, claimed, together
from tests.visits import visiting

pytestmark = pytest.mark.django_db


def work(person: m.Enrollment, most: int = 99, code: int = 1) -> list[m.Slot]:
    """Answer what a person gets, at most so many sheets."""
    done: list[m.Slot] = []
    while len(done) < most and (slot := claim_other(person)) is not None:
        submit(person, slot.pk, answers(slot, code))
        done.append(slot)
    return done


def purposes(slots: list[m.Slot]) -> list[str]:
    return [slot.purpose for slot in slots]


def test_training_comes_first_and_once() -> None:
    """Two of three training sheets, whatever is claimed how often, and then labels."""
    owner = author(sheets=2)
    bank = {banked(owner, "training") for _ in range(3)}
    person = labeller(owner, training_first=2)
    for _ in range(3):
        assert claimed(person).purpose == "training"
    done = work(person)
    assert purposes(done) == ["training", "training", "label", "label"]
    assert len({slot.sheet for slot in done[:2]} & bank) == 2
    told = m.Judgment.objects.filter(slot__in=done[:2])
    assert set(told.values_list("use", "occasion")) == {("training", 0)}


def test_a_skipped_training_sheet_is_not_replaced() -> None:
    owner = author(sheets=1)
    for _ in range(2):
        banked(owner, "training")
    person = labeller(owner, training_first=1)
    give_back(person, claimed(person).pk, LapseReason.SKIPPED)
    assert purposes(work(person)) == ["label"]


def test_whoever_labels_while_waiting_is_trained_as_well() -> None:
    """Somebody on the whole way who looks at others' sheets meanwhile."""
    owner = author(sheets=1)
    banked(owner, "training")
    labeller(owner, training_first=1)
    person = make.enrolled(study=owner.study, part="review")
    assert purposes(work(person)) == ["training", "label"]


def test_gold_and_attention_come_in_between() -> None:
    """Section 5, gold items: each third sheet is gold, each fourth attention; gold first."""
    owner = author(sheets=12)
    for _ in range(4):
        banked(owner, "gold")
        banked(owner, "attention")
    person = labeller(owner, gold_every=3, attention_every=4, sheets_each=13)
    done = purposes(work(person))
    expected = dict.fromkeys(range(1, 14), "label")
    expected |= dict.fromkeys((3, 6, 9, 12), "gold") | dict.fromkeys((4, 8, 13), "attention")
    assert done == list(expected.values())
    person.refresh_from_db()
    assert (person.part, person.others_sent) == ("done", 13)


def test_the_last_sheet_leaves_no_check_behind() -> None:
    """Where both fall on the last sheet, one comes; after the end none."""
    owner = author(sheets=4)
    banked(owner, "gold")
    banked(owner, "attention")
    person = labeller(owner, gold_every=2, attention_every=2, sheets_each=2)
    assert purposes(work(person)) == ["label", "gold"]
    assert not m.Slot.objects.filter(purpose="attention").exists()


def test_each_rater_has_an_order_of_their_own() -> None:
    """The draw of a rater is the same at every look; several raters differ."""
    owner = author(sheets=1)
    sheets = [banked(owner, "gold") for _ in range(6)]
    drawn = []
    for _ in range(5):
        person = labeller(owner)
        rater = laid.rater(person)
        assert [checks._put(person, rater, Purpose.GOLD, 6) for _ in range(2)] == [6, 0]
        places = m.Slot.objects.filter(reserved_for=rater).order_by("pk")
        drawn.append([slot.sheet for slot in places])
        assert set(drawn[-1]) == set(sheets)
    assert len({tuple(order) for order in drawn}) > 1


def test_an_exhausted_bank_holds_nobody_up() -> None:
    """One gold sheet, and each second sheet should be one: it comes once, and labels go on."""
    owner = author(sheets=5)
    banked(owner, "gold")
    person = labeller(owner, gold_every=2)
    assert purposes(work(person)) == ["label", "gold", "label", "label", "label", "label"]


def test_nothing_is_put_that_would_not_do() -> None:
    """Own sheets, hidden ones, those nobody may see, those without what is right, other studies'."""
    owner = author(sheets=3)
    person = labeller(owner, gold_every=2)
    banked(person, "gold")
    hidden = banked(owner, "gold")
    m.Sheet.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    banked(make.enrolled(study=owner.study, scopes=("use",)), "gold")
    m.Reference.objects.filter(item__sheet=banked(owner, "gold")).update(
        superseded_at=timezone.now()
    )
    banked(author(), "gold")
    make.item(sheet=make.sheet(study=owner.study, stage="imported"))
    m.Sheet.objects.filter(stage="imported").update(use="gold")
    assert purposes(work(person)) == ["label"] * 3


def test_a_check_is_seen_once() -> None:
    """Neither a sheet that the rater has labelled before it came to the bank, nor one given back."""
    owner = author(sheets=4)
    gold = banked(owner, "gold")
    person = labeller(owner, gold_every=2)
    first = work(person, 1)[0]
    m.Sheet.objects.filter(pk=first.sheet_id).update(use="gold")
    for item in first.sheet.items.all():
        m.Reference.objects.create(item=item, kind="gold", accepted=[1])
    check = claimed(person)
    assert (check.purpose, check.sheet) == ("gold", gold)
    give_back(person, check.pk, LapseReason.SKIPPED)
    assert purposes(work(person)) == ["label"] * 3


def test_checks_are_for_one_rater() -> None:
    """Reserved: nobody else gets the place, and its address is nobody else's."""
    owner = author(sheets=2)
    banked(owner, "gold")
    person = labeller(owner, gold_every=2)
    work(person, 1)
    check = m.Slot.objects.get(purpose="gold")
    assert check.reserved_for == laid.rater(person)
    other = make.enrolled(study=owner.study, way="labels", part="others")
    m.Study.objects.update(gold_every=0)
    assert purposes(work(other)) == ["label", "label"]
    with pytest.raises(SheetError) as refused:
        hold(other, check.pk)
    assert refused.value.why is Refusal.NOT_THEIRS


def test_gold_is_in_no_panel() -> None:
    """Rows 6 and 7: what is said of gold, training and attention sheets is no label, in no number."""
    owner = author(sheets=2)
    for use in ("training", "gold", "attention"):
        banked(owner, use)
    person = labeller(owner, training_first=1, gold_every=2, attention_every=3)
    done = work(person)
    assert sorted(set(purposes(done))) == ["attention", "gold", "label", "training"]
    labels = [slot.sheet_id for slot in done if slot.purpose == "label"]
    counted = m.Judgment.objects.filter(use="label")
    assert sorted(counted.values_list("item__sheet", flat=True)) == sorted(labels)
    question = m.Question.objects.get(kind="relevance")
    panel = frames.load(question).panels["third_party"]
    in_panel = frames.load(question).item_ids[panel.item]
    expected = m.Item.objects.filter(sheet__in=labels).values_list("pk", flat=True)
    assert sorted(in_panel.tolist()) == sorted(expected)


def test_nobody_sees_that_a_sheet_is_a_check() -> None:
    """Section 5, blinding: the page of a gold sheet says nothing of gold, nor what is right."""
    owner = author(sheets=1)
    banked(owner, "gold")
    person = labeller(owner, gold_every=2)
    work(person, 1)
    slot = claimed(person)
    assert slot.purpose == "gold"
    browser = visiting(person)
    page = browser.get(laid.address(slot)).text.lower()
    for word in ("gold", "attention", "training", "check what is right", "says so twice"):
        assert word not in page
    sent = browser.post(laid.address(slot), laid.answers_to(slot))
    assert "training" not in sent["Location"]
    assert "says so twice" not in browser.get(sent["Location"], follow=True).text


def test_whoever_withdrew_gets_no_check() -> None:
    owner = author(sheets=2)
    banked(owner, "gold")
    person = labeller(owner, gold_every=2)
    slot = claimed(person)
    withdraw(person)
    with pytest.raises(SheetError) as refused:
        submit(person, slot.pk, answers(slot))
    assert refused.value.why is Refusal.LEFT
    assert not m.Slot.objects.filter(purpose="gold").exists()


def test_a_check_of_somebody_who_withdrew_goes_with_them() -> None:
    """Row 21: the sheet is offered to nobody, also where its turn had come."""
    owner = author(sheets=2)
    gone = make.enrolled(study=owner.study, part="done")
    banked(gone, "gold")
    person = labeller(owner, gold_every=2)
    work(person, 1)
    check = claimed(person)
    assert check.purpose == "gold"
    withdraw(gone)
    with pytest.raises(SheetError) as refused:
        hold(person, check.pk)
    assert refused.value.why is Refusal.TAKEN_AWAY
    assert purposes(work(person)) == ["label"]


def test_feedback_says_what_is_right_and_why() -> None:
    """Several values may be right; whoever could not tell is neither right nor wrong."""
    owner = author()
    sheet = laid.relevance(owner, "The user sails.", "The user paints.", "The user sings.")
    sheet.slots.all().delete()
    m.Sheet.objects.filter(pk=sheet.pk).update(use="training")
    first, second, third = sheet.items.order_by("pk")
    m.Reference.objects.create(item=first, kind="gold", accepted=[0, 1], note="Both will do.")
    m.Reference.objects.create(item=second, kind="gold", accepted=[0])
    m.Reference.objects.create(item=third, kind="gold", accepted=[0])
    old = m.Reference.objects.create(item=second, kind="imported", accepted=[1])
    person = labeller(owner, training_first=1)
    slot = claimed(person)
    submit(person, slot.pk, Answers({first.pk: 1, second.pk: 1, third.pk: Reason.CANNOT_TELL}))
    slot.refresh_from_db()
    found = {one.item.pk: one for one in feedback(slot)}
    assert (found[first.pk].fits, found[first.pk].right, found[first.pk].why) == (
        True,
        (0, 1),
        "Both will do.",
    )
    assert (found[second.pk].fits, found[second.pk].given) == (False, 1)
    assert (found[third.pk].fits, found[third.pk].given) == (None, Reason.CANNOT_TELL)
    assert old.accepted == [1]
    m.Reference.objects.filter(item=second, kind="gold").update(superseded_at=timezone.now())
    assert {one.item.pk for one in feedback(slot)} == {first.pk, third.pk}
    rater = laid.rater(person)
    assert results(owner.study, [rater.pk]) == {(rater.pk, Purpose.TRAINING): Result(1, 0, 1)}


def test_results_by_rater_and_bank() -> None:
    """Section 5: counts only; nobody is excluded by them. One query, of the raters asked for."""
    owner = author(sheets=3)
    for _ in range(2):
        banked(owner, "gold", accepted=(1,))
    banked(owner, "attention", accepted=(0,))
    good = labeller(owner, gold_every=2, attention_every=3)
    bad = make.enrolled(study=owner.study, way="labels", part="others")
    work(good)
    work(bad, code=0)
    raters = [laid.rater(one).pk for one in (good, bad)]
    with CaptureQueriesContext(connection) as queries:
        found = results(owner.study, raters)
    assert len(queries) == 1
    assert found == {
        (raters[0], Purpose.GOLD): Result(right=2, wrong=0, open=0),
        (raters[0], Purpose.ATTENTION): Result(right=0, wrong=1, open=0),
        (raters[1], Purpose.GOLD): Result(right=0, wrong=2, open=0),
        (raters[1], Purpose.ATTENTION): Result(right=1, wrong=0, open=0),
    }
    assert {rater for rater, _bank in results(owner.study, raters[:1])} == {raters[0]}
    assert results(make.study(), raters) == {}
    assert {result.asked for result in found.values()} == {1, 2}


def test_a_researcher_who_looks_at_sheets_gets_no_check() -> None:
    """A preview brings about nothing, whichever sheet is looked at."""
    owner = author(sheets=1)
    banked(owner, "gold")
    banked(owner, "training")
    person = labeller(owner, gold_every=1, training_first=1)
    m.Enrollment.objects.filter(pk=person.pk).update(preview=True)
    person.refresh_from_db()
    slot = m.Slot.objects.filter(role="third_party").first()
    assert slot is not None
    follow(person, laid.rater(person), slot)
    assert checks.begin(person, laid.rater(person)) == 0
    assert not m.Slot.objects.exclude(purpose="label").exists()
    follow(labeller(owner, gold_every=1), make.person_rater(), slot)
    assert m.Slot.objects.filter(purpose="gold").exists()


def test_a_study_without_checks_pays_nothing_for_them() -> None:
    """No query where nothing is due."""
    person = labeller(author())
    rater = laid.rater(person)
    with CaptureQueriesContext(connection) as queries:
        assert checks.begin(person, rater) == 0
        assert checks.due(person, rater) == 0
    assert len(queries) == 0


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_get_one_training_sheet() -> None:
    """Both tabs ask for the first sheet at the same moment: the study's training, once."""
    owner = author(sheets=1)
    for _ in range(3):
        banked(owner, "training")
    person = labeller(owner, training_first=1)
    slots = together([partial(claim_other, person)] * 4)
    assert len(set(slots)) == 1
    assert m.Slot.objects.filter(purpose="training").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_send_bring_one_check() -> None:
    owner = author(sheets=3)
    for _ in range(3):
        banked(owner, "gold")
    person = labeller(owner, gold_every=2)
    slot = claimed(person)
    told = answers(slot)
    nexts = together([lambda: submit(person, slot.pk, told).next] * 3)
    assert m.Slot.objects.filter(purpose="gold").count() == 1
    assert len(set(nexts)) == 1
