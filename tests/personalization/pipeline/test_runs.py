"""Runs are started once, stopped, resumed, opened again, and found when nobody carries them on."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from annotation.models import Conversation
from personalization.arms.making import UnfitError, make_imported
from personalization.models import ArmRun, Extraction, ModelCall, PromptVersion
from personalization.pipeline.jobs import look_for_rows
from personalization.pipeline.planning import plan
from personalization.pipeline.progress import failed_rows, progress
from personalization.pipeline.runs import (
    cancel,
    look_for_abandoned,
    pause_by_hand,
    retry_failed,
    start,
    try_again,
)
from personalization.work import claim_name
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.pipeline.carried import (
    SAID,
    arm,
    go,
    gone,
    is_counted,
    jobs,
    lose_jobs,
    place,
    run,
    settled,
    talk,
    to_the_end,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_is_started_once(llm_server: LLMServer) -> None:
    """Its prompts are frozen by it; another limit of items is another run."""
    whole = arm(place(llm_server), 3)
    one = start(whole)
    assert start(whole) == one
    assert start(whole, most_items=2) != one
    assert jobs(one) == 1
    (version,) = whole.configuration["prompts"].values()
    used = PromptVersion.objects.get(name="extraction", version=version["version"])
    assert used.used_at is not None


def test_an_imported_arm_has_no_runs() -> None:
    with pytest.raises(UnfitError):
        start(make_imported(make.study(), "extraction", "theirs"))


def test_a_finished_run_starts_anew_only_for_what_is_new(llm_server: LLMServer) -> None:
    llm_server.say(None, SAID)
    whole = arm(place(llm_server), 2)
    one = go(start(whole))
    assert start(whole) == one
    talk(whole.study, 1)
    again = start(whole)
    assert again != one
    assert go(again).planned == 1
    assert llm_server.count() == 3


def test_at_most_so_many(llm_server: LLMServer) -> None:
    llm_server.say(None, SAID)
    one = go(run(llm_server, 5, most_items=2))
    assert (one.planned, one.settled, llm_server.count()) == (2, 2, 2)


def test_a_trial_counts_nowhere(llm_server: LLMServer) -> None:
    """It has its own rows, with what came of them, and can be done again; the real run follows."""
    llm_server.say(None, SAID)
    whole = arm(place(llm_server), 3)
    first, second = (go(start(whole, trial=True, most_items=2)) for _time in range(2))
    assert first != second
    rows = Extraction.objects.filter(run=second)
    results = [one.result or {} for one in rows]
    assert {one["attributes"][0]["text"] for one in results} == {"The user sails."}
    assert not Conversation.objects.filter(variants__isnull=False).exists()
    assert go(start(whole)).settled == 3


def test_cancelled_before_it_begins(llm_server: LLMServer) -> None:
    """Nothing is asked; another run takes over what is left, without asking for anything twice."""
    llm_server.say(None, SAID)
    one = run(llm_server, 4)
    plan(one)
    assert cancel(one)
    assert not cancel(one)
    go(one)
    assert llm_server.count() == 0
    again = start(one.arm)
    assert again != one
    assert to_the_end(again).settled == 4
    assert (llm_server.count(), Extraction.objects.count()) == (4, 4)


def test_paused_by_hand(llm_server: LLMServer) -> None:
    llm_server.say(None, SAID)
    one = run(llm_server, 2)
    user = make.user()
    assert pause_by_hand(one, user)
    assert go(one).trouble == f"asked: {user}"
    assert settled(one) == 0
    assert try_again(one)
    assert not try_again(one)
    assert go(one).finished_at is not None


def test_failed_rows_get_a_new_round(llm_server: LLMServer) -> None:
    """The run opens again and asks for them alone; its counts stay true."""
    llm_server.say(None, SAID)
    llm_server.say("number 1.", "No.")
    one = to_the_end(run(llm_server, 3))
    (row,) = failed_rows(one, "extraction")
    assert failed_rows(one, "extraction", after=row.pk) == []
    (shown, *_others) = progress(one)
    assert (shown.name, shown.done, shown.failed, shown.pending) == ("extraction", 2, 1, 0)
    assert [(each.text.partition(":")[0], each.count) for each in shown.reasons] == [("garbage", 1)]
    llm_server.say("number 1.", SAID)
    before = llm_server.count()
    assert retry_failed(one) == 1
    one.refresh_from_db()
    assert (one.finished_at, one.settled, one.planned) == (None, 2, 3)
    assert go(one).finished_at is not None
    assert (llm_server.count() - before, one.settled) == (1, 3)
    assert ModelCall.objects.filter(work_id=row.pk, attempt=5).count() == 1
    assert is_counted(one)
    assert retry_failed(one) == 0


def test_progress_tells_what_waits(llm_server: LLMServer) -> None:
    one = run(llm_server, 5)
    plan(one)
    rows = list(Extraction.objects.filter(run=one).order_by("pk"))
    hour = timedelta(hours=1)
    Extraction.objects.filter(pk=rows[0].pk).update(lease_until=Now() + hour, worker="w")
    Extraction.objects.filter(pk=rows[1].pk).update(due_at=Now() + hour)
    (shown, merging, pointing) = progress(one)
    assert (shown.running, shown.pending, shown.later, shown.all) == (1, 4, 1, 5)
    assert (merging.name, pointing.name, pointing.all) == ("merging", "pointing", 0)


def test_a_run_that_nobody_carries_on_is_found(llm_server: LLMServer) -> None:
    """Not while its job waits, nor while a living worker holds rows of it."""
    one = run(llm_server, 2)
    assert look_for_abandoned() == []
    lose_jobs()
    plan(one)
    held = Extraction.objects.filter(run=one)
    hour = timedelta(hours=1)
    held.update(lease_until=Now() + hour, worker=claim_name())
    assert look_for_abandoned() == []
    held.update(worker=gone())
    assert look_for_abandoned() == [one.pk]
    assert jobs(one) == 1
    lose_jobs()
    ArmRun.objects.update(paused_at=timezone.now())
    assert look_for_abandoned() == []


def test_one_job_waits_for_a_run(llm_server: LLMServer) -> None:
    one = run(llm_server, 1)
    look_for_rows(one.pk)
    assert jobs(one) == 1
