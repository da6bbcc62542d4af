"""Work that nobody looks for is found: what a killed worker left, what a lost job meant."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from annotation import models as m
from annotation.models.person import Part
from annotation.work import look
from personalization.arms.making import live_arms
from personalization.live import find
from personalization.models import Extraction, Reply
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.machine import chat, endpoint, finish, person, study
from tests.personalization.test_work import jobs
from tests.working import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    return study(endpoint(llm_server), queries=0)


def forget_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_nothing_to_do() -> None:
    """No job for nothing."""
    find()
    assert jobs() == []


def test_due_work_is_found_at_once_and_other_work_in_time(of: m.Study) -> None:
    """A row whose worker died has a job for when its lease ends, one that was put off for then."""
    hour = Now() + timedelta(hours=1)
    turns = [make.turn(conversation=chat(person(of))) for _turn in range(4)]
    Reply.objects.create(turn=turns[0])
    Reply.objects.create(turn=turns[1], worker="dead", lease_until=hour)
    Reply.objects.create(turn=turns[2], due_at=hour)
    Reply.objects.create(turn=turns[3], settled_at=Now(), failure="gone")
    find()
    assert jobs() == [
        ("look_for_reply", None, False),
        ("look_for_reply", None, True),
        ("look_for_reply", None, True),
    ]
    find()
    assert len(jobs()) == 3  # what is in the queue is not put there again


def test_what_was_never_planned_is_planned(of: m.Study, llm_server: LLMServer) -> None:
    """The job was lost before a row stood for it: a message, and somebody who waits."""
    turn = make.turn(conversation=chat(person(of)), text="I sail every summer.")
    somebody = person(of)
    finish(chat(somebody, "I work at night.", "Really?"), somebody)
    forget_jobs()
    call_command("find_work")
    work_off()
    assert Reply.objects.get(turn=turn).answer is not None
    assert Extraction.objects.get().found is not None
    somebody.refresh_from_db()
    assert (somebody.part, somebody.waiting_since) == (Part.REVIEW, None)
    assert llm_server.count() == 2


def test_somebody_whose_work_is_done_does_not_wait_for_ever(of: m.Study) -> None:
    """All rows are settled, and still the person waits: another look lets them go on."""
    somebody = person(of)
    conversation = chat(somebody, "Hello.")
    finish(conversation, somebody)
    forget_jobs()
    Extraction.objects.create(
        conversation=conversation,
        arm=live_arms(somebody.study, "extraction")[0],
        found=0,
        settled_at=timezone.now(),
    )
    find()
    work_off()
    somebody.refresh_from_db()
    assert (somebody.part, somebody.waiting_since) == (Part.DONE, None)


def test_old_or_answered_messages_are_left_alone(of: m.Study) -> None:
    """Nobody waits for them."""
    old = make.turn(conversation=chat(person(of)))
    m.Turn.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=2))
    make.turn(source="imported")
    make.turn(
        conversation=chat(person(of), "I sail.", "Where?"), speaker="assistant", source="model"
    )
    over = chat(person(of), "I sail.")
    m.Conversation.objects.filter(pk=over.pk).update(finished_at=timezone.now())
    find()
    assert jobs() == []


def test_rows_are_worked_on_at_the_same_time(of: m.Study) -> None:
    """Each new row has a job of its own, and no job takes two."""
    somebody = person(of)
    first = [chat(somebody, f"I have {number} boats.") for number in range(3)]
    m.Conversation.objects.filter(pk__in=[one.pk for one in first]).update(
        finished_at=timezone.now()
    )
    finish(chat(somebody, "I work at night."), somebody)
    look("extraction", somebody.pk)
    assert work_off() == ["look_for_extraction"] * 5 + ["look_for_merging"]
    assert not Extraction.objects.filter(settled_at=None).exists()
