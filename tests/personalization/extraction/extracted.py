"""An extractor at the fake server, people whose chats it reads, and what it says."""

import json
from typing import Any

from asgiref.sync import async_to_sync
from django.utils import timezone

from annotation import models as m
from annotation.work import look
from personalization.arms.configuration import Extracting
from personalization.arms.making import make
from personalization.arms.step import ArmStepOf
from personalization.extraction.merging import MergingStep
from personalization.extraction.pointing import PointingStep
from personalization.extraction.step import ExtractingStep
from personalization.models import Arm, ArmRun, StepModel
from personalization.models.arm import ArmStep
from personalization.steps import work
from personalization.work import claim
from tests.personalization.machine import chat, finish

CHAIN: tuple[ArmStepOf[Any], ...] = (ExtractingStep(), MergingStep(), PointingStep())


def said(attribute: str, confidence: float = 0.9, **more: object) -> dict[str, Any]:
    """Return an entry of an answer; by the first turn, unless something else is said."""
    plain = {"attribute": attribute, "reason": "Says so.", "confidence": confidence}
    return {**plain, "evidence": [1], **more}


def answer(*entries: dict[str, Any]) -> str:
    return json.dumps({"attributes": entries})


def without(entry: dict[str, Any], field: str = "evidence") -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != field}


def extractor(
    study: m.Study,
    *,
    live: bool = True,
    model: str = "fake-small",
    **manner: Any,  # noqa: ANN401 - of several types
) -> Arm:
    """Make an arm at the study's endpoint."""
    at = StepModel.objects.get(study=study, step="extraction").endpoint
    arm = make(study, ArmStep.EXTRACTION, at, model, {}, Extracting(**manner))
    Arm.objects.filter(pk=arm.pk).update(live=live)
    arm.refresh_from_db()
    return arm


def finished(of: m.Enrollment, *texts: str) -> m.Conversation:
    """Make a finished chat; nobody is told, so that the person can have several."""
    conversation = chat(of, *texts)
    m.Conversation.objects.filter(pk=conversation.pk).update(finished_at=timezone.now())
    return conversation


def wait_for_review(of: m.Enrollment, *texts: str) -> m.Conversation:
    """Let a person finish a last chat, and wait."""
    conversation = chat(of, *texts)
    finish(conversation, of)
    return conversation


def run_of(arm: Arm, **fields: Any) -> ArmRun:  # noqa: ANN401 - of several types
    """Begin a run of an arm, with its rows."""
    assert arm.endpoint is not None
    run = ArmRun.objects.create(study=arm.study, arm=arm, endpoint=arm.endpoint, **fields)
    for step in CHAIN:
        step.plan_run(run)
    run.refresh_from_db()
    return run


def run_off(run: ArmRun) -> None:
    """Do all rows of a run that are due, and what follows from them, one after another."""
    while rows := [(step, row) for step in CHAIN for row in claim(step.of_run(run), 1)]:
        for step, row in rows:
            async_to_sync(work)(step, row)
    run.refresh_from_db()


def more_said(of: m.Enrollment, *texts: str) -> m.Conversation:
    """Let somebody who has gone on come back with another chat, and wait for what is made of it."""
    conversation = finished(of, *texts)
    m.Enrollment.objects.filter(pk=of.pk).update(part="review", waiting_since=timezone.now())
    look("extraction", of.pk)
    return conversation


def profile(arm: Arm) -> list[str]:
    """Return the texts of an arm's attributes, in the order of the alphabet."""
    held = m.Attribute.objects.filter(in_arms__arm=arm, in_arms__left_out=None)
    return sorted(held.values_list("text", flat=True))


def wordings(text: str) -> list[str]:
    """Return the texts below an attribute, in the order of the alphabet."""
    return sorted(
        m.AttributeVariant.objects.filter(attribute__text=text).values_list("text", flat=True)
    )
