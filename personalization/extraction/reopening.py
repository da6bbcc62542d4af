"""Give rows to somebody else: those of a run to a person who waits, settled ones to a new round."""

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from annotation.models import Enrollment
from annotation.work import look
from personalization.extraction.rows import all_of
from personalization.models import Arm, ArmRun, Pointing
from personalization.models.arm_work import ArmWork
from personalization.work import ROUND, step_of


def take_over(arms: list[Arm], person: Enrollment) -> None:
    """Let rows of runs that nobody works on be done now, for somebody who waits.

    The run may be paused, or may have a day's work before it comes to this person.
    """
    for arm in arms:
        for rows in all_of(arm, person):
            _take(rows.filter(settled_at=None, run__isnull=False))


def look_again(before: ArmWork, rows: "QuerySet[Pointing]") -> None:
    """Let evidence be looked for once more, by the run that `before` belongs to, or live."""
    for row in rows:
        row.run, row.call = before.run, None
        row.settled_at = row.failure = row.found = row.worker = row.lease_until = None
        row.dropped = {}
        row.due_at = Now()
        row.attempt = (row.attempt // ROUND + 1) * ROUND  # no attempt is asked for twice
        row.save()
        if row.run is None:
            look(step_of(row))
        else:
            ArmRun.objects.filter(pk=row.run.pk).update(planned=F("planned") + 1)


def _take(pending: "QuerySet[Any]") -> None:
    free = pending.filter(lease_until=None) | pending.filter(lease_until__lt=Now())
    for row in free.select_for_update(of=("self",), skip_locked=True):
        ArmRun.objects.filter(pk=row.run_id).update(planned=F("planned") - 1)
        row.run = row.reserved_micros = None
        row.due_at = Now()
        row.save(update_fields=["run", "reserved_micros", "due_at"])
        look(step_of(row))
