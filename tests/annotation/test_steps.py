"""How far a person has come, and the time that is left."""

import pytest
from django.utils import timezone

from annotation.models import Enrollment, Slot
from annotation.sheets import rater_of
from annotation.steps import minutes_for, progress
from tests import factories as make

pytestmark = pytest.mark.django_db


def names(enrollment: Enrollment) -> list[str]:
    return [step.part.value for step in progress(enrollment).parts]


def test_a_new_person_has_everything_ahead() -> None:
    person = make.enrolled()
    found = progress(person)
    assert names(person) == ["chat", "review", "relevance", "comparison"]
    assert (found.place, found.done, found.total) == (1, 0, 3)
    assert found.minutes_left == minutes_for(person.study, "whole")
    assert 5 <= found.minutes_left <= 15


def test_every_message_counts_up_to_what_is_asked() -> None:
    person = make.enrolled()
    chat = make.conversation(study=person.study, of=person.participant)
    before = progress(person).minutes_left
    for sent in range(1, 5):
        make.turn(conversation=chat)
        make.turn(conversation=chat, speaker="assistant", source="model")
        assert progress(person).done == min(sent, 3)
    assert progress(person).minutes_left < before


def test_own_sheets_count_one_by_one() -> None:
    person = make.enrolled(part="relevance")
    rater = rater_of(person)
    for _sheet in range(3):
        sheet = make.sheet(study=person.study, owner=rater, stage="relevance")
        make.item(
            sheet=sheet,
            question=make.question(study=person.study),
            subject=make.relevance_pair(query=make.query(study=person.study)),
        )
        make.slot(sheet=sheet, role="first_person", reserved_for=rater)
    first = Slot.objects.earliest("pk")
    Slot.objects.filter(pk=first.pk).update(
        rater=rater, leased_until=timezone.now(), submitted_at=timezone.now()
    )
    found = progress(person)
    assert (found.place, found.done, found.total) == (3, 1, 3)
    assert [step.is_done for step in found.parts] == [True, True, False, False]


def test_before_a_part_is_prepared_its_usual_size_counts() -> None:
    found = progress(make.enrolled(part="comparison"))
    assert (found.place, found.done, found.total) == (4, 0, 2)
    assert found.minutes_left == 3


def test_somebody_who_only_labels_has_one_part() -> None:
    person = make.enrolled(way="labels", part="others")
    person.others_sent = 1
    found = progress(person)
    assert (found.place, found.done, found.total) == (1, 1, 10)
    assert found.now is not None
    assert found.minutes_left == 14


@pytest.mark.parametrize("part", ["done", "review"])
def test_at_the_end_nothing_is_left(part: str) -> None:
    person = make.enrolled(part=part)
    person.finished_at = timezone.now()
    found = progress(person)
    assert (found.now, found.minutes_left) == (None, 0)
    assert all(step.is_done for step in found.parts)
