"""Take rows of work, keep them while they are worked on, and let them go again.

A claim is a lease: whoever dies keeps nothing for longer than that. Every claim has a name of its
own, and only the claim that holds a row may settle it. All times are the database's.
"""

import os
import secrets
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from annotation.work import look
from personalization.models.work import Work

# Attempts before a row is given up; a researcher who tries it again starts another round.
ROUND = 5

Row = TypeVar("Row", bound=Work)


class TakenOverError(Exception):
    """The lease ended and somebody else has the row: what was done for it counts for nothing."""


def step_of(row: Work | type[Work]) -> str:
    """Return the name of the step that a kind of work belongs to, in jobs and model calls."""
    return str(row._meta.model_name)


def claim_name() -> str:
    """Return a name for one claim; it tells where the worker is, or was."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"


def due(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return those rows that wait for a worker, the oldest first."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    return rows.filter(free, settled_at__isnull=True, due_at__lte=Now()).order_by("due_at", "id")


@transaction.atomic
def claim(rows: QuerySet[Row], most: int = 1) -> list[Row]:
    """Lease up to `most` rows that are due; of all workers that ask at once, one gets each row."""
    worker = claim_name()
    found = due(rows).select_for_update(skip_locked=True).values_list("pk", flat=True)[:most]
    mine = rows.model._default_manager.filter(pk__in=list(found))
    mine.update(worker=worker, lease_until=lease_end())
    return list(mine.order_by("due_at", "id"))


def renew(row: Work) -> None:
    """Put the end of a lease off; TakenOverError where the row is no longer ours."""
    if not held(row).update(lease_until=lease_end()):
        raise TakenOverError


def held(row: Row) -> QuerySet[Row]:
    """Return the row, as long as it is still ours, for an update of its own."""
    rows = type(row)._default_manager
    return rows.filter(pk=row.pk, worker=row.worker, settled_at__isnull=True)


@contextmanager
def settling(row: Work) -> Iterator[None]:
    """Settle a row: all that the block writes is saved together with it, or TakenOverError is raised."""
    with transaction.atomic():
        if held(row).select_for_update().first() is None:
            raise TakenOverError
        yield
        row.settled_at = Now()
        row.lease_until = None
        row.save()


@transaction.atomic
def retry_later(row: Work, wait: float) -> None:
    """Let a row go after an attempt that failed; a worker looks again after `wait` seconds."""
    changed = held(row).update(
        attempt=row.attempt + 1,
        due_at=Now() + timedelta(seconds=wait),
        lease_until=None,
        worker=None,
    )
    if not changed:
        raise TakenOverError
    row.refresh_from_db(fields=["attempt", "due_at"])
    look(step_of(row), at=row.due_at)


def next_attempt(row: Work) -> None:
    """Go on with another attempt at once: what the last one brought is lost."""
    if not held(row).update(attempt=row.attempt + 1, lease_until=lease_end()):
        raise TakenOverError
    row.attempt += 1


@transaction.atomic
def release(row: Work) -> None:
    """Let a row go as it is: this worker stops, and another one may go on at once."""
    if held(row).update(lease_until=None, worker=None):
        look(step_of(row))


def is_last(row: Work) -> bool:
    """Return whether no attempt is left in this round."""
    return (row.attempt + 1) % ROUND == 0


@transaction.atomic
def try_again(rows: Iterable[Work]) -> int:
    """Start a new round for rows that failed; return how many there were."""
    opened = 0
    for row in rows:
        failed = type(row)._default_manager.filter(
            pk=row.pk, settled_at__isnull=False, failure__isnull=False
        )
        changed = failed.update(
            settled_at=None,
            failure=None,
            attempt=(row.attempt // ROUND + 1) * ROUND,
            due_at=Now(),
            lease_until=None,
            worker=None,
        )
        if changed:
            look(step_of(row))
        opened += changed
    return opened


def lease_end() -> Now:
    """Return when a lease that is taken or renewed now ends."""
    end: Now = Now() + timedelta(seconds=settings.LEASE_SECONDS)  # type: ignore[assignment]
    return end
