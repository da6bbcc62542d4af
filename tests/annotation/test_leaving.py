"""Stopping early and withdrawing: what stays, what goes, and what others get back."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from annotation.assignment import SheetError, claim_other, submit
from annotation.enrollment import finish, go_on
from annotation.leaving import release, stop, withdraw
from annotation.models import Demographic, Enrollment, Judgment, Lapse, Sheet, Slot, Study
from annotation.models.person import Ending
from annotation.sheets import rater_of
from tests import factories as make
from tests import laid
from tests.annotation.test_assignment import together
from tests.labelling import answers, fill, labeller

pytestmark = pytest.mark.django_db


def at_work() -> tuple[Enrollment, Slot, Slot]:
    """Return a person in the review, with an own sheet and one of somebody else's, both begun."""
    person = make.enrolled(part="review")
    rater = rater_of(person)
    own = make.sheet(study=person.study, owner=rater, stage="review")
    other = make.sheet(study=person.study, owner=make.person_rater(), stage="review")
    slots = (
        make.slot(sheet=own, role="first_person", reserved_for=rater, rater=rater),
        make.slot(sheet=other, rater=rater),
    )
    Slot.objects.update(draft={"item-1": "1"})
    chat = make.conversation(study=person.study, of=person.participant)
    make.turn(conversation=chat)
    return person, *slots


def test_stopping_keeps_what_was_done_and_frees_the_rest() -> None:
    person, own, other = at_work()
    for _press in range(2):
        stopped = stop(person)
    assert (stopped.part, stopped.waiting_since) == ("review", None)
    assert stopped.finished_at is not None
    assert len(str(stopped.completion_code)) == 10
    assert {slot.rater for slot in Slot.objects.all()} == {None}
    lapses = Lapse.objects.all()
    assert {(one.slot, one.why, str(one.draft)) for one in lapses} == {
        (own, "returned", "{'item-1': '1'}"),
        (other, "returned", "{'item-1': '1'}"),
    }
    assert not Sheet.objects.exclude(hidden_at=None).exists()


def test_withdrawing_takes_everything_back() -> None:
    """Row 21: own sheets leave all queues, drafts are deleted, others get the places."""
    person, own, other = at_work()
    for _press in range(2):
        left = withdraw(person)
    assert left.withdrawn_at is not None
    assert left.completion_code
    own.sheet.refresh_from_db()
    other.sheet.refresh_from_db()
    assert own.sheet.hidden_at is not None
    assert other.sheet.hidden_at is None
    assert {slot.rater for slot in Slot.objects.all()} == {None}
    assert {(one.why, one.draft) for one in Lapse.objects.all()} == {("withdrawn", None)}
    assert Lapse.objects.count() == 2


def test_withdrawing_after_the_end_keeps_the_code() -> None:
    person, *_slots = at_work()
    code = stop(person).completion_code
    left = withdraw(person)
    assert left.completion_code == code
    assert {one.draft for one in Lapse.objects.all()} == {None}


def test_what_was_sent_in_stays_with_its_rater() -> None:
    """Exports leave withdrawn people out; the database keeps raw answers raw."""
    person, own, _other = at_work()
    make.judgment(
        item=make.item(
            sheet=own.sheet,
            question=make.question(study=person.study),
            subject=make.attribute(study=person.study, of=person.participant),
        ),
        rater=rater_of(person),
        role="first_person",
        slot=own,
    )
    Slot.objects.filter(pk=own.pk).update(submitted_at=timezone.now(), draft=None)
    withdraw(person)
    own.refresh_from_db()
    assert own.rater == rater_of(person)


