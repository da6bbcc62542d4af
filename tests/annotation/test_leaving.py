"""Stopping early and withdrawing: what stays, what goes, and what others get back."""

import pytest
from django.utils import timezone

from annotation.leaving import stop, withdraw
from annotation.models import Demographic, Enrollment, Judgment, Lapse, Sheet, Slot
from annotation.sheets import rater_of
from tests import factories as make

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
