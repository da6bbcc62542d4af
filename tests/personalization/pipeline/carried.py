"""Arms at the fake server with conversations to read, and runs of them."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from personalization.arms.configuration import Extracting
from personalization.arms.making import make as make_arm
from personalization.models import Arm, ArmRun, Endpoint, Extraction
from personalization.models.arm import ArmStep
from personalization.pipeline.jobs import JOB
from personalization.pipeline.kinds import kinds_of
from personalization.pipeline.running import carry_on
from personalization.pipeline.runs import start
from personalization.work import claim_name
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization import machine

SAID = json.dumps(
    {
        "attributes": [
            {
                "attribute": "The user sails.",
                "reason": "Says so.",
                "confidence": 0.9,
                "evidence": [1],
            }
        ]
    }
)
TEXT = "I sail every summer, number {}."


def place(server: LLMServer, concurrency: int = 8, timeout_s: float = 30) -> Endpoint:
    """Make an endpoint that leads to the fake server."""
    return make.endpoint(url=server.url, concurrency=concurrency, timeout_s=timeout_s)


def arm(at: Endpoint, conversations: int = 6, **manner: Any) -> Arm:  # noqa: ANN401 - any type
    """Make an extractor, and people with a finished conversation each; nothing is merged."""
    study = machine.study(at)
    talk(study, conversations)
    given = {"embedder": "", **manner}
    return make_arm(study, ArmStep.EXTRACTION, at, "fake-small", {}, Extracting(**given))


def talk(study: m.Study, conversations: int) -> None:
    """Let people talk, and finish."""
    for number in range(conversations):
        chat = machine.chat(machine.person(study), TEXT.format(number), "Where?")
        m.Conversation.objects.filter(pk=chat.pk).update(finished_at=timezone.now())


def run(
    server: LLMServer,
    conversations: int = 6,
    concurrency: int = 8,
    **limits: Any,  # noqa: ANN401
) -> ArmRun:
    """Start a run over so many conversations."""
    return start(arm(place(server, concurrency), conversations), **limits)


def go(run: ArmRun) -> ArmRun:
    """Do one job for a run, as a worker does."""
    async_to_sync(carry_on)(run.pk)
    run.refresh_from_db()
    return run


def pass_time(run: ArmRun) -> None:
    """Let time pass, until whatever was put off or leased is due."""
    past = Now() - timedelta(seconds=1)
    for step in kinds_of(run):
        left = step.model._default_manager.filter(run=run, settled_at=None)
        left.update(due_at=past)
        left.filter(lease_until__isnull=False).update(lease_until=past)


def to_the_end(run: ArmRun, most: int = 20) -> ArmRun:
    """Do jobs for a run, letting time pass between them, until nothing is left."""
    for _job in range(most):
        if go(run).finished_at or run.paused_at:
            return run
        pass_time(run)
    raise AssertionError("the run does not end")


def jobs(run: ArmRun) -> int:
    """Return how many jobs wait for a run."""
    waiting = ProcrastinateJob.objects.filter(task_name=JOB, status="todo", args__run_id=run.pk)
    return waiting.count()


def settled(run: ArmRun) -> int:
    return Extraction.objects.filter(run=run, settled_at__isnull=False).count()


def is_counted(run: ArmRun) -> bool:
    """Return whether the run's own numbers are those of its rows."""
    run.refresh_from_db()
    rows = [step.model._default_manager.filter(run=run) for step in kinds_of(run)]
    planned = sum(one.count() for one in rows)
    done = sum(one.filter(settled_at__isnull=False).count() for one in rows)
    return (run.planned, run.settled) == (planned, done)


def lose_jobs() -> None:
    """Let the queue forget all jobs."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def gone() -> str:
    """Return the name of a worker on this machine that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    machine, _own, token = claim_name().rsplit(":", 2)
    return f"{machine}:{ended.pid}:{token}"
