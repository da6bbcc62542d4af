"""Try a version of a prompt out: some items, the readings side by side, and nothing that counts.

The items of a trial are drawn by a hash of their ids: two versions are tried on the same ones.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from annotation.models import Item, Judgment, Question, Study, User
from annotation.models.judgment import Role, Use
from personalization.judge.choices import Scale
from personalization.judge.jobs import look_for_readings
from personalization.judge.manner import Manner
from personalization.judge.material import load
from personalization.judge.planning import occasion_of
from personalization.judge.raters import judge_rater
from personalization.judge.scales import scale_of
from personalization.judge.settlement import Reading, Settled, settle
from personalization.models import Endpoint, JudgeRun, PromptVersion, Verdict
from personalization.models.run import RunSource
from personalization.prompt_versions import use

MOST_ITEMS = 10
FORM = "form_"
REASONS = "_reasons"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and on what a version is tried: a question of a study, a model, how many items."""

    question: Question
    endpoint: Endpoint
    model: str
    sampling: Mapping[str, Any]
    most_items: int = MOST_ITEMS
    planted: bool = False


@transaction.atomic
def start(version: PromptVersion, setting: Setting, by: User | None = None) -> JudgeRun:
    """Return the trial of a version, with its job; the same one where it is there already.

    StaleError where somebody has changed the version at this moment.
    """
    question, endpoint = setting.question, setting.endpoint
    Study.objects.select_for_update(no_key=True).get(pk=question.study_id)
    rater = judge_rater(
        endpoint,
        setting.model,
        setting.sampling,
        manner=manner_of(version.name),
        prompts={version.name: version.version},
    )
    use(rater.configuration)
    same = JudgeRun.objects.filter(
        study=question.study_id, rater=rater, questions=[question.pk], trial=True,
        planted=setting.planted, most_items=setting.most_items, cancelled_at=None,
    )  # fmt: skip
    run = same.order_by("-pk").first()
    if run is None or (run.finished_at and run.verdicts.filter(reason="failed").exists()):
        run = JudgeRun.objects.create(
            study_id=question.study_id,
            rater=rater,
            source=RunSource.CALLED,
            endpoint=endpoint,
            by=by,
            questions=[question.pk],
            trial=True,
            planted=setting.planted,
            most_items=setting.most_items,
        )
        look_for_readings(run.pk)
    return run


def manner_of(name: str) -> Manner:
    """Return the manner in which a prompt is tried: the usual one; for a form, the one it is for."""
    reasons = name.endswith(REASONS)
    match name.removesuffix(REASONS):
        case "form_certainty":
            return Manner(answer="certainty", reasons=reasons)
        case "form_shares":
            return Manner(answer="shares", reasons=reasons)
        case "form_short":
            return Manner(answer="logprobs", reasons=False)
        case "form_value":
            return Manner(reasons=reasons)
    return Manner()


def questions_for(name: str, study: Study) -> list[Question]:
    """Return the questions of a study whose items this prompt is used for, with any items."""
    questions = Question.objects.filter(study=study).annotate(first=Min("items")).order_by("pk")
    firsts = [(one, one.first) for one in questions if one.first is not None]
    if name.startswith(FORM):
        return [one for one, _first in firsts]
    material = load([first for _one, first in firsts])
    return [one for one, first in firsts if material[first].prompt == name]


def trials_of(version: PromptVersion) -> "QuerySet[JudgeRun]":
    """Return the trials of judges that use a version, the newest first."""
    return _runs_of(version).filter(trial=True)


def runs_of(version: PromptVersion) -> "QuerySet[JudgeRun]":
    """Return the runs of judges that use a version, trials left out, the newest first."""
    return _runs_of(version).filter(trial=False)


def _runs_of(version: PromptVersion) -> "QuerySet[JudgeRun]":
    named = {"version": version.version, "hash": version.hash}
    runs = JudgeRun.objects.filter(
        rater__configuration__contains={"prompts": {version.name: named}}
    )
    return runs.select_related("rater", "study", "by", "endpoint").order_by("-pk")


@dataclass(slots=True)
class Row:
    """One item of a trial: its readings, what they come to, what most people said."""

    item: Item
    told: list[Verdict] = field(default_factory=list)
    settled: Settled | None = None
    majority: int | None = None

    @property
    def agrees(self) -> bool | None:
        """Return whether judge and people say the same; None where one of them says nothing."""
        if self.settled is None or self.settled.value is None or self.majority is None:
            return None
        return self.settled.value == self.majority


@dataclass(frozen=True, slots=True)
class Results:
    """What came of a trial so far: its items, and how many readings have no value, by reason."""

    rows: list[Row]
    readings: int
    missing: dict[str, int]

    @property
    def agreeing(self) -> int:
        """Return on how many items judge and people say the same."""
        return sum(row.agrees is True for row in self.rows)

    @property
    def compared(self) -> int:
        """Return on how many items both of them say anything."""
        return sum(row.agrees is not None for row in self.rows)


def results(run: JudgeRun) -> Results:
    """Return what a trial has brought so far, item by item, in the order of their ids."""
    verdicts = list(readings_of(run).select_related("call"))
    scale = scale_of(question_of(run))
    items = Item.objects.select_related("question").in_bulk({one.item_id for one in verdicts})
    rows = {pk: Row(items[pk]) for pk in sorted(items)}
    for one in verdicts:
        rows[one.item_id].told.append(one)
    majorities = majority_of_people(rows)
    for pk, row in rows.items():
        row.settled = _settled(row.told, scale)
        row.majority = majorities.get(pk)
    missing = Counter(str(one.reason) for one in verdicts if one.reason)
    return Results(list(rows.values()), len(verdicts), dict(sorted(missing.items())))


def readings_of(run: JudgeRun) -> "QuerySet[Verdict]":
    """Return the readings of a trial; an earlier one of the same judge has made some of them."""
    return Verdict.objects.filter(
        rater=run.rater_id,
        occasion=occasion_of(run),
        question__in=run.questions,
        settled_at__isnull=False,
    ).order_by("item", "side", "sample")


def question_of(run: JudgeRun) -> Question:
    """Return the question of a trial: it has one."""
    return Question.objects.prefetch_related("options").get(pk=run.questions[0])


def majority_of_people(items: Collection[int]) -> dict[int, int]:
    """Return what more than half of the strangers' votes on an item say; ties are left out."""
    given = Judgment.objects.filter(
        item__in=items, role=Role.THIRD_PARTY, use=Use.LABEL, occasion=0,
        superseded_at=None, value__isnull=False,
    )  # fmt: skip
    votes: dict[int, dict[int, int]] = defaultdict(dict)
    for item, value, n in given.values_list("item", "value").annotate(n=Count("pk")):
        votes[item][value] = n
    best = {item: max(said, key=lambda value: said[value]) for item, said in votes.items()}
    return {
        item: value
        for item, value in best.items()
        if 2 * votes[item][value] > sum(votes[item].values())
    }


def _settled(verdicts: Sequence[Verdict], scale: Scale) -> Settled | None:
    """Return what an item's readings come to; None while one order is not there yet."""
    sides: dict[Any, list[Reading]] = defaultdict(list)
    for one in verdicts:
        spread = tuple(one.distribution) if one.distribution is not None else None
        sides[one.side].append(Reading(one.value, one.reason, one.certainty, spread, one.left_out))
    return settle(sides, scale) if sides.keys() in ({"none"}, {"ab", "ba"}) else None
