"""Take readings to be made, keep them while a judge is asked, and let them go again.

A claimed row is not due before its lease ends, so the rows that are free stand together in the
index, and so do those that are under way. All times are the database's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Min, QuerySet
from django.db.models.functions import Now

from personalization.judge.choices import Side
from personalization.models import JudgeRun, Verdict

# What this worker itself is still asking is not free, even where it was too busy to renew its lease.
# Materialized: as a mere subquery it may be run once for each row that it is joined to, and then
# finds other rows each time, more than the limit in all. A row that still names a worker was taken
# from one that died: its call may have been under way.
CLAIM = """
WITH free AS MATERIALIZED (
    SELECT due.id, due.worker FROM personalization_verdict due
    JOIN personalization_judgerun r ON r.id = due.run_id
    WHERE due.run_id = %(run)s AND due.settled_at IS NULL AND due.due_at <= statement_timestamp()
        AND due.worker IS DISTINCT FROM %(worker)s
        AND r.cancelled_at IS NULL AND r.paused_at IS NULL AND r.finished_at IS NULL
    ORDER BY due.due_at, due.id LIMIT %(most)s FOR UPDATE OF due SKIP LOCKED
)
UPDATE personalization_verdict v
SET worker = %(worker)s,
    lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
    due_at = statement_timestamp() + make_interval(secs => %(lease)s),
    reserved_micros = %(each)s
FROM free
WHERE v.id = free.id
RETURNING v.id, v.item_id, v.question_id, v.side, v.sample, v.attempt, free.worker IS NOT NULL
"""
PUT_OFF = """
UPDATE personalization_verdict v
SET attempt = v.attempt + 1, worker = NULL, lease_until = NULL, reserved_micros = NULL,
    due_at = statement_timestamp() + make_interval(secs => late.wait)
FROM unnest(%(ids)s::bigint[], %(waits)s::float8[]) AS late (id, wait)
WHERE v.id = late.id AND v.worker = %(worker)s AND v.settled_at IS NULL
"""
RESERVE = """
UPDATE personalization_verdict v SET reserved_micros = new.micros
FROM unnest(%s::bigint[], %s::bigint[]) AS new (id, micros)
WHERE v.id = new.id AND v.worker = %s AND v.settled_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One reading to be made by this worker; `left`: another worker held it when its lease ended."""

    pk: int
    item: int
    question: int
    side: Side
    sample: int
    attempt: int
    left: bool = False


def claim(run: JudgeRun, worker: str, most: int, each: int | None = None) -> list[Claimed]:
    """Lease up to `most` readings of an open run; of all workers that ask, one gets each.

    `each` is what a call may cost, in micros: reserved until it is known better.
    """
    if most <= 0:
        return []
    asked: dict[str, Any] = {"run": run.pk, "worker": worker, "most": most, "each": each}
    asked["lease"] = settings.LEASE_SECONDS
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, asked)
        return sorted((Claimed(*row) for row in cursor.fetchall()), key=lambda one: one.pk)


def renew(worker: str, held: Collection[int]) -> None:
    """Put off the end of the leases that this worker holds."""
    end = Now() + timedelta(seconds=settings.LEASE_SECONDS)
    _held(worker, held).update(lease_until=end, due_at=end)


def next_attempt(worker: str, claimed: Sequence[Claimed]) -> None:
    """Go on with another attempt at these rows at once: what the last one brought is lost."""
    _held(worker, [one.pk for one in claimed]).update(attempt=F("attempt") + 1)


def put_off(worker: str, waits: Mapping[int, float]) -> None:
    """Let rows go after an attempt that failed; each is due again after its wait, in seconds."""
    with connection.cursor() as cursor:
        rows: dict[str, Any] = {"ids": list(waits), "waits": list(waits.values())}
        rows["worker"] = worker
        cursor.execute(PUT_OFF, rows)


def let_go(worker: str, held: Collection[int]) -> None:
    """Let rows go as they are: this worker stops, and another one may go on at once."""
    _held(worker, held).update(worker=None, lease_until=None, reserved_micros=None, due_at=Now())


@transaction.atomic
def drop(run: JudgeRun, worker: str, claimed: Collection[Claimed]) -> None:
    """Take readings out of the plan: their person has left, or taken consent back."""
    if claimed:
        gone, _each = _held(worker, [one.pk for one in claimed]).delete()
        JudgeRun.objects.filter(pk=run.pk).update(planned=F("planned") - gone)


def reserve(worker: str, costs: Mapping[int, int | None]) -> None:
    """Write down what each of these calls may cost, in micros."""
    known = {pk: cost for pk, cost in costs.items() if cost is not None}
    if known:
        with connection.cursor() as cursor:
            cursor.execute(RESERVE, [list(known), list(known.values()), worker])


def next_due(run: JudgeRun) -> datetime | None:
    """Return when the next of a run's readings can be made; None where none is left."""
    left = Verdict.objects.filter(run=run, settled_at=None)
    due: datetime | None = left.aggregate(due=Min("due_at"))["due"]
    return due


def _held(worker: str, rows: Collection[int]) -> "QuerySet[Verdict]":
    return Verdict.objects.filter(pk__in=rows, worker=worker, settled_at=None)
