"""How far the runs of arms are, and what arms have made, for all arms of a study in a few queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from annotation.models import Study
from personalization.models import Arm, ArmAttribute, ArmLedger, ArmResponse, ArmRun
from personalization.runs.ledger import Totals, live
from personalization.views.arm_wording import STEPS
from personalization.views.run_state import Course, State, state_of, totals_of

SHOWN_RUNS = 3


class ArmLine(Course[ArmRun]):
    """One run of an arm."""


@dataclass(frozen=True, slots=True)
class Made:
    """What an arm has made so far: attributes in its profiles or responses, and for how many people."""

    attributes: int = 0
    responses: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One arm of the list, with its newest runs."""

    arm: Arm
    made: Made
    lines: list[ArmLine] = field(default_factory=list)
    earlier: int = 0  # runs that are not shown

    @property
    def at(self) -> datetime:
        """Return when it was last set to work, or made."""
        return self.lines[0].run.created_at if self.lines else self.arm.created_at


@dataclass(frozen=True, slots=True)
class OfStep:
    """The arms of one step, the newest work first."""

    step: str
    name: str
    about: str
    arms: list[Listed]


def steps(study: Study) -> list[OfStep]:
    """Return all arms of a study by step."""
    arms = list(study.arms.select_related("endpoint", "base").order_by("-pk"))
    runs: dict[int, list[ArmRun]] = {}
    for one in study.arm_runs.filter(trial=False).select_related("endpoint").order_by("-pk"):
        runs.setdefault(one.arm_id, []).append(one)
    shown = {pk: found[:SHOWN_RUNS] for pk, found in runs.items()}
    by_run = {one.run.pk: one for one in lines(run for found in shown.values() for run in found)}
    made = made_by(arms)
    listed = [
        Listed(
            arm,
            made.get(arm.pk, Made()),
            [by_run[run.pk] for run in shown.get(arm.pk, [])],
            max(0, len(runs.get(arm.pk, [])) - SHOWN_RUNS),
        )
        for arm in arms
    ]
    listed.sort(key=lambda one: one.at, reverse=True)
    return [
        OfStep(step, str(name), str(about), [one for one in listed if one.arm.step == step])
        for step, (name, about) in STEPS.items()
    ]


def lines(runs: Iterable[ArmRun]) -> list[ArmLine]:
    """Return the lines of some runs."""
    runs = list(runs)
    totals = totals_of(ArmLedger, (one.pk for one in runs))
    return [_line(one, totals.get(one.pk, Totals({}))) for one in runs]


def made_by(arms: Iterable[Arm]) -> dict[int, Made]:
    """Return what arms have made, by their keys."""
    of = [one.pk for one in arms]
    inside = Q(left_out=None, attribute__withdrawn_at=None)
    attributes = ArmAttribute.objects.filter(inside, arm__in=of).values_list("arm")
    found = {
        arm: Made(n, 0, people)
        for arm, n, people in attributes.annotate(
            n=Count("pk"), people=Count("attribute__participant", distinct=True)
        ).order_by()
    }
    responses = ArmResponse.objects.filter(arm__in=of).values_list("arm")
    return found | {
        arm: Made(0, n, people)
        for arm, n, people in responses.annotate(
            n=Count("pk"), people=Count("response__participant", distinct=True)
        ).order_by()
    }


def _line(run: ArmRun, totals: Totals) -> ArmLine:
    state = state_of(run)
    going = state == State.RUNNING and totals.outcomes
    return ArmLine(run, state, totals, live(run) if going else None)
