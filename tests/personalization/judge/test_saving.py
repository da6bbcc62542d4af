"""Calls are saved many at once, each of them once."""

from time import monotonic

import pytest
from django.utils import timezone

from personalization.judge.saving import Call, note_lost, save, saved
from personalization.llm.backend import Answer, Ask, AskError, Message
from personalization.models import JudgeRun, ModelCall, Verdict
from tests import factories as make

pytestmark = pytest.mark.django_db
ASK = Ask("small", [Message("user", "A or B?")], {"temperature": 0})
ANSWER = Answer("A", "stop", {"choices": [{"message": {"content": "A"}}]}, 12, 3)


def call(
    verdict: int,
    what: Answer | AskError = ANSWER,
    attempt: int = 0,
    cost_micros: int | None = None,
) -> Call:
    return Call(verdict, attempt, ASK, what, took=0.25, ended=monotonic(), cost_micros=cost_micros)


def test_what_is_saved() -> None:
    ids = save("house", [call(7, cost_micros=40), call(8, AskError("timeout", "too late"))])
    answered, failed = (ModelCall.objects.get(pk=ids[key]) for key in ((7, 0), (8, 0)))
    assert (answered.step, answered.endpoint, answered.model) == ("verdict", "house", "small")
    assert answered.request == ASK.body()
    assert answered.request_hash == ASK.hash()
    assert (answered.answer, answered.error) == (ANSWER.raw, None)
    assert (answered.prompt_tokens, answered.completion_tokens) == (12, 3)
    assert answered.cost_micros == 40
    assert (failed.answer, failed.error) == (None, "timeout: too late")
    assert answered.finished_at is not None
    took = answered.finished_at - answered.started_at
    assert took.total_seconds() == pytest.approx(0.25, abs=0.01)
    assert abs((timezone.now() - answered.finished_at).total_seconds()) < 5
    assert save("house", []) == {}


def test_an_attempt_has_one_call_and_the_first_answer_stays() -> None:
    save("house", [call(7)])
    other = Answer("B", "stop", {"other": True})
    assert save("house", [call(7, other), call(7, AskError("timeout", ""), attempt=1)]) != {}
    first = ModelCall.objects.get(work_id=7, attempt=0)
    assert first.answer == ANSWER.raw
    assert save("house", [call(7)]) == {(7, 0): first.pk}
    assert ModelCall.objects.filter(work_id=7).count() == 2


def test_an_answer_that_was_given_up_for_lost_is_kept() -> None:
    note_lost("house", "small", [(7, 0), (8, 0)])
    assert str(ModelCall.objects.get(work_id=8).error).startswith("lost: ")
    save("house", [call(7)])
    late = ModelCall.objects.get(work_id=7)
    assert (late.answer, late.error, late.request) == (ANSWER.raw, None, ASK.body())
    note_lost("house", "small", [(7, 0)])
    late.refresh_from_db()
    assert late.error is None


def test_texts_that_the_database_refuses() -> None:
    save("house", [call(7, AskError("garbage", "not\0JSON", content="\0"))])
    assert ModelCall.objects.get().error == "garbage: not�JSON\n�"


def test_saved_answers_are_found_by_request_side_sample_and_attempt() -> None:
    """Or k samples would be one sample, and a try after garbage would get the same garbage."""
    judge = make.judge()
    study = make.study()
    run = JudgeRun.objects.create(study=study, rater=judge, source="imported")
    item = make.item(subject=make.record(study=study))
    sides = [("ab", 0), ("ba", 0), ("ab", 1)]
    rows = [
        Verdict.objects.create(
            run=run, item=item, question=item.question, rater=judge, side=side, sample=sample
        )
        for side, sample in sides
    ]
    save("house", [call(rows[0].pk, AskError("timeout", "")), call(rows[0].pk, attempt=1)])
    save("house", [call(rows[2].pk)])
    found = saved("house", [ASK.hash(), "other"])
    assert set(found) == {(ASK.hash(), "ab", 0, 1), (ASK.hash(), "ab", 1, 0)}
    assert {answer["choices"][0]["message"]["content"] for _pk, answer in found.values()} == {"A"}
    assert saved("elsewhere", [ASK.hash()]) == {}
    assert saved("house", []) == {}
