"""What may be said in a chat, and when it is over."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation.chat import MESSAGE_MAX, NotSaidError, TooFewError, Why, finish_chat, say
from annotation.models import Conversation, Enrollment, Turn
from tests import factories as make

pytestmark = pytest.mark.django_db


def answer(turn: Turn) -> None:
    """Answer a turn as the worker does."""
    make.turn(conversation=turn.conversation, text="I see.", speaker="assistant", source="model")


def refused(enrollment: Enrollment, position: int, text: str) -> Why:
    with pytest.raises(NotSaidError) as error:
        say(enrollment, position, text)
    return error.value.why


def test_a_message_is_kept_and_a_worker_told() -> None:
    person = make.enrolled()
    turn = say(person, 0, "  I sail.\r\nOften.\x00 ")
    assert (turn.text, turn.position, turn.source) == ("I sail.\nOften.", 0, "typed")
    assert turn.conversation.participant == person.participant
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args, job.queue_name) == (
        "look_for_reply",
        {"about": turn.pk},
        "live",
    )


def test_the_same_message_twice_is_one() -> None:
    """A double press, a replayed request and the back button do no harm, answered or not."""
    person = make.enrolled()
    first = say(person, 0, "I sail.")
    assert say(person, 0, "I sail. ") == first
    answer(first)
    assert say(person, 0, "I sail.") == first
    assert ProcrastinateJob.objects.count() == 1


def test_another_message_at_the_same_place_is_from_another_tab() -> None:
    person = make.enrolled()
    first = say(person, 0, "I sail.")
    assert refused(person, 0, "I row.") == Why.ELSEWHERE
    answer(first)
    for position in (-1, 0, 1, 3, 4, 10**6):
        assert refused(person, position, "I row.") == Why.ELSEWHERE
    assert say(person, 2, "I row.").position == 2


def test_nothing_is_said_while_the_answer_is_to_come() -> None:
    person = make.enrolled()
    say(person, 0, "I sail.")
    assert refused(person, 2, "And I row.") == Why.PENDING


@pytest.mark.parametrize(
    ("text", "why"),
    [("", Why.EMPTY), (" \r\n\x00", Why.EMPTY), ("x" * 100_000, Why.LONG)],
)
def test_a_message_has_one_to_eight_thousand_characters(text: str, why: Why) -> None:
    person = make.enrolled()
    assert refused(person, 0, text) == why
    assert not Conversation.objects.exists()
    assert say(person, 0, "é" * MESSAGE_MAX).text == "é" * MESSAGE_MAX


def test_after_the_last_message_only_the_end_is_left() -> None:
    person = make.enrolled()
    person.study.turns_min, person.study.turns_max = 1, 2
    person.study.save()
    for position in (0, 2):
        answer(say(person, position, "I sail."))
    assert refused(person, 4, "I row.") == Why.FULL


def test_a_chat_ends_once_and_the_machine_reads_it() -> None:
    person = make.enrolled()
    person.study.turns_min = 1
    person.study.save()
    with pytest.raises(TooFewError):
        finish_chat(person)
    answer(say(person, 0, "I sail."))
    for _press in range(2):
        after = finish_chat(person)
        assert (after.part, after.waiting_since is None) == ("review", False)
    assert Conversation.objects.get().finished_at is not None
    assert ProcrastinateJob.objects.filter(task_name="look_for_extraction").count() == 1
    assert refused(person, 2, "One more thing.") == Why.OVER


def test_where_an_answer_failed_one_message_is_enough() -> None:
    person = make.enrolled()
    with pytest.raises(TooFewError):
        finish_chat(person, early=True)
    say(person, 0, "I sail.")
    with pytest.raises(TooFewError):
        finish_chat(person)
    assert finish_chat(person, early=True).part == "review"


@pytest.mark.parametrize("fields", [{"scopes": ["use"]}, {"part": "others"}])
def test_without_leave_to_send_texts_nothing_is_said(fields: dict[str, object]) -> None:
    person = make.enrolled()
    Enrollment.objects.filter(pk=person.pk).update(**fields)
    assert refused(person, 0, "I sail.") == Why.OVER


def test_who_has_withdrawn_says_nothing() -> None:
    person = make.enrolled()
    Enrollment.objects.filter(pk=person.pk).update(withdrawn_at=timezone.now())
    assert refused(person, 0, "I sail.") == Why.OVER
    assert finish_chat(person).part == "chat"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_moment_say_one_thing() -> None:
    """Of different messages at one place one is taken; no place is taken twice."""
    person = make.enrolled()

    def send(text: str) -> str:
        try:
            return say(person, 0, text).text
        except NotSaidError as error:
            return error.why.value
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(send, ["I sail.", "I sail.", "I row.", "I row."]))
    assert said in (["I row."] * 2 + ["elsewhere"] * 2, ["I sail."] * 2 + ["elsewhere"] * 2)
    assert Turn.objects.count() == ProcrastinateJob.objects.count() == 1
