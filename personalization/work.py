"""Take rows of work, keep them while they are worked on, and let them go again.

A claim is a lease: whoever dies keeps nothing for longer than that. Every claim has a name of its
own, and only the claim that holds a row may settle it. All times are the database's.
"""

import hashlib
import os
import secrets
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
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
    return f"{_machine()}:{os.getpid()}:{secrets.token_hex(8)}"


def is_dead(name: str) -> bool:
    """Return whether the process that gave itself this name has ended, as far as can be seen here.

    Of a process on another machine, or in another container, nobody can tell but its leases.
    """
    machine, _, rest = name.rpartition(":")[0].rpartition(":")
    if machine != _machine() or not rest.isdecimal():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@cache
def _machine() -> str:
    """Return what tells apart where process numbers mean the same: machine, start, container."""
    told = [socket.gethostname()]
    with suppress(OSError):
        told.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        told.append(os.readlink("/proc/self/ns/pid"))
    digest = hashlib.sha256(" ".join(told).encode()).hexdigest()[:8]
    return f"{told[0]}-{digest}"


def free_of_dead(rows: QuerySet[Row]) -> int:
    """End the leases of processes that have ended on this machine; return how many rows are free."""
    under_way = rows.filter(settled_at__isnull=True, lease_until__gt=Now())
    names = set(under_way.order_by().values_list("worker", flat=True))
    dead = [one for one in names if one is not None and is_dead(one)]
    return under_way.filter(worker__in=dead).update(lease_until=Now()) if dead else 0


def due(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return those rows that wait for a worker, the oldest first."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    return rows.filter(free, settled_at__isnull=True, due_at__lte=Now()).order_by("due_at", "id")


@transaction.atomic
def claim(rows: QuerySet[Row], most: int = 1, worker: str | None = None) -> list[Row]:
    """Lease up to `most` rows that are due; of all workers that ask at once, one gets each row.

    Without the name of a worker the claim has a name of its own.
    """
    found = due(rows).select_for_update(skip_locked=True, of=("self",))
    mine = rows.filter(pk__in=list(found.values_list("pk", flat=True)[:most]))
    mine.update(worker=worker or claim_name(), lease_until=lease_end())
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


def later(row: Work, wait: float) -> None:
    """Let a row go as it is: another worker may go on after `wait` seconds."""
    due = Now() + timedelta(seconds=wait)
    held(row).update(lease_until=None, worker=None, due_at=due)


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