def test_no_answer_of_or_about_who_withdrew_counts_any_more() -> None:
    person, own, other = at_work()
    question = make.question(study=person.study)
    about = make.attribute(study=person.study, of=person.participant)
    theirs = make.item(sheet=own.sheet, question=question, subject=about)
    others = make.item(sheet=other.sheet, question=question)
    stranger = make.person_rater()
    make.judgment(item=theirs, rater=rater_of(person), role="first_person")
    make.judgment(item=theirs, rater=stranger)
    make.judgment(item=others, rater=rater_of(person))
    kept = make.judgment(item=others, rater=stranger)
    elsewhere = make.judgment(rater=rater_of(person))
    raw = set(Judgment.objects.values_list("pk", "value"))
    changes = question.stamps.get().changes
    withdraw(person)
    current = Judgment.objects.filter(superseded_at=None)
    assert {one.pk for one in current} == {kept.pk, elsewhere.pk}
    assert set(Judgment.objects.values_list("pk", "value")) == raw
    assert question.stamps.get().changes > changes  # so that kept reports are computed anew


def test_a_place_that_was_filled_is_free_again() -> None:
    """What a stranger takes back counts no more, so somebody else may answer in that place."""
    person, _own, other = at_work()
    Slot.objects.filter(pk=other.pk).update(submitted_at=timezone.now())
    withdraw(person)
    other.refresh_from_db()
    assert (other.rater, other.submitted_at) == (None, None)
    assert other.ordinal is not None


def test_what_somebody_said_of_themself_goes_with_them() -> None:
    """Of this study; what another study was told stays there, and so does everybody else's."""
    person, other = make.enrolled(), make.enrolled()
    elsewhere = make.study()
    for study, who in (
        (person.study, person.participant),
        (elsewhere, person.participant),
        (person.study, other.participant),
    ):
        Demographic.objects.create(study=study, participant=who, key="age_band", value="18-29")
    withdraw(person)
    left = Demographic.objects.values_list("study", "participant").order_by("pk")
    assert list(left) == [
        (elsewhere.pk, person.participant_id),
        (person.study_id, other.participant_id),
    ]


def test_who_stops_stays_in_the_numbers() -> None:
    """Stopping early takes nothing back, properties neither."""
    person = make.enrolled()
    Demographic.objects.create(
        study=person.study, participant=person.participant, key="age_band", value="18-29"
    )
    stop(person)
    assert Demographic.objects.count() == 1


def kept_for(person: Enrollment) -> dict[str, Slot]:
    """Keep places for a person at a stranger's sheets, by purpose; nobody has begun any of them."""
    rater = rater_of(person)
    owner = rater_of(make.enrolled(study=person.study))
    kept = {}
    for purpose in ("label", "extra", "repeat", "gold", "training", "attention"):
        kept[purpose] = make.slot(
            sheet=make.sheet(study=person.study, owner=owner, stage="review"),
            purpose=purpose,
            occasion=int(purpose == "repeat"),
            reserved_for=rater,
        )
    Slot.objects.update(not_before=timezone.now() + timedelta(days=1))
    return kept


LEAVING: list[Callable[[Enrollment], object]] = [stop, withdraw]


@pytest.mark.parametrize("leave", LEAVING)
def test_what_was_kept_for_somebody_who_leaves_is_everybodys(
    leave: Callable[[Enrollment], object],
) -> None:
    """Others may fill the labels at once, also those who were there before; checks are gone."""
    person = make.enrolled(part="others", way="labels")
    kept = kept_for(person)
    passed = labeller(person)
    assert claim_other(passed) is None
    before = {slot.pk: slot.position for slot in kept.values()}
    leave(person)
    left = Slot.objects.filter(pk__in=before)
    assert {slot.purpose for slot in left} == {"label", "extra"}
    assert {(slot.reserved_for, slot.not_before) for slot in left} == {(None, None)}
    assert all(slot.position > max(before.values()) for slot in left)
    assert not Lapse.objects.exists()
    fill(passed)
    fill(passed)


