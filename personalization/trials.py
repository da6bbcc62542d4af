"""Try an endpoint out: a worker asks it one small thing, and the page shows what came of it."""

from dataclasses import dataclass
from typing import Literal

from django.db.models import Max, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.tasks import configure_task

from annotation.work import JOBS, LIVE
from personalization.asking import Lost, answer_of, ask_once
from personalization.llm.backend import Ask, AskError, Message
from personalization.models import Endpoint, ModelCall

STEP = "endpoint_trial"
TASK = "try_endpoint"
QUESTION = (
    Message("system", "You are being tried out. Answer with one short sentence."),
    Message("user", "Hello! Are you there?"),
)
State = Literal["waiting", "answered", "failed", "gone"]


@dataclass(frozen=True, slots=True)
class Trial:
    """How far a trial is: what was answered, or which kind of error came, and how fast."""

    attempt: int
    state: State
    text: str = ""
    kind: str = ""
    seconds: float | None = None


def start(endpoint: Endpoint) -> int:
    """Let a worker try an endpoint; return the trial's number. Pressed twice, it is one trial."""
    attempt = _newest(endpoint) + 1
    job = configure_task(name=TASK, job_manager=JOBS, queue=LIVE, priority=1)
    job.defer(endpoint_id=endpoint.pk, attempt=attempt)
    return attempt


def newest(endpoint: Endpoint) -> Trial | None:
    """Return the last trial of an endpoint, finished or waiting; None before the first."""
    jobs = _jobs(endpoint).values_list("args__attempt", flat=True)
    attempt = max([_newest(endpoint), *(int(number) for number in jobs)])
    return trial(endpoint, attempt) if attempt else None


def trial(endpoint: Endpoint, attempt: int) -> Trial:
    """Return how far one trial is."""
    call = _calls(endpoint).filter(attempt=attempt).first()
    if call is None or call.finished_at is None:
        at_work = _jobs(endpoint).filter(args__attempt=attempt).exists()
        return Trial(attempt, "waiting" if at_work else "gone")
    seconds = (call.finished_at - call.started_at).total_seconds()
    if call.answer is not None:
        return Trial(attempt, "answered", answer_of(call).text, seconds=seconds)
    kind, _, message = (call.error or "").partition(": ")
    return Trial(attempt, "failed", message, kind, seconds)


async def carry_out(endpoint_id: int, attempt: int) -> None:
    """Ask the endpoint, in a worker; what comes of it is in the saved call."""
    endpoint = await Endpoint.objects.aget(pk=endpoint_id)
    try:
        await ask_once(STEP, endpoint.pk, attempt, endpoint, Ask(endpoint.model, QUESTION))
    except (AskError, Lost):
        return


def _newest(endpoint: Endpoint) -> int:
    return _calls(endpoint).aggregate(newest=Max("attempt"))["newest"] or 0


def _calls(endpoint: Endpoint) -> QuerySet[ModelCall]:
    return ModelCall.objects.filter(step=STEP, work_id=endpoint.pk)


def _jobs(endpoint: Endpoint) -> QuerySet[ProcrastinateJob]:
    under_way = ProcrastinateJob.objects.filter(task_name=TASK, status__in=("todo", "doing"))
    return under_way.filter(args__endpoint_id=endpoint.pk)
