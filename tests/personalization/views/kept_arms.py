"""Arms and their runs as workers leave them in the database; made by hand."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from annotation import models as m
from personalization.arms.configuration import Extracting, Generating, Manner, Revising
from personalization.arms.holding import hold, hold_response
from personalization.arms.making import make as make_arm
from personalization.llm.fences import fence
from personalization.models import (
    Arm,
    ArmLedger,
    ArmRun,
    Endpoint,
    Extracted,
    Extraction,
    Generation,
    ModelCall,
    Revision,
)
from personalization.models.arm_work import ArmWork
from tests import factories as make
from tests.personalization.views.kept_runs import MARK, answer

USUAL: dict[str, Manner] = {
    "extraction": Extracting(),
    "revision": Revising(),
    "generation": Generating(),
}


def arm(
    study: m.Study, step: str = "extraction", *, at: Endpoint | None = None, **more: Any  # noqa: ANN401
) -> Arm:  # fmt: skip
    """Return an arm that asks a small model, with the usual manner."""
    endpoint = at or make.endpoint(url="https://m.example.org", model="small-1", concurrency=4)
    if step == "revision":
        more.setdefault("base", arm(study, at=endpoint))
    manner = more.pop("manner", USUAL[step])
    sampling = more.pop("sampling", {"temperature": 0})
    return make_arm(study, step, endpoint, "small-1", sampling, manner, **more)


def run_of(one: Arm, **columns: Any) -> ArmRun:  # noqa: ANN401 - columns
    """Return a run of an arm that nobody carries on."""
    assert one.endpoint is not None
    return ArmRun.objects.create(
        study=one.study, arm=one, endpoint=one.endpoint, **{"planned": 4} | columns
    )


def called(row: ArmWork, attempt: int = 0, text: str = "[]", **columns: Any) -> ModelCall:  # noqa: ANN401
    """Save a call for a row: answered, or with an error."""
    at = columns.pop("started_at", timezone.now())
    said = {} if "error" in columns else {"answer": answer(text), "cost_micros": 1_250}
    said_by = fence("conversation", columns.pop("of", "I sail every summer."), MARK)
    filled = {
        "endpoint": "endpoint",
        "model": "small-1",
        "request": {
            "model": "small-1",
            "messages": [
                {"role": "system", "content": "Task: extraction"},
                {"role": "user", "content": f"The conversation:\n{said_by}"},
            ],
            "temperature": 0,
        },
        "request_hash": "hash",
        "started_at": at,
        "finished_at": at + timedelta(seconds=1.5),
    }
    return ModelCall.objects.create(
        step=str(row._meta.model_name), work_id=row.pk, attempt=attempt, **filled | said | columns
    )


def extraction(run: ArmRun, person: m.Enrollment, *found: str, **columns: Any) -> Extraction:  # noqa: ANN401
    """Save a row of a run: a conversation, what was found in it, and the call."""
    conversation = make.conversation(study=run.study, of=person.participant)
    settled: dict[str, Any] = {"settled_at": timezone.now()} if "settled_at" not in columns else {}
    if "failure" not in columns and settled:
        settled["found"] = len(found)
    row = Extraction.objects.create(
        conversation=conversation, arm=run.arm, run=run, trial=run.trial, **settled | columns
    )
    for text in found:
        one = make.attribute(study=run.study, of=person.participant, text=text)
        variant = one.variants.create(
            conversation=conversation, text=text, reason="They said so.", confidence=0.8
        )
        Extracted.objects.create(extraction=row, variant=variant)
        hold(run.arm, [one])
    return row


def revision(run: ArmRun, of: m.Attribute, **columns: Any) -> Revision:  # noqa: ANN401 - columns
    """Save a settled check of an attribute."""
    return Revision.objects.create(
        attribute=of, text=of.text, arm=run.arm, run=run, trial=run.trial,
        settled_at=timezone.now(), **{"kind": "check", "round": 0, "flagged": False} | columns,
    )  # fmt: skip


def generation(run: ArmRun, person: m.Enrollment, text: str, **columns: Any) -> Generation:  # noqa: ANN401
    """Save a settled response to a query."""
    query = columns.pop("query", None) or make.query(study=run.study)
    written = None
    if not run.trial:
        written = make.response(query=query, of=person.participant, text=text)
        hold_response(run.arm, written)
    result = {"text": text, "words": len(text.split()), "leaks": []} if run.trial else None
    return Generation.objects.create(
        enrollment=person, query=query, condition="none", arm=run.arm, run=run, trial=run.trial,
        response=written, result=result, settled_at=timezone.now(), **columns,
    )  # fmt: skip


def noted(run: ArmRun, at: datetime | None = None, **outcomes: int) -> None:
    """Write into the ledger what came of so many calls in a minute."""
    minute = (at or timezone.now()).replace(second=0, microsecond=0)
    for outcome, calls in outcomes.items():
        came = outcome == "answered"
        ArmLedger.objects.create(
            run=run, minute=minute, outcome=outcome, calls=calls,
            prompt_tokens=800 * calls * came, completion_tokens=30 * calls * came,
            micros=1_000 * calls * came, milliseconds=500 * calls * came,
        )  # fmt: skip
