"""Baselines are there without anybody asking, and cost nothing while nothing is new."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from annotation import models as m
from personalization.judge.closeness import LEAST, MEDIAN, chosen_raters
from personalization.judge.computing import compute
from personalization.judge.planning import replenish
from personalization.judge.runs import cancel
from personalization.judge.upkeep import Memory, keep_up
from personalization.models import JudgeRun
from tests import factories as make
from tests.personalization.judge.judged import asked, go, jobs, study
from tests.personalization.judge.test_closeness import FAR, NEAR, labelled, relevance
from tests.personalization.report.test_cache import in_own_connection

pytestmark = pytest.mark.django_db


def looked(seen: Memory, *, everything: bool = False) -> list[JudgeRun]:
    """Look once, and let the runs that began come to their end."""
    runs = {run.pk: run for run in keep_up(seen, everything=everything)}
    for run in runs.values():
        assert jobs(run) == 1
        assert go(run).finished_at is not None
    return list(runs.values())


def names(question: m.Question) -> list[str]:
    """Return the baselines that have answered all items of a question, without their thresholds."""
    items = question.items.count()
    found = []
    for rater in m.Rater.objects.filter(kind="baseline"):
        given = m.Judgment.objects.filter(rater=rater, question=question, superseded_at=None)
        if given.count() == items:
            found.append(rater.configuration["baseline"])
    return sorted(found)


def test_row_11_baselines_answer_by_themselves() -> None:
    """Row 11: all that make sense for the question, as soon as anybody has answered it."""
    whole, seen = study(make.enrolled()), Memory()
    assert looked(seen) == []
    for kind in ("relevance", "overall", "attribute"):
        (question,) = asked(whole, kind)
        make.judgment(item=question.items.earliest("pk"))
    looked(seen)
    (relevant,), (overall,), (attribute,) = (
        asked(whole, kind) for kind in ("relevance", "overall", "attribute")
    )
    assert names(relevant) == ["always_yes", "bm25", "embedding", "random"]
    assert names(overall) == ["bm25", "embedding", "first_position", "longer", "random"]
    assert names(attribute) == ["always_yes", "random"]
    (gain,) = asked(whole, "gain")
    assert names(gain) == []  # nobody has answered it


def test_one_standing_run_takes_what_is_new() -> None:
    """New items join the run that is there: no list of runs grows with the study."""
    whole, seen = m.Study.objects.get(pk=make.study().pk), Memory()
    items = relevance(make.enrolled(study=whole), NEAR, FAR)
    make.judgment(item=items[0])
    first = {run.pk for run in looked(seen)}
    assert len(first) == 4
    relevance(make.enrolled(study=whole), NEAR)
    again = looked(seen)
    assert {run.pk for run in again} == first
    for run in again:
        assert (run.planned, run.settled) == (3, 3)
        assert run.by is None


def test_a_run_that_is_under_way_takes_another_question() -> None:
    """The worker that carries it on has read which questions it had before."""
    whole, seen = study(make.enrolled()), Memory()
    (relevant,), (overall,) = (asked(whole, kind) for kind in ("relevance", "overall"))
    make.judgment(item=relevant.items.earliest("pk"))
    keep_up(seen)
    (run,) = JudgeRun.objects.filter(rater__configuration__baseline="random")
    run = JudgeRun.objects.select_related("rater", "study").get(pk=run.pk)
    make.judgment(item=overall.items.earliest("pk"))
    keep_up(seen)
    while compute(run):
        continue
    assert "random" in names(relevant)
    assert "random" in names(overall)


def test_nothing_new_costs_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Whatever the size of the study: the counters of changes; new labels cost three more."""
    whole, seen = make.study(), Memory()
    items = relevance(make.enrolled(study=whole), NEAR, FAR)
    make.judgment(item=items[0])
    looked(seen)
    keep_up(seen)  # the baselines' own answers
    with django_assert_num_queries(1):
        assert keep_up(seen) == []
    make.judgment(item=items[1])
    with django_assert_num_queries(4):  # the question, its options, its newest item
        assert keep_up(seen) == []


def test_an_hour_later_everything_is_looked_at() -> None:
    """What was cancelled, or missed, is planned anew, once; another worker changes nothing."""
    whole, seen = make.study(), Memory()
    items = relevance(make.enrolled(study=whole), NEAR, FAR)
    make.judgment(item=items[0])
    runs = keep_up(seen)
    for run in runs:
        assert cancel(run)
    assert keep_up(seen) == []
    assert len(looked(seen, everything=True)) == len(runs)
    assert looked(Memory()) == []


def test_the_median_makes_room_for_a_chosen_threshold() -> None:
    """Once; its answers are kept, superseded. Later labels choose no other threshold."""
    whole, seen = make.study(), Memory()
    labelled(whole, "test", 2)
    looked(seen)
    (question,) = asked(whole, "relevance")
    (median,) = chosen_raters("bm25", question)
    assert median.configuration["chosen"] == MEDIAN
    labelled(whole, "development", LEAST // 2)
    looked(seen)
    looked(seen, everything=True)
    assert names(question) == ["always_yes", "bm25", "embedding", "random"]
    kept = m.Judgment.objects.filter(rater=median)
    assert kept.count() == 4
    assert not kept.filter(superseded_at=None).exists()
    for item in question.items.all():
        make.judgment(item=item, value=0)
    looked(seen, everything=True)
    assert len(chosen_raters("bm25", question)) == 2


@pytest.mark.django_db(transaction=True)
def test_a_run_gets_more_while_its_readings_are_saved() -> None:
    """Whoever saves holds readings and waits for the run; planning holds the run, and never waits."""
    whole = make.study()
    items = relevance(make.enrolled(study=whole), NEAR, FAR)
    make.judgment(item=items[0])
    (run, *_others) = keep_up(Memory())
    relevance(make.enrolled(study=whole), NEAR)

    def more() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        return replenish(run)

    with transaction.atomic(), ThreadPoolExecutor() as pool:
        run.verdicts.update(attempt=1)
        assert pool.submit(in_own_connection, more).result() == 1
