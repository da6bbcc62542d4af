"""What run pages show: how far runs are, and the raw answers item by item."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, TextChoices
from django.utils.translation import gettext_lazy

from annotation.models import Item, Judgment, Option
from personalization.asking import answer_of
from personalization.judge.runs import OURS
from personalization.llm.backend import AskError
from personalization.models import JudgeRun, ModelCall, Verdict


class State(TextChoices):
    """How far a run is; it follows from its times."""

    WAITING = "waiting", gettext_lazy("Waiting for a worker")
    RUNNING = "running", gettext_lazy("Running")
    PAUSED = "paused", gettext_lazy("Paused")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")
    FINISHED = "finished", gettext_lazy("Finished")


MOVING = (State.WAITING, State.RUNNING)
ITEM_TEXTS = (
    "record", "attribute", "relevance_pair__attribute", "relevance_pair__query",
    "response_pair__query", "response__query", "question",
)  # fmt: skip


def state_of(run: JudgeRun) -> State:
    """Return how far a run is."""
    if run.cancelled_at:
        return State.CANCELLED
    if run.finished_at:
        return State.FINISHED
    if run.paused_at:
        return State.PAUSED
    return State.RUNNING if run.planned else State.WAITING


@dataclass(frozen=True, slots=True)
class Line:
    """One run: how far it is, and how many of its readings have no value, by reason."""

    run: JudgeRun
    state: State
    missing: dict[str, int]

    @property
    def moving(self) -> bool:
        """Return whether the line may look different a moment later."""
        return self.state in MOVING

    @property
    def ours(self) -> bool:
        """Return whether the run was started here: others came with files, or over the API."""
        return self.run.source in OURS

    @property
    def trouble(self) -> str:
        """Return the kind of what is wrong, as the run keeps it before a colon."""
        return self.run.trouble.partition(":")[0]


def lines(runs: Collection[JudgeRun]) -> list[Line]:
    """Return the lines of some runs."""
    missing: dict[int, dict[str, int]] = defaultdict(dict)
    ours = [one.pk for one in runs if one.source in OURS]
    counted = Verdict.objects.filter(run__in=ours, reason__isnull=False)
    for row in counted.values("run", "reason").annotate(readings=Count("pk")).order_by("reason"):
        missing[row["run"]][str(row["reason"])] = row["readings"]
    return [Line(one, state_of(one), missing[one.pk]) for one in runs]


@dataclass(slots=True)
class Told:
    """One reading: what was read, and the raw text or the error that it comes from."""

    verdict: Verdict
    label: str
    text: str = ""
    error: str = ""


@dataclass(slots=True)
class Row:
    """One item of a run: its readings beside each other, and what they came to."""

    item: Item
    title: str
    told: list[Told] = field(default_factory=list)
    judgment: Judgment | None = None
    label: str = ""


def rows(run: JudgeRun, *, after: int, most: int, reason: str = "") -> tuple[list[Row], int | None]:
    """Return some items of a run in order, and the last one's id where there are more.

    With a reason, only items of which a reading has no value for this reason.
    """
    settled = Verdict.objects.filter(run=run, settled_at__isnull=False, item__gt=after)
    if reason:
        settled = settled.filter(reason=reason)
    found = settled.order_by("item").values_list("item", flat=True).distinct()[: most + 1]
    ids = list(found)
    return _rows(run, ids[:most]), ids[most - 1] if len(ids) > most else None


def _rows(run: JudgeRun, ids: list[int]) -> list[Row]:
    items = Item.objects.select_related(*ITEM_TEXTS).in_bulk(ids)
    verdicts = list(
        Verdict.objects.filter(rater=run.rater_id, item__in=ids, settled_at__isnull=False).order_by(
            "item", "side", "sample"
        )
    )
    calls = _last_calls(verdicts)
    labels = _labels({one.question_id for one in items.values()})
    found = {pk: Row(items[pk], title_of(items[pk])) for pk in ids}
    for verdict in verdicts:
        told = Told(verdict, labels.get((verdict.question_id, verdict.value), ""))
        call = calls.get(verdict.pk)
        if call is not None:
            told.text, told.error = _said(call), call.error or ""
        found[verdict.item_id].told.append(told)
    judgments = Judgment.objects.filter(
        rater=run.rater_id, item__in=ids, superseded_at=None, occasion=0
    )
    for judgment in judgments:
        row = found[judgment.item_id]
        row.judgment = judgment
        row.label = labels.get((judgment.question_id, judgment.value), "")
    return list(found.values())


def _said(call: ModelCall) -> str:
    """Return the text of an answer; where it is not of the protocol, all of it as it came."""
    if call.answer is None:
        return ""
    try:
        return answer_of(call).text
    except AskError:
        return json.dumps(call.answer, ensure_ascii=False)


def _last_calls(verdicts: Iterable[Verdict]) -> dict[int, ModelCall]:
    calls = ModelCall.objects.filter(step="verdict", work_id__in=[one.pk for one in verdicts])
    last = calls.order_by("work_id", "-attempt").distinct("work_id")
    return {one.work_id: one for one in last}


def _labels(questions: Collection[int]) -> dict[tuple[int, int | None], str]:
    options = Option.objects.filter(question__in=questions)
    return {(one.question_id, one.code): str(one) for one in options}


def title_of(item: Item) -> str:
    """Return a short text that tells an item apart."""
    match item:
        case Item(record=record) if record is not None:
            return record.key
        case Item(relevance_pair=pair) if pair is not None:
            return f"{pair.attribute.text} – {pair.query.text}"
        case Item(response_pair=pair, attribute=attribute) if pair is not None:
            return f"{attribute.text} – {pair.query.text}" if attribute else pair.query.text
        case Item(response=response) if response is not None:
            return response.query.text
        case _:
            return item.attribute.text if item.attribute else str(item)
