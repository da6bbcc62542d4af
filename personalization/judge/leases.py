"""Take readings to be made, keep them while a judge is asked, and let them go again.

A claimed row is not due before its lease ends, so the rows that are free stand together in the
index, and so do those that are under way. All times are the database's.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Min, QuerySet
from django.db.models.functions import Now

from personalization.judge.choices import Side
from personalization.models import Endpoint, JudgeRun, Verdict

UNDER_WAY = """
SELECT count(*) FROM personalization_verdict v
JOIN personalization_judgerun r ON r.id = v.run_id
WHERE r.endpoint_id = %s AND r.finished_at IS NULL AND v.settled_at IS NULL
    AND v.due_at > statement_timestamp() AND v.lease_until > statement_timestamp()
"""
# What this worker itself is still asking is not free, even where it was too busy to renew its lease.
# Materialized: as a mere subquery it may be run once for each row that it is joined to, and then
# finds other rows each time, more than the limit in all.
CLAIM = """
WITH free AS MATERIALIZED (
    SELECT due.id FROM personalization_verdict due
    JOIN personalization_judgerun r ON r.id = due.run_id
    WHERE due.run_id = %(run)s AND due.settled_at IS NULL AND due.due_at <= statement_timestamp()
        AND due.worker IS DISTINCT FROM %(worker)s
        AND r.cancelled_at IS NULL AND r.paused_at IS NULL AND r.finished_at IS NULL
    ORDER BY due.due_at, due.id LIMIT %(most)s FOR UPDATE OF due SKIP LOCKED
)
UPDATE personalization_verdict v
SET worker = %(worker)s,
    lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
    due_at = statement_timestamp() + make_interval(secs => %(lease)s)
FROM free
WHERE v.id = free.id
RETURNING v.id, v.item_id, v.question_id, v.side, v.attempt
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One reading to be made by this worker."""

    pk: int
    item: int
    question: int
    side: Side
    attempt: int


def claim(run: JudgeRun, worker: str, most: int) -> list[Claimed]:
    """Lease up to `most` readings of an open run, and no more than its endpoint may be asked at once.

    The endpoint's limit holds for all runs and workers together. What a dead worker has asked
    counts until its lease ends, because the endpoint may still be at it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if run.endpoint_id is not None:
            at = Endpoint.objects.select_for_update(no_key=True).get(pk=run.endpoint_id)
            cursor.execute(UNDER_WAY, [run.endpoint_id])
            (under_way,) = cursor.fetchone() or (0,)
            most = min(most, at.concurrency - under_way)
        if most <= 0:
            return []
        lease = settings.LEASE_SECONDS
        asked: dict[str, Any] = {"run": run.pk, "worker": worker, "lease": lease, "most": most}
        cursor.execute(CLAIM, asked)
        return sorted((Claimed(*row) for row in cursor.fetchall()), key=lambda one: one.pk)


def renew(worker: str, held: Collection[int]) -> None:
    """Put off the end of the leases that this worker holds."""
    end = Now() + timedelta(seconds=settings.LEASE_SECONDS)
    _held(worker, held).update(lease_until=end, due_at=end)


def next_attempt(worker: str, claimed: Claimed) -> Claimed | None:
    """Return the row for another attempt at once: what the last one brought is lost.

    None where the lease has ended and somebody else has the row: that one asks.
    """
    if not _held(worker, [claimed.pk]).update(attempt=claimed.attempt + 1):
        return None
    return replace(claimed, attempt=claimed.attempt + 1)


def put_off(worker: str, claimed: Claimed, wait: float) -> None:
    """Let a row go after an attempt that failed; it is due again after `wait` seconds."""
    _held(worker, [claimed.pk]).update(
        attempt=claimed.attempt + 1,
        worker=None,
        lease_until=None,
        due_at=Now() + timedelta(seconds=wait),
    )


def let_go(worker: str, held: Collection[int]) -> None:
    """Let rows go as they are: this worker stops, and another one may go on at once."""
    _held(worker, held).update(worker=None, lease_until=None, due_at=Now())


@transaction.atomic
def drop(run: JudgeRun, worker: str, claimed: Collection[Claimed]) -> None:
    """Take readings out of the plan: their person has left, or taken consent back."""
    gone, _each = _held(worker, [one.pk for one in claimed]).delete()
    JudgeRun.objects.filter(pk=run.pk).update(planned=F("planned") - gone)


def next_due(run: JudgeRun) -> datetime | None:
    """Return when the next of a run's readings can be made; None where none is left."""
    left = Verdict.objects.filter(run=run, settled_at=None)
    due: datetime | None = left.aggregate(due=Min("due_at"))["due"]
    return due


def _held(worker: str, rows: Collection[int]) -> "QuerySet[Verdict]":
    return Verdict.objects.filter(pk__in=rows, worker=worker, settled_at=None)
