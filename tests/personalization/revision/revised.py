"""Arms that revise: a base arm with attributes of a person, and a run done by hand."""

import json
from collections.abc import Callable
from datetime import timedelta

from asgiref.sync import async_to_sync
from django.db.models.functions import Now

from annotation import models as m
from personalization.arms.configuration import FlaggedBy, Revising
from personalization.arms.holding import hold
from personalization.arms.making import make as make_arm
from personalization.models import Arm, ArmAttribute, ArmRun, Endpoint, Revision
from personalization.revision.step import RevisingStep
from personalization.steps import work
from personalization.work import claim
from tests import factories as make
from tests.llm_exchange import Body
from tests.llm_server import LLMServer

VERIFY, REFINE = "Task: verify", "Task: refine"


def base_of(person: m.Enrollment, *texts: str) -> Arm:
    """Let an extractor have found these about a person, each with a turn that says so."""
    arm = make.arm(study=person.study, name="base")
    for text in texts:
        found = make.attribute(study=person.study, of=person.participant, text=text)
        m.Attribute.objects.filter(pk=found.pk).update(confidence=0.8, reason="It was said.")
        chat = make.conversation(study=person.study, of=person.participant)
        turn = make.turn(conversation=chat, text=f"I say it: {text}")
        m.Evidence.objects.create(attribute=found, turn=turn)
        hold(arm, [found])
    return arm


def revising(base: Arm, at: Endpoint, flagged_by: FlaggedBy = "model", rounds: int = 2) -> Arm:
    """Make an arm that revises what another one has found."""
    manner = Revising(flagged_by=flagged_by, rounds=rounds)
    return make_arm(base.study, "revision", at, "fake", {"temperature": 0}, manner, base=base)


def run_of(arm: Arm, *, trial: bool = False, most: int | None = None) -> ArmRun:
    """Make a run of an arm, and plan it."""
    assert arm.endpoint is not None
    run = ArmRun.objects.create(
        study=arm.study, arm=arm, endpoint=arm.endpoint, trial=trial, most_items=most
    )
    RevisingStep().plan_run(run)
    return run


def go(run: ArmRun) -> None:
    """Work on a run until nothing of it is left, as if all waiting were over."""
    step = RevisingStep()
    for _row in range(200):
        run_rows = Revision.objects.filter(run=run, settled_at=None)
        run_rows.update(due_at=Now() - timedelta(seconds=1))
        rows = claim(step.of_run(run))
        if not rows:
            return
        async_to_sync(work)(step, rows[0])
    raise AssertionError("it never ends")


def revise(arm: Arm) -> ArmRun:
    """Do a whole run of an arm."""
    run = run_of(arm)
    go(run)
    run.refresh_from_db()
    return run


def check(flagged: bool, why: str = "") -> str:
    """Return what a model answers to a check."""
    return json.dumps({"why": why, "problematic": flagged})


def rewrite(text: str, reason: str = "Better.") -> str:
    """Return what a model answers that writes anew; without text it withdraws."""
    return json.dumps({"attribute": text, "reason": reason if text else "", "withdraw": not text})


def about(task: str, *words: str) -> Callable[[Body], bool]:
    """Return what matches requests of a task that hold all these words."""

    def matching(body: Body) -> bool:
        said = json.dumps(body, ensure_ascii=False)
        return task in said and all(word in said for word in words)

    return matching


def chain(arm: Arm, attribute: m.Attribute) -> list[tuple[str, int, str, bool | None]]:
    """Return the calls about an attribute in their order: kind, round, text, flagged."""
    rows = Revision.objects.filter(arm=arm, attribute=attribute, trial=False).order_by("pk")
    return list(rows.values_list("kind", "round", "text", "flagged"))


def left_out(arm: Arm) -> dict[str, str | None]:
    """Return what an arm holds, by text, and why something of it is left out."""
    held = ArmAttribute.objects.filter(arm=arm).order_by("attribute")
    return dict(held.values_list("attribute__text", "left_out"))


def asked_about(server: LLMServer, task: str) -> list[str]:
    """Return the user messages of all requests of a task."""
    bodies = [body["messages"] for body in server.asked]
    return [messages[-1]["content"] for messages in bodies if task in messages[0]["content"]]
