"""A run of an arm: planned, asked at once, settled, closed; errors are handled row by row."""

import pytest
from django.db.models import Count

from annotation import models as m
from personalization.models import ArmAttribute, Crew, Extraction, Merging, ModelCall
from personalization.pipeline.runs import look_for_abandoned, start
from personalization.runs.ledger import totals
from tests.llm_server import LLMServer
from tests.personalization.pipeline.carried import (
    SAID,
    arm,
    go,
    is_counted,
    jobs,
    place,
    run,
    settled,
    to_the_end,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_all_conversations_are_read_once(llm_server: LLMServer) -> None:
    """One settled row, one call, one ledger entry each; the run is closed, its places are free."""
    llm_server.say(None, SAID)
    one = go(run(llm_server, 12, concurrency=4))
    assert one.finished_at is not None
    assert (one.planned, one.settled, one.trouble) == (12, 12, "")
    rows = Extraction.objects.filter(run=one)
    assert set(rows.values_list("found", "failure")) == {(1, None)}
    calls = ModelCall.objects.filter(step="extraction").values("work_id")
    assert [each["n"] for each in calls.annotate(n=Count("pk"))] == [1] * 12
    assert llm_server.count() == 12
    assert llm_server.most_in_flight <= 4
    assert totals(one).answered.calls == 12
    assert ArmAttribute.objects.filter(arm=one.arm).count() == 12
    assert not Crew.objects.exists()
    (prompt,) = one.arm.configuration["prompts"].values()
    assert set(ModelCall.objects.values_list("prompt_hash", flat=True)) == {prompt["hash"]}


def test_what_follows_is_done_in_the_same_run(llm_server: LLMServer) -> None:
    """Merging follows the last conversation of a person, and counts in the plan."""
    llm_server.say(None, SAID)
    whole = arm(place(llm_server), 3, embedder="tfidf")
    one = go(start(whole))
    assert Merging.objects.filter(run=one, settled_at__isnull=False).count() == 3
    assert one.finished_at is not None
    assert (one.planned, one.settled) == (6, 6)
    assert is_counted(one)


def test_faults_that_pass_are_asked_about_again(llm_server: LLMServer) -> None:
    """A 429, a 500, garbage, something unreadable: each costs a call, and no row fails."""
    llm_server.say(None, SAID)
    for fault in ("rate_limited", "error_500", "garbage", "broken_schema"):
        llm_server.misbehave(fault, times=1)
    one = to_the_end(run(llm_server, 6))
    assert settled(one) == 6
    assert not Extraction.objects.filter(failure__isnull=False).exists()
    assert llm_server.count() == 10
    assert {kind: entry.calls for kind, entry in totals(one).errors.items()} == {
        "rate_limited": 1,
        "unavailable": 1,
        "garbage": 1,
    }
    assert totals(one).answered.calls == 7  # one of them nobody could read
    assert is_counted(one)


def test_a_row_that_nobody_can_read_fails_alone(llm_server: LLMServer) -> None:
    llm_server.say(None, SAID)
    llm_server.say("number 3.", "I would rather not say it in JSON.")
    one = to_the_end(run(llm_server, 5))
    failed = Extraction.objects.get(run=one, failure__isnull=False)
    assert failed.failure is not None
    assert failed.failure.startswith("garbage")
    assert ModelCall.objects.filter(work_id=failed.pk).count() == 3
    assert one.finished_at is not None
    assert (one.planned, one.settled) == (5, 5)


def test_a_key_that_is_refused_pauses_the_run(llm_server: LLMServer) -> None:
    """Not a thousand failures: the rows wait for somebody to mend it."""
    llm_server.misbehave("unauthorized", times=None)
    one = go(run(llm_server, 40, concurrency=4))
    assert one.paused_at is not None
    assert one.trouble.startswith("unauthorized")
    assert settled(one) == 0
    assert llm_server.count() <= 8
    assert not Extraction.objects.filter(lease_until__isnull=False).exists()
    assert jobs(one) == 1  # the one that start has put there, which finds the run paused
    assert look_for_abandoned() == []


def test_one_request_that_is_refused_fails_alone(llm_server: LLMServer) -> None:
    """Where the endpoint answers others it is this one: too long, perhaps."""
    llm_server.say(None, SAID)
    llm_server.misbehave("bad_request", times=None, matching="number 4.")
    one = run(llm_server, 6, concurrency=1)
    assert to_the_end(one).finished_at is not None
    assert Extraction.objects.filter(failure__startswith="bad_request").count() == 1
    assert settled(one) == 6


def test_an_endpoint_that_was_closed_pauses_the_run(llm_server: LLMServer) -> None:
    one = run(llm_server, 2)
    one.endpoint.closed_at = one.created_at
    one.endpoint.save()
    assert go(one).trouble == f"closed: {one.endpoint.name}"
    assert llm_server.count() == 0


def test_an_endpoint_that_is_down_is_left_alone(llm_server: LLMServer) -> None:
    """Eight outages open the breaker: the job ends, the rows wait, and none has failed."""
    llm_server.misbehave("error_500", times=None)
    one = go(run(llm_server, 30, concurrency=8))
    assert (one.finished_at, one.paused_at) == (None, None)
    assert settled(one) == 0
    assert llm_server.count() < 30
    assert not Extraction.objects.filter(lease_until__isnull=False).exists()
    assert jobs(one) == 1


def test_people_who_left_are_not_asked_about(llm_server: LLMServer) -> None:
    llm_server.say(None, SAID)
    one = run(llm_server, 3)
    m.Enrollment.objects.filter(pk=m.Enrollment.objects.order_by("pk")[0].pk).update(
        withdrawn_at=one.created_at
    )
    assert go(one).finished_at is not None
    assert llm_server.count() == 2
