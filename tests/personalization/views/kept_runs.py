"""Runs as workers leave them in the database, with calls, readings and a ledger; made by hand."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from annotation import models as m
from personalization.llm.fences import fence
from personalization.models import JudgeRun, Ledger, ModelCall, Verdict
from tests import factories as make

MARK = "0123456789abcdef"
SAMPLING = {"temperature": 0, "seed": 7}


def answer(text: str, finish: str = "stop") -> dict[str, Any]:
    """Return a raw answer of the protocol."""
    return {
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 812, "completion_tokens": 34},
    }


def request(text: str = "Try the lake.") -> dict[str, Any]:
    """Return a request that shows a judge what somebody has written."""
    fenced = fence("response_a", text, MARK)
    return {
        "model": "small-1",
        "messages": [
            {"role": "system", "content": "Task: judge_pair\n\nAnswer: <key>"},
            {"role": "user", "content": f"Response A:\n{fenced}"},
        ],
        **SAMPLING,
    }


def called(of: Verdict, attempt: int = 0, **columns: Any) -> ModelCall:  # noqa: ANN401 - columns
    """Save a call for a reading."""
    at = columns.pop("started_at", timezone.now())
    filled = {
        "endpoint": "endpoint",
        "model": "small-1",
        "request": request(),
        "request_hash": "hash",
        "started_at": at,
        "finished_at": at + timedelta(seconds=1.5),
    } | columns
    return ModelCall.objects.create(step="verdict", work_id=of.pk, attempt=attempt, **filled)


def reading(run: JudgeRun, item: m.Item, side: str, text: str, **read: Any) -> Verdict:  # noqa: ANN401
    """Save a reading with the answer that it was read from."""
    verdict = Verdict.objects.create(
        run=run, item=item, question_id=item.question_id, rater=run.rater, side=side,
        settled_at=timezone.now(), **read,
    )  # fmt: skip
    if text:
        verdict.call = called(verdict, answer=answer(text), cost_micros=1_250)
        verdict.save()
    return verdict


def called_run(study: m.Study, **columns: Any) -> JudgeRun:  # noqa: ANN401 - columns
    """Return a run of a judge that nobody carries on."""
    at = columns.pop("endpoint", None) or make.endpoint(url="https://m.example.org", concurrency=4)
    rater = columns.pop("rater", None) or make.judge()
    return JudgeRun.objects.create(
        study=study, rater=rater, source="called", endpoint=at, **{"planned": 10} | columns
    )


def noted(run: JudgeRun, at: datetime | None = None, **outcomes: int) -> None:
    """Write into the ledger what came of so many calls or readings in a minute."""
    minute = (at or timezone.now()).replace(second=0, microsecond=0)
    for outcome, calls in outcomes.items():
        Ledger.objects.create(
            run=run,
            minute=minute,
            outcome=outcome,
            calls=calls,
            prompt_tokens=800 * calls if outcome == "answered" else 0,
            completion_tokens=30 * calls if outcome == "answered" else 0,
            micros=1_000 * calls if outcome == "answered" else 0,
            milliseconds=500 * calls if outcome == "answered" else 0,
        )


def both_orders(run: JudgeRun, item: m.Item, ab: int, ba: int) -> None:
    """Judge a pair in both orders, and settle it as judges' readings are."""
    for side, value in (("ab", ab), ("ba", ba)):
        reading(run, item, side, f"I say so.\nAnswer: {value}", value=value)
    same = ab == ba
    make.judgment(
        item=item,
        rater=run.rater,
        role="machine",
        value=ab if same else None,
        reason=None if same else "inconsistent",
    )
