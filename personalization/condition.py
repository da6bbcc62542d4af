"""The condition of this site: is everything there that a running study needs?"""

import os
import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version

import django
from django.conf import settings
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from procrastinate.contrib.django.models import ProcrastinateWorker

from annotation.apart import apart
from annotation.work import LIVE
from personalization.backlog import FAILED, KINDS, STEPS
from personalization.models import Endpoint
from personalization.models.endpoint import EndpointKind

SLOW_MS = 100.0
# A living worker says so every ten seconds.
SILENT = timedelta(seconds=40)
LATE_LIVE, LATE_BATCH = timedelta(seconds=30), timedelta(minutes=30)
LITTLE_DISK, NO_DISK = 2 * 1024**3, 256 * 1024**2
DAY = timedelta(days=1)

QUEUES = """
SELECT j.queue_name,
    count(*) FILTER (WHERE j.status = 'todo'),
    count(*) FILTER (WHERE j.status = 'doing'),
    count(*) FILTER (WHERE j.status = 'failed' AND e.at > %(since)s),
    min(greatest(e.at, j.scheduled_at)) FILTER (WHERE j.status = 'todo')
FROM procrastinate_jobs j
CROSS JOIN LATERAL (
    SELECT max(at) AS at FROM procrastinate_events WHERE job_id = j.id
) AS e
WHERE j.status IN ('todo', 'doing', 'failed')
GROUP BY j.queue_name ORDER BY j.queue_name
"""


class State(models.TextChoices):
    """How a thing is, in words and not by colour alone."""

    OK = "ok", gettext_lazy("In order")
    WARN = "warn", gettext_lazy("Look at this")
    BAD = "bad", gettext_lazy("Out of order")


BADNESS: Callable[[State], int] = [*State].index


