"""Studies with sheets, and runs over them."""

from datetime import timedelta

from asgiref.sync import async_to_sync
from django.db.models import F
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from annotation.protocol import protocol
from annotation.sheets import lay_comparison
from personalization.judge.jobs import JOB
from personalization.judge.running import carry_on
from personalization.judge.runs import start_baselines, start_judge
from personalization.models import Endpoint, JudgeRun, Verdict
from tests import factories as make
from tests import laid
from tests.llm_server import LLMServer

# Sheets mix what they ask about: the order in which a test has made it.
AS_MADE = (
    "item__sheet",
    F("item__relevance_pair").asc(nulls_first=True),
    F("item__attribute").asc(nulls_first=True),
    "item",
)


def study(*people: m.Enrollment) -> m.Study:
    """Lay a review, a relevance sheet and a comparison (3 attributes each) for each person."""
    whole = people[0].study if people else make.study()
    for person in people:
        laid.review(person)
        laid.relevance(person)
        laid.comparison(person)
    protocol(whole)
    return whole


def compared(person: m.Enrollment, a: str, b: str) -> m.Study:
    """Lay one comparison of two responses with these texts, for a person with three attributes."""
    query = make.query(study=person.study)
    of = person.participant
    responses = [make.response(query=query, of=of, text=text) for text in (a, b)]
    pair = m.ResponsePair.objects.create(
        query=query, participant=of, a=responses[0], b=responses[1]
    )
    lay_comparison(person, pair, laid.attributes_of(person))
    return person.study


def asked(study: m.Study, *kinds: str) -> list[m.Question]:
    """Return the questions of these kinds."""
    return list(m.Question.objects.filter(study=study, kind__in=kinds).order_by("pk"))


def run(study: m.Study, *kinds: str, at: Endpoint, **sampling: object) -> JudgeRun:
    """Start a judge of an endpoint over the questions of these kinds."""
    return start_judge(study, asked(study, *kinds), at, at.model, sampling or {"temperature": 0})


def baseline(study: m.Study, name: str, *kinds: str) -> JudgeRun:
    """Run one baseline over the questions of these kinds, to its end."""
    (started,) = start_baselines(study, asked(study, *kinds), [name])
    return go(started)


def go(run: JudgeRun) -> JudgeRun:
    """Do one job for a run, as a worker does."""
    async_to_sync(carry_on)(run.pk)
    run.refresh_from_db()
    return run


def later(run: JudgeRun) -> None:
    """Let time pass, until whatever was put off or leased is due."""
    past = Now() - timedelta(seconds=1)
    run.verdicts.filter(settled_at=None).update(due_at=past)
    run.verdicts.filter(settled_at=None, lease_until__isnull=False).update(lease_until=past)


def to_the_end(run: JudgeRun, most: int = 20) -> JudgeRun:
    """Do jobs for a run, letting time pass between them, until nothing is left."""
    for _job in range(most):
        if go(run).finished_at or run.paused_at:
            return run
        later(run)
    raise AssertionError("the run does not end")


def jobs(run: JudgeRun) -> int:
    """Return how many jobs wait for a run."""
    waiting = ProcrastinateJob.objects.filter(task_name=JOB, status="todo", args__run_id=run.pk)
    return waiting.count()


def readings(run: JudgeRun) -> dict[str, list[tuple[int | None, str | None]]]:
    """Return values and reasons of all readings, by side, in the order in which items were made."""
    found: dict[str, list[tuple[int | None, str | None]]] = {}
    for one in Verdict.objects.filter(rater=run.rater).order_by(*AS_MADE, "side"):
        found.setdefault(one.side, []).append((one.value, one.reason))
    return found


def answers(run: JudgeRun) -> list[tuple[int | None, str | None, float | None]]:
    """Return value, reason and score of the judge's current judgments, in the order as `readings`."""
    current = m.Judgment.objects.filter(rater=run.rater, superseded_at=None).order_by(*AS_MADE)
    return list(current.values_list("value", "reason", "score"))


def place(server: LLMServer, concurrency: int = 8, timeout_s: float = 30) -> Endpoint:
    """Make an endpoint that leads to the fake server."""
    return make.endpoint(url=server.url, concurrency=concurrency, timeout_s=timeout_s)