def test_a_check_that_was_begun_stays_with_what_was_entered() -> None:
    """Only what nobody ever opened is deleted; answers and drafts are never lost."""
    person = make.enrolled(part="others", way="labels")
    kept = kept_for(person)
    gold, repeat = kept["gold"], kept["repeat"]
    rater = rater_of(person)
    later = timezone.now() + timedelta(hours=1)
    Slot.objects.filter(pk=gold.pk).update(rater=rater, leased_until=later, draft={"item-1": "1"})
    Slot.objects.filter(pk=repeat.pk).update(
        rater=rater, leased_until=later, submitted_at=timezone.now()
    )
    stop(person)
    assert set(Slot.objects.values_list("purpose", flat=True)) == {
        "label",
        "extra",
        "gold",
        "repeat",
    }
    repeat.refresh_from_db()
    assert (repeat.rater, repeat.submitted_at is None) == (rater, False)
    assert Lapse.objects.get(slot=gold).draft == {"item-1": "1"}


def test_checks_of_somebody_who_withdraws_are_nobody_elses() -> None:
    """A filled check is not free again: it was this person's alone, and no longer counts."""
    person = make.enrolled(part="others", way="labels")
    gold = kept_for(person)["gold"]
    rater, now = rater_of(person), timezone.now()
    Slot.objects.filter(pk=gold.pk).update(rater=rater, leased_until=now, submitted_at=now)
    withdraw(person)
    gold.refresh_from_db()
    assert (gold.rater, gold.submitted_at) == (rater, now)


def test_at_the_end_nothing_stays_kept_for_the_person() -> None:
    """Named for more than was asked of them: the rest goes to others; a repeat may come later."""
    person = make.enrolled(part="others", way="labels")
    kept_for(person)
    Enrollment.objects.filter(pk=person.pk).update(others_sent=10)
    assert go_on(person.pk).ended_by == "done"
    named = Slot.objects.filter(reserved_for=rater_of(person))
    assert {slot.purpose for slot in named} == {"repeat", "gold", "training", "attention"}


# Drop-outs, as crowd platforms report them


def test_a_drop_out_frees_everything_at_once_and_may_come_back() -> None:
    """Peers 18: held and kept places are free, drafts and sent work stay, and the link still works."""
    owner = make.enrolled()
    laid.review(owner)
    laid.relevance(owner)
    person = labeller(owner)
    sent = fill(person)
    held = claim_other(person)
    assert held is not None
    Slot.objects.filter(pk=held.pk).update(draft={"item-1": "1"})
    rater = rater_of(person)
    named = make.slot(sheet=make.sheet(study=owner.study, stage="review"), reserved_for=rater)
    assert release(person) == 2
    assert release(person) == 0
    for slot in (sent, held, named):
        slot.refresh_from_db()
    assert (sent.rater, held.rater, named.reserved_for) == (rater, None, None)
    lapse = Lapse.objects.get()
    assert (lapse.slot, lapse.why, lapse.draft) == (held, "returned", {"item-1": "1"})
    person.refresh_from_db()
    assert (person.finished_at, person.others_sent) == (None, 1)
    again = claim_other(person)
    assert again == held
    assert again.draft == {"item-1": "1"}


def test_a_drop_out_gives_back_own_sheets_for_nobody_else() -> None:
    """The draft stays; the place stays the owner's."""
    person, own, other = at_work()
    assert release(person) == 2
    own.refresh_from_db()
    assert (own.rater, own.reserved_for) == (None, rater_of(person))
    assert Lapse.objects.filter(why="returned", draft={"item-1": "1"}).count() == 2
    assert other.lapses.count() == 1


def test_repeats_and_checks_wait_for_a_drop_out() -> None:
    person = make.enrolled(part="others", way="labels")
    kept_for(person)
    assert release(person) == 2
    assert Slot.objects.filter(reserved_for=rater_of(person)).count() == 4


def test_whoever_has_withdrawn_is_not_touched_again() -> None:
    """Neither a lapse more, nor a place; and not in another study either."""
    person, *_slots = at_work()
    elsewhere = make.slot(sheet=make.sheet(), rater=rater_of(person))
    withdraw(person)
    before = set(Lapse.objects.values_list("pk", "why"))
    assert release(person) == 0
    assert set(Lapse.objects.values_list("pk", "why")) == before
    elsewhere.refresh_from_db()
    assert elsewhere.rater == rater_of(person)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leave", [release, stop])
