"""Runs are started once, baselines answer like judges, and what was abandoned is found."""

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from personalization.judge import computing
from personalization.judge.planning import plan
from personalization.judge.runs import (
    cancel,
    look_for_abandoned,
    start_baselines,
    start_judge,
    try_again,
)
from personalization.models import JudgeRun, Verdict
from tests import factories as make
from tests.personalization.judge.judged import (
    answers,
    asked,
    baseline,
    compared,
    go,
    jobs,
    readings,
    run,
    study,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> JudgeRun:
    whole = study(make.enrolled())
    return run(whole, "attribute", at=make.endpoint(url="https://m.example.org"))


def test_a_run_is_started_once(one: JudgeRun) -> None:
    """The same judge over the same questions, while it is under way, is the same run and job."""
    assert one.endpoint is not None
    assert run(one.study, "attribute", at=one.endpoint) == one
    assert (JudgeRun.objects.count(), jobs(one)) == (1, 1)
    assert run(one.study, "relevance", at=one.endpoint) != one
    assert run(one.study, "attribute", at=one.endpoint, temperature=1) != one


def test_a_run_that_has_nothing_left_to_do_is_not_started_again(one: JudgeRun) -> None:
    """Nor after its end, unless there are new items."""
    assert one.endpoint is not None
    JudgeRun.objects.update(finished_at=timezone.now())
    again = run(one.study, "attribute", at=one.endpoint)
    assert again != one  # it was never planned: everything is left
    baseline(one.study, "random", "attribute")
    (done,) = start_baselines(one.study, asked(one.study, "attribute"), ["random"])
    assert done.finished_at is not None


def test_the_judge_is_its_whole_configuration(one: JudgeRun) -> None:
    """Endpoint, model, sampling and prompts; its name says what tells it apart."""
    assert one.endpoint is not None
    questions = asked(one.study, "relevance")
    same = start_judge(one.study, questions, one.endpoint, one.endpoint.model, {"temperature": 0})
    assert same.rater == one.rater
    assert one.rater.name == f"fake@{one.endpoint.name} (v2)"
    assert set(one.rater.configuration["prompts"]) >= {"judge_attribute", "judge_record"}
    warm = start_judge(one.study, questions, one.endpoint, "other", {"temperature": 0.7})
    assert warm.rater.name == f"other@{one.endpoint.name} (v2, temperature 0.7)"
    plain = start_judge(one.study, questions, one.endpoint, "other", {})
    assert plain.rater.name == f"other@{one.endpoint.name} (v2, own sampling)"
    assert {one.rater.kind, warm.rater.kind} == {"judge"}


def test_a_finished_run_is_not_cancelled(one: JudgeRun) -> None:
    JudgeRun.objects.update(finished_at=timezone.now())
    assert not cancel(one)
    assert not try_again(one)


def test_an_imported_run_is_not_ours_to_cancel() -> None:
    imported = JudgeRun.objects.create(
        study=make.study(), rater=make.judge(), source="imported", finished_at=None
    )
    assert not cancel(imported)
    assert look_for_abandoned() == []


def test_what_was_abandoned_is_found(one: JudgeRun) -> None:
    """An open run without a waiting job, of which nobody holds a reading."""
    assert look_for_abandoned() == []
    ProcrastinateJob.objects.filter(args__run_id=one.pk)._raw_delete("default")
    assert look_for_abandoned() == [one.pk]
    assert jobs(one) == 1


@pytest.mark.parametrize("column", ["paused_at", "cancelled_at", "finished_at"])
def test_a_run_that_stands_is_not_abandoned(one: JudgeRun, column: str) -> None:
    ProcrastinateJob.objects.filter(args__run_id=one.pk)._raw_delete("default")
    JudgeRun.objects.update(**{column: timezone.now()})
    assert look_for_abandoned() == []


def test_row_11_the_longer_answer_runs_like_a_judge() -> None:
    """Row 11: a rater of its own kind, both orders, a judgment for each pair."""
    whole = compared(make.enrolled(), "Short.", "A longer answer.")
    done = baseline(whole, "longer", "overall", "gain")
    assert readings(done) == {"ab": [(3, None)] * 4, "ba": [(3, None)] * 4}
    assert answers(done) == [(3, None, 4.0)] * 4
    assert (done.rater.kind, done.source, done.settled) == ("baseline", "computed", 8)
    assert done.finished_at is not None
    equal = compared(make.enrolled(), "Same.", "Size!")
    assert answers(baseline(equal, "longer", "overall"))[-1] == (2, None, 3.0)


def test_the_first_position_is_inconsistent_on_every_pair() -> None:
    whole = compared(make.enrolled(), "One.", "Two.")
    done = baseline(whole, "first_position", "overall")
    assert readings(done) == {"ab": [(1, None)], "ba": [(3, None)]}
    assert answers(done) == [(None, "inconsistent", 3.0)]


def test_the_majority_class_is_that_of_its_time() -> None:
    """One class for all items; none yet is no class; another class later is another rater."""
    whole = study(make.enrolled())
    none = baseline(whole, "majority", "relevance")
    assert answers(none) == [(None, "cannot_tell", None)] * 3
    items = m.Item.objects.filter(question__kind="relevance").order_by("pk")
    for item in items[:2]:
        make.judgment(item=item, value=0)
    make.judgment(item=items[2], value=1)
    most = baseline(whole, "majority", "relevance")
    assert answers(most) == [(0, None, None)] * 3
    assert most.rater.name == "majority class: no"
    assert most.rater != none.rater
    make.judgment(item=items[2], value=1)
    assert baseline(whole, "majority", "relevance").rater == none.rater  # a tie is no class


def test_baselines_answer_what_they_can(one: JudgeRun) -> None:
    """Always-yes leaves pairs out; the majority has a run for each question."""
    every = asked(one.study, "attribute", "relevance", "overall")
    started = start_baselines(one.study, every, ["always_yes", "majority", "longer"])
    assert [len(each.questions) for each in started] == [2, 1, 1, 1, 1]
    assert start_baselines(one.study, asked(one.study, "overall"), ["always_yes"]) == []
    for each in started:
        assert go(each).finished_at is not None


def test_baselines_need_no_consent_of_a_provider() -> None:
    """Nothing is sent anywhere."""
    whole = study(make.enrolled(scopes=("use",)))
    assert baseline(whole, "random", "attribute").settled == 3


def test_a_batch_of_two_runs_settles_each(one: JudgeRun) -> None:
    """Items of one run are no matter of another."""
    baseline(one.study, "random", "relevance", "attribute")
    baseline(one.study, "always_yes", "relevance")
    assert Verdict.objects.filter(settled_at__isnull=False).count() == 6 + 3
    assert m.Judgment.objects.count() == 9


def test_a_baseline_makes_room_between_batches(
    one: JudgeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three readings by twos: each batch is a turn of its own at the worker's connection."""
    monkeypatch.setattr(computing, "BATCH", 2)
    (started,) = start_baselines(one.study, asked(one.study, "relevance"), ["random"])
    plan(started)
    made = []
    while computing.compute(started):
        made.append(started.verdicts.filter(settled_at__isnull=False).count())
    assert made == [2, 3]


def test_the_votes_of_a_baseline_can_be_seen(one: JudgeRun, client: Client) -> None:
    """Reports name baselines as they name judges, and so do the pages behind their numbers."""
    done = baseline(one.study, "random", "relevance")
    question = asked(one.study, "relevance")[0]
    client.force_login(make.user())
    address = f"/studies/{one.study.name}/questions/{question.pk}/"
    panel = {"panel": f"judge:{done.rater.name}"}
    assert client.get(f"{address}votes/", panel).status_code == 200
    assert done.rater.name in client.get(f"{address}disagreements/").content.decode()
