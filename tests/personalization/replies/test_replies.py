"""A message gets one reply, or a failure that says why; nobody invents an assistant's words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from annotation import models as m
from annotation.work import look
from personalization.models import Endpoint, ModelCall, Reply
from personalization.preparing import NO_LONGER_WANTED
from personalization.replies.step import BUDGET
from personalization.work import ROUND, try_again
from tests.llm_exchange import Fault
from tests.llm_server import LLMServer
from tests.personalization.machine import PROVIDER, chat, endpoint, message, person, reply_to, study
from tests.working import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake(llm_server: LLMServer) -> Endpoint:
    return endpoint(llm_server)


@pytest.fixture
def somebody(fake: Endpoint) -> m.Enrollment:
    return person(study(fake))


def test_a_message_is_answered(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """The answer is a turn of the model, next to the message; the call is saved."""
    llm_server.say("sail", "Nice.\n\nWhich boat is yours?")
    turn = message(somebody)
    assert work_off() == ["look_for_reply"]
    reply = reply_to(turn)
    answer = reply.answer
    assert answer is not None
    assert (answer.position, answer.speaker, answer.source) == (1, "assistant", "model")
    assert answer.text == reply.text == "Nice.\n\nWhich boat is yours?"
    assert (reply.failure, reply.attempt) == (None, 0)
    call = ModelCall.objects.get()
    assert (reply.call, call.step, call.work_id, call.model) == (
        call,
        "reply",
        reply.pk,
        "fake-small",
    )


def test_a_message_is_answered_once(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """However many jobs look for it, before and after."""
    turn = message(somebody)
    for _again in range(3):
        work_off()
        look("reply", turn.pk)
    work_off()
    assert llm_server.count() == 1
    assert turn.conversation.turns.count() == 2


def test_the_model_is_told_the_conversation(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """The task and all that was said, in order, each in its role."""
    conversation = chat(somebody, "I sail.", "Where?", "On the lake.")
    look("reply", conversation.turns.get(position=2).pk)
    work_off()
    (body,) = llm_server.asked
    system, *said = body["messages"]
    assert "Talk about your free time." in system["content"]
    assert [(one["role"], one["content"]) for one in said] == [
        ("user", "I sail."),
        ("assistant", "Where?"),
        ("user", "On the lake."),
    ]
    assert body["stream"] is True


def test_of_a_long_conversation_the_end_is_told(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """Whole messages, as many as fit; the last one in any case."""
    half = BUDGET // 2
    conversation = chat(somebody, "first", "a" * half, "b" * half)
    look("reply", conversation.turns.get(position=2).pk)
    long = chat(somebody, "c" * BUDGET * 2)
    look("reply", long.turns.get().pk)
    work_off()
    told = [[one["content"] for one in body["messages"][1:]] for body in llm_server.asked]
    assert told == [["a" * half, "b" * half], ["c" * BUDGET]]


FAULTS: list[tuple[str, dict[str, Any], str | None, int]] = [
    # fault, times and details, the failure that is left (None: answered), attempts
    ("rate_limited", {"times": 1, "retry_after": 8}, None, 2),
    ("rate_limited", {"times": None, "retry_after": 8}, "rate_limited: ", ROUND),
    ("rate_limited", {"times": None, "retry_after": 3600}, "rate_limited: ", 1),
    ("error_500", {"times": 3, "retry_after": 8}, None, 4),
    ("timeout", {"times": 1}, None, 2),
    ("cut", {"times": 2}, None, 3),
    ("cut", {"times": None}, "cut: ", ROUND),
    ("dropped", {"times": 1}, None, 2),
    ("garbage", {"times": 1}, None, 2),
    ("wrong_shape", {"times": 1}, None, 2),
    ("refusal", {"times": 1}, "refused: ", 1),
    ("unauthorized", {"times": 1}, "unauthorized: ", 1),
    ("bad_request", {"times": 1}, "bad_request: ", 1),
    ("not_found", {"times": 1}, "bad_request: ", 1),
]


@pytest.mark.parametrize(
    ("fault", "details", "failure", "attempts"),
    FAULTS,
    ids=[f"{fault}-{details}" for fault, details, _, _ in FAULTS],
)
def test_faults(
    llm_server: LLMServer,
    somebody: m.Enrollment,
    fault: Fault,
    details: dict[str, Any],
    failure: str | None,
    attempts: int,
) -> None:
    """What may pass is tried again, what needs a person fails at once, and both say so."""
    Endpoint.objects.filter(kind="openai").update(timeout_s=0.3 if fault == "timeout" else 5)
    llm_server.say("sail", "Which boat is yours?")
    llm_server.misbehave(fault, **details)
    turn = message(somebody)
    work_off()
    reply = reply_to(turn)
    assert ModelCall.objects.filter(work_id=reply.pk).count() == attempts
    if failure is None:
        assert reply.failure is None
        assert turn.conversation.turns.get(position=1).text == "Which boat is yours?"
    else:
        assert str(reply.failure).startswith(failure)
        assert turn.conversation.turns.count() == 1
    assert Reply.objects.filter(settled_at=None).count() == 0


def test_an_endpoint_that_is_down(somebody: m.Enrollment) -> None:
    """Nobody listens there."""
    Endpoint.objects.filter(kind="openai").update(url="http://127.0.0.1:9/v1")
    turn = message(somebody)
    work_off()
    assert str(reply_to(turn).failure).startswith("unavailable: ")


def test_an_empty_answer_is_no_answer(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """It is asked for again, and fails in the end."""
    llm_server.say(None, "  ")
    turn = message(somebody)
    work_off()
    assert str(reply_to(turn).failure).startswith("garbage: ")
    assert llm_server.count() == ROUND


def test_a_failed_reply_is_tried_again(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """As somebody wants it: a new attempt, and the text of the last one is gone."""
    llm_server.misbehave("cut", times=ROUND)
    turn = message(somebody)
    work_off()
    assert reply_to(turn).failure
    assert try_again([reply_to(turn)]) == 1
    work_off()
    reply = reply_to(turn)
    assert reply.answer is not None
    assert reply.text == reply.answer.text


def finished(conversation: m.Conversation, whose: m.Enrollment) -> None:
    m.Conversation.objects.filter(pk=conversation.pk).update(finished_at=timezone.now())


def withdrawn(conversation: m.Conversation, whose: m.Enrollment) -> None:
    m.Enrollment.objects.filter(pk=whose.pk).update(withdrawn_at=timezone.now())


def left(conversation: m.Conversation, whose: m.Enrollment) -> None:
    m.Enrollment.objects.filter(pk=whose.pk).update(finished_at=timezone.now())


@pytest.mark.parametrize("gone", [finished, withdrawn, left])
def test_nobody_is_asked_for_somebody_who_has_gone(
    llm_server: LLMServer,
    somebody: m.Enrollment,
    gone: Callable[[m.Conversation, m.Enrollment], None],
) -> None:
    """The chat is finished, or the person has withdrawn or left, before a worker came."""
    turn = message(somebody)
    gone(turn.conversation, somebody)
    work_off()
    assert reply_to(turn).failure == NO_LONGER_WANTED
    assert llm_server.count() == 0


def test_an_answer_that_comes_after_the_end_is_no_turn(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """The call is kept; the conversation stays as the person finished it."""
    turn = message(somebody)
    Reply.objects.create(turn=turn)
    ModelCall.objects.create(
        step="reply",
        work_id=reply_to(turn).pk,
        endpoint="fake",
        model="fake",
        request={},
        request_hash="",
        answer={"choices": [{"message": {"content": "Too late."}, "finish_reason": "stop"}]},
    )
    finished(turn.conversation, somebody)
    work_off()
    assert reply_to(turn).failure == NO_LONGER_WANTED
    assert turn.conversation.turns.count() == 1


def test_a_saved_answer_is_not_asked_for_again(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """A worker died between the answer and the turn: the next one takes the answer from there."""
    turn = message(somebody)
    reply = Reply.objects.create(turn=turn, text="Which", worker="dead", lease_until=Now())
    ModelCall.objects.create(
        step="reply",
        work_id=reply.pk,
        endpoint="fake",
        model="fake",
        request={},
        request_hash="",
        answer={"choices": [{"message": {"content": "Which boat?"}, "finish_reason": "stop"}]},
    )
    Reply.objects.update(lease_until=Now() - timedelta(seconds=1))
    work_off()
    assert llm_server.count() == 0
    assert turn.conversation.turns.get(position=1).text == "Which boat?"


def test_a_lost_call_is_counted_and_asked_again(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """A worker died during the call: as the next attempt."""
    turn = message(somebody)
    reply = Reply.objects.create(turn=turn)
    ModelCall.objects.create(
        step="reply", work_id=reply.pk, endpoint="fake", model="x", request={}, request_hash=""
    )
    work_off()
    lost, answered = ModelCall.objects.order_by("attempt")
    assert str(lost.error).startswith("lost: ")
    assert answered.answer is not None
    assert reply_to(turn).answer is not None


@pytest.mark.parametrize(
    ("provider", "scopes", "asked"),
    [
        ("", ("use",), 1),
        (PROVIDER, ("use", "provider"), 1),
        (PROVIDER.upper(), ("use", "provider"), 1),
        (PROVIDER, ("use", "release", "show"), 0),
        ("Another AI", ("use", "provider"), 0),
    ],
)
def test_texts_go_only_where_the_person_agreed(
    llm_server: LLMServer, provider: str, scopes: tuple[str, ...], asked: int
) -> None:
    """To nobody outside without the scope, and to nobody whom the consent text does not name."""
    somebody = person(study(endpoint(llm_server, provider=provider)), *scopes)
    turn = message(somebody)
    work_off()
    assert llm_server.count() == asked
    assert (reply_to(turn).failure is None) == bool(asked)
    if not asked:
        assert str(reply_to(turn).failure) == (
            f"no_consent: this person's texts may not go to {provider}"
        )


def test_nobody_answers_the_assistant(somebody: m.Enrollment, llm_server: LLMServer) -> None:
    """Nor a message that does not exist, nor one that was answered elsewhere."""
    conversation = chat(somebody, "I sail.", "Where?")
    for turn in conversation.turns.all():
        look("reply", turn.pk)
    look("reply", 10**12)
    work_off()
    assert Reply.objects.count() == llm_server.count() == 0