def test_dropping_out_while_a_sheet_is_sent_loses_nothing(
    leave: Callable[[Enrollment], object],
) -> None:
    """Whoever comes first: the answers are there once, as labels, and nothing else is held."""
    owner = make.enrolled()
    for _ in range(4):
        laid.review(make.enrolled(study=owner.study))
    person = labeller(owner)
    for _ in range(2):
        slot = claim_other(person)
        assert slot is not None
        told = answers(slot)
        together([partial(submit, person, slot.pk, told), partial(leave, person)])
        slot.refresh_from_db()
        assert slot.submitted_at is not None
        written = Judgment.objects.filter(slot=slot, superseded_at=None)
        assert {one.use for one in written} == {"label"}
        assert written.count() == len(told.given)
        person.refresh_from_db()
        if person.finished_at is not None:
            assert not Slot.objects.filter(rater=rater_of(person), submitted_at=None).exists()
            return
    assert person.others_sent == 2


@pytest.mark.django_db(transaction=True)
def test_withdrawing_while_a_sheet_is_sent() -> None:
    """Whoever comes first: nothing that was sent counts afterwards, and no place is lost."""
    owner = make.enrolled()
    laid.review(owner)
    person = labeller(owner)
    slot = claim_other(person)
    assert slot is not None

    def send() -> None:
        try:
            submit(person, slot.pk, answers(slot))
        except SheetError as error:
            assert error.why.value == "left"  # noqa: PT017 - either may come first

    together([send, partial(withdraw, person)])
    assert not Judgment.objects.filter(superseded_at=None).exists()
    slot.refresh_from_db()
    assert (slot.rater, slot.submitted_at) == (None, None)


# What is earned


def paid(person: Enrollment, **columns: object) -> None:
    """Let a person's study pay 10.00 for ten sheets, and 2.00 for a part."""
    pay = {"pay_minor": 1000, "pay_partial_minor": 200, "pay_currency": "EUR", **columns}
    Study.objects.filter(pk=person.study_id).update(**pay)


@pytest.mark.parametrize(
    ("by", "rule", "earned"),
    [
        (Ending.STOPPED, "fixed", 200),
        (Ending.STOPPED, "share", 300),
        (Ending.NO_WORK, "fixed", 300),
        (Ending.NO_WORK, "share", 300),
    ],
)
def test_what_was_earned_is_settled_at_the_end(by: Ending, rule: str, earned: int) -> None:
    """Peers 19: a rule, and what came of it; a study that pays less since then changes nothing."""
    person = make.enrolled(part="others", way="labels")
    paid(person, pay_rule=rule)
    Enrollment.objects.filter(pk=person.pk).update(others_sent=3)
    stop(person, by)
    paid(person, pay_minor=100, pay_partial_minor=10)
    withdraw(person)
    person.refresh_from_db()
    assert (person.ended_by, person.earned_minor) == (by, earned)


def test_whoever_has_done_all_is_paid_all() -> None:
    """Also where the last thing they press says that they stop."""
    person = make.enrolled(part="others", way="labels")
    paid(person)
    Enrollment.objects.filter(pk=person.pk).update(others_sent=10)
    stop(person, Ending.NO_WORK)
    person.refresh_from_db()
    assert (person.ended_by, person.earned_minor, person.part) == ("done", 1000, "done")


def test_out_of_work_is_the_end() -> None:
    """Nothing more is given out, whatever comes later; a second ending changes nothing."""
    person = make.enrolled(part="others", way="labels")
    code = finish(person.pk, by=Ending.NO_WORK).completion_code
    laid.review(make.enrolled(study=person.study))
    assert claim_other(person) is None
    assert stop(person).completion_code == code
    person.refresh_from_db()
    assert person.ended_by == "no_work"
