"""The ledger: what a run did, minute by minute, written by several workers at once."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from personalization.judge import ledger
from personalization.judge.ledger import Entry, live, note, totals
from personalization.llm.backend import KINDS
from personalization.models import JudgeRun, Ledger
from tests import factories as make

NOW = timezone.now().replace(second=30, microsecond=0)


@pytest.fixture
def run(db: None) -> JudgeRun:
    at = make.endpoint(url="http://127.0.0.1:9/v1", concurrency=4)
    return JudgeRun.objects.create(
        study=make.study(), rater=make.judge(), source="called", endpoint=at
    )


def kept(run: JudgeRun, minutes_ago: int, outcome: str = "answered", **sums: int) -> None:
    minute = NOW.replace(second=0) - timedelta(minutes=minutes_ago)
    Ledger.objects.create(run=run, minute=minute, outcome=outcome, **sums)


def begun(run: JudgeRun, **ago: int) -> None:
    JudgeRun.objects.filter(pk=run.pk).update(created_at=NOW - timedelta(**ago))
    run.refresh_from_db()


def test_entries_are_summed_by_outcome(run: JudgeRun) -> None:
    """Within one call and over several, with what the run has spent."""
    note(run.pk, [Entry("answered", 1, 100, 10, 7, 200), Entry("answered", 1, 50, 5, 3, 400)])
    note(run.pk, [Entry("rate_limited", milliseconds=20), Entry("answered", 1, 1, 1, 1, 1)])
    note(run.pk, [])
    sums = totals(run).outcomes
    assert sums["answered"] == Entry("answered", 3, 151, 16, 11, 601)
    assert sums["rate_limited"] == Entry("rate_limited", 1, 0, 0, 0, 20)
    run.refresh_from_db()
    assert run.spent_micros == 11
    assert Ledger.objects.count() <= 4  # two outcomes; a minute may have passed between the notes


def test_notes_are_two_statements(
    run: JudgeRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """However many calls they are about: one for the run's row and one for the ledger."""
    entries = [Entry(KINDS[number % 7], micros=1) for number in range(1000)]
    with django_assert_num_queries(4):  # a savepoint and its release
        note(run.pk, entries)
    assert totals(run).all.calls == 1000


@pytest.mark.django_db(transaction=True)
def test_workers_that_write_at_once_lose_nothing_and_never_lock_each_other_out() -> None:
    """In whatever order their outcomes come."""
    at = make.endpoint(url="http://127.0.0.1:9/v1")
    run = JudgeRun.objects.create(
        study=make.study(), rater=make.judge(), source="called", endpoint=at
    )
    kinds = ["answered", "timeout", "lost", "cut"]
    failed: list[Exception] = []

    def write(order: list[str]) -> None:
        try:
            for _each in range(25):
                note(run.pk, [Entry(kind, micros=1) for kind in order])
        except Exception as error:  # noqa: BLE001 - shown by the test
            failed.append(error)
        finally:
            connection.close()

    workers = [Thread(target=write, args=[order]) for order in (kinds, kinds[::-1], kinds)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert not failed
    assert {name: one.calls for name, one in totals(run).outcomes.items()} == dict.fromkeys(
        kinds, 75
    )
    run.refresh_from_db()
    assert run.spent_micros == 300


def test_totals_tell_answers_saved_answers_and_errors_apart(run: JudgeRun) -> None:
    """Errors by kind, the most frequent first; what may have to be paid without an answer.

    What was read in answers is noted beside them, and is no call.
    """
    kept(run, 1, calls=10, micros=100, milliseconds=5000)
    kept(run, 0, calls=10, micros=100, milliseconds=3000)
    kept(run, 0, "reused", calls=5)
    kept(run, 0, "timeout", calls=1, micros=30, milliseconds=60_000)
    kept(run, 1, "rate_limited", calls=4)
    kept(run, 1, "read_value", calls=19)
    found = totals(run)
    assert (found.answered.calls, found.all.calls, found.all.micros) == (20, 30, 230)
    assert list(found.errors) == ["rate_limited", "timeout"]
    assert (found.latency, found.unanswered_micros) == (0.4, 30)


def test_a_run_that_has_done_nothing(run: JudgeRun) -> None:
    """No number is better than a wrong one."""
    found, now = totals(run), live(run)
    assert (found.all.calls, found.latency, found.errors) == (0, None, {})
    assert (now.per_minute, now.latency, now.share_of_ideal, now.minutes) == (0.0, None, None, [])


def test_the_rate_of_the_last_minutes(run: JudgeRun) -> None:
    """Five full minutes and the current half: 330 s, 660 answers of 1 s at 4 places: half ideal."""
    begun(run, hours=1)
    kept(run, 6, calls=9999, milliseconds=1)  # too old
    for ago in range(1, 6):
        kept(run, ago, calls=120, milliseconds=120_000, micros=3)
    kept(run, 0, calls=60, milliseconds=60_000)
    kept(run, 0, "timeout", calls=2, milliseconds=120_000)
    kept(run, 0, "reused", calls=7)
    found = live(run, NOW)
    assert (found.seconds, found.answered, found.per_minute) == (330.0, 660, 120.0)
    assert (found.latency, found.share_of_ideal) == (1.0, 0.5)
    last = found.minutes[-1]
    assert (last.answered, last.reused, last.errors, last.micros) == (60, 7, 2, 0)
    assert [one.micros for one in found.minutes] == [3, 3, 3, 3, 3, 0]


def test_a_young_run_counts_from_its_start(run: JudgeRun) -> None:
    """Ten seconds old: 40 answers are 240 a minute, not 40."""
    begun(run, seconds=10)
    kept(run, 0, calls=40, milliseconds=40_000)
    assert (live(run, NOW).per_minute, live(run, NOW).share_of_ideal) == (240.0, 1.0)


def test_a_pause_does_not_count(run: JudgeRun) -> None:
    """Minutes without a call are no part of the rate."""
    begun(run, hours=1)
    kept(run, 4, calls=60, milliseconds=60_000)
    kept(run, 0, calls=30, milliseconds=30_000)
    assert (live(run, NOW).seconds, live(run, NOW).per_minute) == (90.0, 60.0)


def test_a_run_that_has_ended_shows_its_last_minutes(run: JudgeRun) -> None:
    """However long ago that was."""
    begun(run, hours=1)
    kept(run, 30, calls=60, milliseconds=30_000)
    run.finished_at = NOW - timedelta(minutes=30)
    assert live(run, NOW).per_minute == 120.0


def test_no_places_no_share() -> None:
    """A run of a baseline asks nobody."""
    assert ledger.share_of_ideal(5, 1.0, 0.1, 0) is None
