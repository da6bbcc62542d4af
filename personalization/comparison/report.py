"""The arms report of a study, and the difference of two of its arms."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from annotation.models import Study
from personalization.agreement.estimate import Estimate
from personalization.agreement.intervals.draws import same_draws
from personalization.agreement.minimums import applied
from personalization.agreement.report.records import MINIMUMS
from personalization.comparison.matchers import matchers
from personalization.comparison.profiles import made, members, more_per_person, troubles
from personalization.comparison.records import EVERY, ArmRecord, Line, Section, shown
from personalization.comparison.responses import Responses
from personalization.comparison.reviews import Reviews
from personalization.extraction.costs import per_conversation
from personalization.models import Arm
from personalization.models.arm import ArmStep

PROFILES = (ArmStep.EXTRACTION, ArmStep.REVISION)
# What is drawn beside what is the same people's, whatever was labelled since.
SEED = "arms"


@dataclass(frozen=True, slots=True)
class Versus:
    """Two arms of the same step, or of an extraction and its revision: one less the other."""

    one: Arm
    other: Arm
    records: list[ArmRecord]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The report: attributes, matchers, responses; and the two arms that were chosen of each kind."""

    study: Study
    profiles: Section
    matchers: Section
    responses: Section
    versus: list[Versus] = field(default_factory=list)

    @property
    def sections(self) -> list[Section]:
        """Return the sections in reading order."""
        return [self.profiles, self.matchers, self.responses]

    @property
    def records(self) -> list[ArmRecord]:
        """Return every number, differences last."""
        found = [one for section in self.sections for one in section.records]
        return found + [one for two in self.versus for one in two.records]

    def as_dict(self) -> dict[str, Any]:
        """Return all of it, for JSON."""
        return {
            "study": self.study.name,
            "synthetic": self.study.synthetic,
            "arms": [_told(line) for section in self.sections for line in section.lines],
            "records": [one.as_dict() for one in self.records],
        }


def of_study(study: Study, chosen: Mapping[str, tuple[Arm, Arm]] | None = None) -> Comparison:
    """Return the report, computed now; with the difference of two arms by kind of step.

    chosen: two arms each for `profiles` and `responses`.
    """
    arms = list(Arm.objects.filter(study=study).select_related("base").order_by("step", "pk"))
    failed = troubles(study)
    lines = [Line(arm.step, arm.name, arm, made=dict(failed.get(arm.pk, {}))) for arm in arms]
    profiles = [line for line in lines if line.step in PROFILES]
    written = [line for line in lines if line.step == ArmStep.GENERATION]
    with applied(MINIMUMS), same_draws(SEED):
        versus, sections = [], []
        for name, fill, own in (
            ("profiles", _profiles, profiles),
            ("responses", _responses, written),
        ):
            section, two = fill(study, own, (chosen or {}).get(name))
            sections.append(section)
            versus += two
        return Comparison(study, sections[0], matchers(study), sections[1], versus)


def _profiles(
    study: Study, lines: list[Line], chosen: tuple[Arm, Arm] | None
) -> tuple[Section, list[Versus]]:
    section = Section(ArmStep.EXTRACTION, lines)
    if not lines:
        return section, []
    reviews, by_arm, held = Reviews(study), made(study), members(study)
    section.questions = reviews.questions
    for line in lines:
        pk = _pk(line)
        if (own := by_arm.get(pk)) is not None:
            line.made = own.counts | line.made
            for name, estimate in own.numbers(f"{SEED}|{pk}").items():
                line.add("", name, estimate)
        if pk in held:
            reviews.add(line, held[pk])
        if line.arm and line.arm.step == ArmStep.EXTRACTION:
            spent = per_conversation(line.arm)
            line.cost = spent if spent.calls and spent.conversations else None
    if chosen is None or not all(one.pk in held for one in chosen):
        return section, []
    first, second = _in_order(chosen)
    found = list(reviews.differences(held[first.pk], held[second.pk], f"{SEED}|{first}|{second}"))
    more = more_per_person(by_arm[first.pk], by_arm[second.pk], SEED)
    found.append(("", "attributes_per_person", more))
    return section, [_versus(ArmStep.EXTRACTION, chosen, found)]


def _responses(
    study: Study, lines: list[Line], chosen: tuple[Arm, Arm] | None
) -> tuple[Section, list[Versus]]:
    section = Section(ArmStep.GENERATION, lines)
    responses = Responses(study)
    section.questions = responses.questions
    if not len(responses.pairs.pk):
        return section, []
    for line in lines:
        responses.add(line, _pk(line))
    every = Line(ArmStep.GENERATION, EVERY)
    responses.add(every, None)
    responses.add_ranks(every)
    section.lines = [*lines, every]
    if chosen is None:
        return section, []
    first, second = _in_order(chosen)
    found = responses.differences(first.pk, second.pk, f"{SEED}|{first}|{second}")
    return section, [_versus(ArmStep.GENERATION, chosen, found)]


def _in_order(two: tuple[Arm, Arm]) -> tuple[Arm, Arm]:
    """Return two arms in one order, so that turning them around turns the sign and nothing else."""
    one, other = two
    return (one, other) if one.pk < other.pk else (other, one)


def _versus(
    step: str, chosen: tuple[Arm, Arm], found: Iterable[tuple[str, str, Estimate]]
) -> Versus:
    """Return the differences as chosen; `found` are those of the two in order."""
    one, other = chosen
    turned = chosen != _in_order(chosen)
    records = [
        shown("", panel, other.name, f"{statistic}@difference", _turned(it) if turned else it)
        for panel, statistic, it in found
    ]
    return Versus(one, other, [ArmRecord(step, one.name, record) for record in records])


def _turned(estimate: Estimate) -> Estimate:
    """Return the difference the other way round."""
    value, low, high = estimate.value, estimate.high, estimate.low
    return replace(
        estimate,
        value=None if value is None else -value,
        low=None if low is None else -low,
        high=None if high is None else -high,
    )


def _pk(line: Line) -> int:
    assert line.arm is not None  # noqa: S101 - only matchers have none
    return line.arm.pk


def _told(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {"step": line.step, "arm": line.name, "made": line.made}
    if line.arm is not None:
        found |= {
            "source": line.arm.source,
            "author": line.arm.author,
            "model": line.arm.model,
            "base": line.arm.base.name if line.arm.base else None,
        }
    if line.cost is not None:
        found["cost"] = {
            **asdict(line.cost),
            "calls_each": line.cost.calls_each,
            "tokens_each": line.cost.tokens_each,
            "micros_each": line.cost.micros_each,
        }
    return found
