"""A dry run: what a run of an arm would cost and how long it would take, before anything is asked.

Up to fifty of its rows are drawn, always the same ones, and their real requests are made. Nothing is
sent, and nothing is saved.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from django.db import transaction

from annotation.models import Study
from personalization.arms.configuration import Manner
from personalization.arms.making import make
from personalization.arms.step import ArmStepOf
from personalization.llm import tokens
from personalization.llm.backend import Ask
from personalization.llm.pricing import cost
from personalization.models import Arm, ArmRun, Endpoint
from personalization.pipeline.kinds import KINDS, kinds_of
from personalization.pipeline.planning import left_over
from personalization.prices import price_on
from personalization.runs import forecast
from personalization.runs.estimates import Estimate
from personalization.runs.forecasting import Earlier, micros_of, seen_of, speed_of
from personalization.runs.ledger import totals
from personalization.runs.money import Seen
from personalization.steps import HopelessError

MOST_DRAWN = 50
EARLIER_RUNS = 5


def estimate(
    study: Study,
    step: str,
    endpoint: Endpoint,
    model: str,
    sampling: Mapping[str, Any],
    manner: Manner,
    *,
    prompts: Mapping[str, int] | None = None,
    base: Arm | None = None,
    most_items: int | None = None,
) -> Estimate:
    """Return what a run of this arm would cost; the arguments are those of `making.make`.

    UnfitError for an arm that cannot be.
    """
    with transaction.atomic():
        arm = make(study, step, endpoint, model, sampling, manner, prompts=prompts, base=base)
        found = estimate_of(arm, most_items)
        transaction.set_rollback(True)  # the arm was only made to ask it what it would do
    return found


def estimate_of(arm: Arm, most_items: int | None = None) -> Estimate:
    """Return what a run of an arm that is there would cost."""
    endpoint = arm.endpoint
    assert endpoint is not None  # noqa: S101 - whoever asks nobody has no runs
    found = [(step, step.missing(arm, most_items)) for step in KINDS[arm.step]]
    rows = [(step, row) for step, each in found for row in each.rows]
    left = 0 if most_items is not None else left_over(arm)
    items = len(rows) + left
    follow_ups = sum(step.follow_ups(arm, len(each.rows)) for step, each in found)
    calls = items + round(follow_ups)
    asks = _asks(rows)
    earlier = _earlier(arm)
    limit = tokens.longest_answer(arm.configuration.get("sampling", {}))
    if asks and calls:
        each = forecast.mean_of([tokens.of_ask(one) for one in asks], calls)
        read = each * forecast.ratio_of(earlier.counted) * calls
        written = forecast.text_of(earlier.written, limit) * calls
    else:
        read = written = forecast.NOTHING
    longest = forecast.longest(earlier.written, limit) * calls if asks else 0
    price = price_on(endpoint, arm.model)
    speed = speed_of(endpoint, earlier.latency)
    seconds, held_by = forecast.seconds_for(calls, read + written, speed)
    return Estimate(
        items=items,
        calls=calls,
        withheld=sum(each.withheld for _step, each in found),
        drawn=len(asks),
        learned=len(earlier.counted),
        prompt_tokens=read,
        completion_tokens=written,
        price=price,
        micros=micros_of(price, read, written),
        most_micros=cost(price, int(read.high) + 1, longest) if price is not None else None,
        seconds=seconds,
        held_by=held_by,
        latency=earlier.latency,
    )


def _asks(rows: Sequence[tuple[ArmStepOf[Any], Any]]) -> list[Ask]:
    """Return the real requests of some of these rows, the same ones each time."""
    drawn = Random(0).sample(range(len(rows)), min(len(rows), MOST_DRAWN))  # noqa: S311 - no secret
    asks = []
    for place in sorted(drawn):
        step, row = rows[place]
        try:
            request = step.request(row)
        except HopelessError:
            continue
        if request is not None:
            asks.append(request.ask)
    return asks


def _earlier(arm: Arm) -> Earlier:
    """Return what the last runs of a model at this step tell."""
    runs = ArmRun.objects.select_related("arm").filter(
        endpoint=arm.endpoint, arm__model=arm.model, arm__step=arm.step, settled__gt=0
    )
    seen: list[Seen] = []
    calls = milliseconds = 0
    for run in runs.order_by("-pk")[:EARLIER_RUNS]:
        seen += seen_of(step.model._default_manager.filter(run=run) for step in kinds_of(run))
        answered = totals(run).answered
        calls, milliseconds = calls + answered.calls, milliseconds + answered.milliseconds
    written = [one.completion_tokens for one in seen if one.completion_tokens is not None]
    return Earlier(seen, written, milliseconds / calls / 1000 if calls else None)
