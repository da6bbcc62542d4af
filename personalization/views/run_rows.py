"""Items of a run with their readings, order beside order: what the judge said, what it came to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from annotation.models import Item, Judgment, Option
from personalization.models import JudgeRun, ModelCall, Verdict
from personalization.views.run_calls import said

STEP = "verdict"
INCONSISTENT = "inconsistent"  # the one reason that items have and readings have not
SHOWN_SAMPLES = 3  # of each order, in the list; the page of the item shows all
ITEM_TEXTS = (
    "record", "attribute", "relevance_pair__attribute", "relevance_pair__query",
    "response_pair__query", "response__query", "question",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """A share of a distribution, for one option."""

    label: str
    share: float

    @property
    def percent(self) -> str:
        """Return the length of the bar, as drawings take it."""
        return f"{100 * self.share:.2f}"


@dataclass(slots=True)
class Told:
    """One reading: what was read, and the raw text or the error that it comes from."""

    verdict: Verdict
    label: str
    bars: list[Bar]
    text: str = ""
    error: str = ""


@dataclass(slots=True)
class Order:
    """The readings of an item in one order of its candidates."""

    side: str
    told: list[Told] = field(default_factory=list)
    more: int = 0  # samples that are not shown


@dataclass(slots=True)
class Row:
    """One item of a run: its orders beside each other, and what they came to."""

    item: Item
    title: str
    orders: list[Order] = field(default_factory=list)
    judgment: Judgment | None = None
    label: str = ""
    bars: list[Bar] = field(default_factory=list)


class Labels:
    """What the options of some questions are called, in their order."""

    def __init__(self, questions: Collection[int]) -> None:
        self.options: dict[int, list[Option]] = {pk: [] for pk in questions}
        for one in Option.objects.filter(question__in=questions):
            self.options[one.question_id].append(one)

    def of(self, question: int, code: int | None) -> str:
        """Return the label of an option, "" where there is no value."""
        return next((str(one) for one in self.options[question] if one.code == code), "")

    def bars(self, question: int, shares: Sequence[float] | None) -> list[Bar]:
        """Return a distribution with its labels."""
        pairs = zip(self.options[question], shares or [], strict=False)
        return [Bar(str(option), share) for option, share in pairs]


def rows(run: JudgeRun, *, after: int, most: int, reason: str = "") -> tuple[list[Row], int | None]:
    """Return some items of a run in order, and the last one's id where there are more.

    With a reason, only items of which a reading has no value for this reason, or whose orders
    differ.
    """
    settled = readings_of(run).filter(run=run, settled_at__isnull=False, item__gt=after)
    if reason == INCONSISTENT:
        differing = Judgment.objects.filter(
            item=OuterRef("item"), rater=run.rater_id, reason=INCONSISTENT,
            superseded_at=None, occasion=0,
        )  # fmt: skip
        settled = settled.filter(Exists(differing))
    elif reason:
        settled = settled.filter(reason=reason)
    found = settled.order_by("item").values_list("item", flat=True).distinct()[: most + 1]
    ids = list(found)
    return rows_of(run, ids[:most]), ids[most - 1] if len(ids) > most else None


def rows_of(run: JudgeRun, ids: Sequence[int], *, samples: int | None = SHOWN_SAMPLES) -> list[Row]:
    """Return these items with their readings; no more samples of an order than so many."""
    items = Item.objects.select_related(*ITEM_TEXTS).in_bulk(ids)
    labels = Labels({one.question_id for one in items.values()})
    found = {pk: Row(items[pk], title_of(items[pk])) for pk in ids}
    told = []
    for verdict in readings_of(run).filter(item__in=ids).order_by("item", "side", "sample"):
        orders = found[verdict.item_id].orders
        if not orders or orders[-1].side != verdict.side:
            orders.append(Order(verdict.side))
        if samples is not None and len(orders[-1].told) >= samples:
            orders[-1].more += 1
            continue
        label = labels.of(verdict.question_id, verdict.value)
        told.append(Told(verdict, label, labels.bars(verdict.question_id, verdict.distribution)))
        orders[-1].told.append(told[-1])
    calls = _last_calls([one.verdict for one in told])
    for one in told:
        if (call := calls.get(one.verdict.pk)) is not None:
            one.text, one.error = said(call), call.error or ""
    if not run.trial:
        _settled(run, found, labels)
    return list(found.values())


def readings_of(run: JudgeRun) -> "QuerySet[Verdict]":
    """Return the settled readings that belong beside each other: a judge's, or those of a trial."""
    settled = Verdict.objects.filter(settled_at__isnull=False)
    if run.trial:
        return settled.filter(run=run)
    return settled.filter(rater=run.rater_id, occasion=0)


def _settled(run: JudgeRun, found: Mapping[int, Row], labels: Labels) -> None:
    """Put beside the readings what they came to."""
    judgments = Judgment.objects.filter(
        rater=run.rater_id, item__in=found, superseded_at=None, occasion=0
    )
    for judgment in judgments:
        row = found[judgment.item_id]
        row.judgment = judgment
        row.label = labels.of(judgment.question_id, judgment.value)
        row.bars = labels.bars(judgment.question_id, judgment.distribution)


def _last_calls(verdicts: Iterable[Verdict]) -> dict[int, ModelCall]:
    calls = ModelCall.objects.filter(step=STEP, work_id__in=[one.pk for one in verdicts])
    last = calls.order_by("work_id", "-attempt").distinct("work_id")
    return {one.work_id: one for one in last}


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
