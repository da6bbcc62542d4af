"""A row of work has one worker at a time, comes back when its worker dies, and is settled once."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation.work import look
from personalization.models import Pairing
from personalization.work import (
    ROUND,
    TakenOverError,
    claim,
    claim_name,
    free_of_dead,
    is_dead,
    is_last,
    later,
    next_attempt,
    release,
    renew,
    retry_later,
    settling,
    try_again,
)
from tests import factories as make

pytestmark = pytest.mark.django_db


def row(**columns: object) -> Pairing:
    return Pairing.objects.create(enrollment=make.enrollment(), **columns)


def taken(most: int = 1) -> list[Pairing]:
    return claim(Pairing.objects.all(), most)


def one() -> Pairing:
    """Return a row that this worker has claimed."""
    row()
    (claimed,) = taken()
    return claimed


def end_lease(of: Pairing) -> None:
    """Let time pass until the lease of a row is over."""
    Pairing.objects.filter(pk=of.pk).update(lease_until=Now() - timedelta(seconds=1))


def jobs() -> list[tuple[str, Any, bool]]:
    """Return the jobs in the queue: name, what each is about, and whether it is for later."""
    found = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    return [(job.task_name, job.args["about"], job.scheduled_at is not None) for job in found]


def test_a_claim_takes_what_is_due_oldest_first() -> None:
    """Settled rows and those for later stay; the lease is as long as the settings say."""
    hour = timedelta(hours=1)
    later, old, new = row(due_at=Now() + hour), row(due_at=Now() - hour), row()
    row(settled_at=Now())
    before = timezone.now()
    claimed = taken(5)
    assert [each.pk for each in claimed] == [old.pk, new.pk]
    lease = timedelta(seconds=settings.LEASE_SECONDS)
    assert all(abs(each.lease_until - before - lease) < lease / 3 for each in claimed)  # type: ignore[operator]
    assert taken() == []
    later.refresh_from_db()
    assert later.worker is None


def test_a_claim_takes_no_more_than_asked() -> None:
    """The rest is for others; every claim has a name of its own, and all name this process."""
    for _row in range(3):
        row()
    first, second = taken(2), taken(2)
    assert (len(first), len(second)) == (2, 1)
    assert first[0].worker == first[1].worker != second[0].worker
    host, pid, _token = str(first[0].worker).rsplit(":", 2)
    assert host
    assert pid.isdigit()


def test_a_row_comes_back_when_its_lease_ends() -> None:
    """The second worker has it; the first one can neither renew nor settle nor put it off."""
    first = one()
    end_lease(first)
    (second,) = taken()
    assert (second.pk, second.attempt) == (first.pk, first.attempt)
    assert second.worker != first.worker
    with pytest.raises(TakenOverError):
        renew(first)
    with pytest.raises(TakenOverError), settling(first):
        pytest.fail("a stranger settles")
    with pytest.raises(TakenOverError):
        retry_later(first, 1)
    with pytest.raises(TakenOverError):
        next_attempt(first)
    with settling(second):
        second.found = 3
    second.refresh_from_db()
    assert (second.found, second.lease_until) == (3, None)
    assert second.settled_at is not None


def test_a_late_worker_may_settle_what_nobody_took() -> None:
    """An answer that was paid for is not thrown away because the lease has just ended."""
    late = one()
    end_lease(late)
    with settling(late):
        late.found = 1
    late.refresh_from_db()
    assert late.settled_at is not None


def test_a_row_is_settled_once() -> None:
    """Its own worker cannot do it a second time either."""
    claimed = one()
    with settling(claimed):
        claimed.found = 1
    with pytest.raises(TakenOverError), settling(claimed):
        pytest.fail("settled twice")


def test_what_fails_within_settles_nothing() -> None:
    """All or nothing: the row stays claimed."""
    claimed = one()

    def settle() -> None:
        with settling(claimed):
            row()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        settle()
    left = Pairing.objects.get()
    assert (left.settled_at, left.worker) == (None, claimed.worker)


def test_a_renewed_lease_is_longer() -> None:
    """A living worker keeps its row however long it takes."""
    claimed = one()
    end_lease(claimed)
    renew(claimed)
    assert taken() == []


def test_a_retry_waits_and_is_looked_for() -> None:
    """The lease is free, the attempt is counted, and a job is there for the time when it is due."""
    claimed = one()
    retry_later(claimed, 90)
    left = Pairing.objects.get()
    assert (left.attempt, left.worker, left.lease_until) == (1, None, None)
    assert timedelta(seconds=80) < left.due_at - timezone.now() < timedelta(seconds=91)
    assert taken() == []
    assert jobs() == [("look_for_pairing", None, True)]
    assert ProcrastinateJob.objects.get().scheduled_at == left.due_at


def test_a_lost_call_is_asked_again_at_once() -> None:
    """As the next attempt, under the same lease."""
    claimed = one()
    next_attempt(claimed)
    left = Pairing.objects.get()
    assert (left.attempt, left.worker) == (1, claimed.worker)
    with settling(claimed):
        claimed.found = 0
    assert Pairing.objects.get().attempt == 1


def test_a_worker_that_stops_lets_its_row_go() -> None:
    """Another one may go on at once, with the same attempt."""
    release(one())
    assert jobs() == [("look_for_pairing", None, False)]
    (again,) = taken()
    assert again.attempt == 0


def test_a_round_ends_and_a_researcher_starts_another() -> None:
    """Failed rows alone are opened again, with new attempts, and are looked for."""
    claimed = one()
    assert [is_last(Pairing(attempt=attempt)) for attempt in range(ROUND)] == [False] * 4 + [True]
    with settling(claimed):
        claimed.failure = "unauthorized: no"
    row(settled_at=Now(), found=2)
    row()
    assert try_again(Pairing.objects.all()) == 1
    opened = Pairing.objects.get(pk=claimed.pk)
    assert (opened.attempt, opened.failure, opened.settled_at) == (ROUND, None, None)
    assert jobs() == [("look_for_pairing", None, False)]
    assert try_again([opened]) == 0


def test_a_locked_job_is_in_the_queue_once() -> None:
    """And the transaction in which the second one is refused goes on."""
    for _again in range(2):
        look("pairing", 7, lock="pairing of 7")
    look("pairing", 8)
    assert jobs() == [("look_for_pairing", 7, False), ("look_for_pairing", 8, False)]


def test_replies_come_first() -> None:
    """Somebody watches a chat."""
    look("extraction", 1)
    look("reply", 1)
    priorities = ProcrastinateJob.objects.order_by("id").values_list("priority", flat=True)
    assert list(priorities) == [0, 1]


def test_who_has_ended_on_this_machine_is_dead() -> None:
    """Not we ourselves, nor anybody whom we cannot see: another machine, a name of another kind."""
    machine, own, token = claim_name().rsplit(":", 2)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert is_dead(f"{machine}:{ended.pid}:{token}")
    assert not is_dead(f"{machine}:{own}:{token}")
    assert not is_dead(f"elsewhere:{ended.pid}:{token}")
    assert not any(is_dead(name) for name in ("", "one", f"{machine}:x:y", f"{machine}:1:y"))


def test_what_the_dead_hold_is_free_at_once() -> None:
    """What the living hold is not."""
    row(), row()
    theirs, ours = taken(2)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    machine, _own, token = claim_name().rsplit(":", 2)
    Pairing.objects.filter(pk=theirs.pk).update(worker=f"{machine}:{ended.pid}:{token}")
    assert free_of_dead(Pairing.objects.all()) == 1
    assert [one.pk for one in taken(2)] == [theirs.pk]
    assert ours.worker is not None


def test_a_row_can_be_let_go_for_later() -> None:
    """It keeps its attempt, and nobody has it before its time."""
    claimed = one()
    later(claimed, 60)
    claimed.refresh_from_db()
    assert (claimed.worker, claimed.attempt, taken()) == (None, 0, [])