@dataclass(frozen=True, slots=True)
class Row:
    """One thing: what was found, how it is, and what to do about it."""

    name: str
    found: str
    state: State = State.OK
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Things that belong together."""

    name: str
    rows: list[Row] = field(default_factory=list)


def sections() -> list[Section]:
    """Look at everything now."""
    return [
        Section(_("Database"), [_database(), _size(), _migrations()]),
        Section(_("Queues and workers"), [_workers(), *_queues()]),
        Section(_("Endpoints"), _endpoints()),
        Section(_("Failed work of the last day"), _failures()),
        Section(_("This machine"), [_disk(), *_versions()]),
    ]


def _database() -> Row:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        (number,) = cursor.fetchone()
    took = (time.perf_counter() - began) * 1000
    found = _("PostgreSQL %(version)s, answers in %(ms)s ms") % {
        "version": str(number).split()[0],
        "ms": f"{took:.1f}",
    }
    if took > SLOW_MS:
        return Row(_("Answer"), found, State.WARN, _("Every page waits so long, many times."))
    return Row(_("Answer"), found)


def _size() -> Row:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return Row(_("Size"), filesizeformat(size))


def _migrations() -> Row:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        names = ", ".join(f"{one.app_label}.{one.name}" for one, _back in missing[:3])
        advice = _("Run manage.py migrate, then start Concord again.")
        return Row(_("Migrations"), _("Missing: %(names)s") % {"names": names}, State.BAD, advice)
    return Row(_("Migrations"), _("All are applied"))


def _workers() -> Row:
    now = timezone.now()
    counts = ProcrastinateWorker.objects.aggregate(
        alive=Count("pk", filter=Q(last_heartbeat__gt=now - SILENT)), last=Max("last_heartbeat")
    )
    alive, last = counts["alive"], counts["last"]
    if not alive:
        found = _("None")
        if last is not None:
            found = _("None; the last one was heard %(time)s ago") % {"time": timesince(last, now)}
        advice = _("Start the workers: nobody gets a reply, and no judge runs.")
        return Row(_("Workers"), found, State.BAD, advice)
    found = ngettext("%(count)s is alive", "%(count)s are alive", alive) % {"count": alive}
    if alive == 1:
        advice = _("Concord wants two: one for the queue live, one for the queue batch.")
        return Row(_("Workers"), found, State.WARN, advice)
    return Row(_("Workers"), found)


def _queues() -> list[Row]:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(QUEUES, {"since": now - DAY})
        queues = cursor.fetchall()
    rows = []
    for queue, todo, doing, failed, since in queues:
        name = _("Queue %(name)s") % {"name": queue}
        found = _("%(todo)s wait, %(doing)s in work, %(failed)s failed within a day") % {
            "todo": todo,
            "doing": doing,
            "failed": failed,
        }
        late = since is not None and now - since > (LATE_LIVE if queue == LIVE else LATE_BATCH)
        if late:
            advice = _("The oldest has waited for %(time)s. Is a worker on this queue?") % {
                "time": timesince(since, now)
            }
            rows.append(Row(name, found, State.BAD, advice))
        elif failed:
            advice = _("The log of the worker says why; the work itself is not lost.")
            rows.append(Row(name, found, State.WARN, advice))
        else:
            rows.append(Row(name, found))
    return rows or [Row(_("Queues"), _("Nothing waits"))]


def _endpoints() -> list[Row]:
    rows, now = [], timezone.now()
    endpoints = list(Endpoint.objects.filter(closed_at=None))
    for one in endpoints:
        if one.kind == EndpointKind.OFFLINE:
            alone = len(endpoints) == 1
            found = _("Our own stand-in: no model, no network")
            advice = _("There is no other endpoint: no real model is asked.") if alone else ""
            rows.append(Row(one.name, found, State.WARN if alone else State.OK, advice))
            continue
        found = _("Never answered yet")
        if one.answered_at is not None:
            found = _("Last answer %(time)s ago") % {"time": timesince(one.answered_at, now)}
        if one.failed_at is None or not one.error:
            rows.append(Row(one.name, found))
            continue
        said = format_html(
            # By name: a translation may put them in another order.
            _("Last error %(time)s ago: %(error)s") % {"time": "{time}", "error": "{error}"},
            time=timesince(one.failed_at, now),
            error=apart(one.error[:300]),
        )
        if one.answered_at is None or one.failed_at > one.answered_at:
            rows.append(Row(one.name, found, State.BAD, said))
        else:
            recent = now - one.failed_at < DAY
            rows.append(Row(one.name, found, State.WARN if recent else State.OK, said))
    return rows


def _failures() -> list[Row]:
    rows, since = [], timezone.now() - DAY
    for step, kind in KINDS.items():
        failed = kind.every().filter(FAILED, settled_at__gt=since)
        grouped = failed.values("in_run").annotate(count=Count("pk"), example=Max("failure"))
        # Kinds that no run has are one group, also where that is empty.
        for one in grouped.filter(count__gt=0).order_by("in_run"):
            name = str(STEPS[step])
            if one["in_run"]:
                name = _("%(step)s, in runs of arms") % {"step": name}
            why = apart(one["example"][:300])
            advice = format_html(_("For example: %(why)s") % {"why": "{}"}, why)
            rows.append(Row(name, str(one["count"]), State.WARN, advice))
    return rows or [Row(_("All steps"), _("Nothing failed"))]


def workers_alive() -> int:
    """Return how many workers have been heard of a moment ago."""
    heard = ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - SILENT)
    return heard.count()


def _disk() -> Row:
    free = shutil.disk_usage(settings.DATA_DIR).free
    found = _("%(size)s free in the data folder") % {"size": filesizeformat(free)}
    if free < NO_DISK:
        return Row(_("Disk"), found, State.BAD, _("Make room now: saving will fail."))
    if free < LITTLE_DISK:
        return Row(_("Disk"), found, State.WARN, _("Make room soon."))
    return Row(_("Disk"), found)


def _versions() -> list[Row]:
    parts = {
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "Procrastinate": version("procrastinate"),
    }
    return [
        Row(_("Versions"), ", ".join(f"{name} {number}" for name, number in parts.items())),
        Row(_("Processors"), str(os.cpu_count() or 1)),
    ]
