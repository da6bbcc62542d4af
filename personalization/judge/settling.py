"""Keep readings, and settle an item as soon as all of its readings are in."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from annotation.models import Enrollment, Item, Judgment
from annotation.models.judgment import Role
from personalization.judge.choices import Scale
from personalization.judge.settlement import Reading, Settled, settle_orders, settle_single
from personalization.models import JudgeRun, Verdict
from personalization.models.verdict import Side

# The readings that make an item whole: one order of two, where the other was dropped, does not.
WHOLE = ({Side.NONE.value}, {Side.AB.value, Side.BA.value})


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one reading: mapped back to canonical codes, and the call that brought it."""

    verdict: int
    item: int
    reading: Reading
    call: int | None = None


@transaction.atomic
def keep(run: JudgeRun, worker: str, reads: Sequence[Read], scales: Mapping[int, Scale]) -> int:
    """Save readings that this worker still holds, and the judgments that follow; return how many.

    All readings of an item are locked, so that of two workers that bring its two orders at the
    same moment the later one settles it.
    """
    news = {one.verdict: one for one in reads}
    locked = list(
        Verdict.objects.select_for_update()
        .filter(rater=run.rater_id, item__in={one.item for one in reads}, occasion=0, sample=0)
        .order_by("pk")
    )
    mine = [one for one in locked if one.pk in news and one.worker == worker]
    mine = [one for one in mine if one.settled_at is None]
    for row in mine:
        new = news[row.pk]
        row.value, row.reason = new.reading.value, new.reading.reason
        row.call_id, row.lease_until = new.call, None
        row.settled_at = Now()
    columns = ["value", "reason", "call", "lease_until", "settled_at"]
    Verdict.objects.bulk_update(mine, columns, batch_size=500)
    _settle(run, locked, {row.item_id for row in mine}, scales)
    settled: dict[int, int] = defaultdict(int)
    for row in mine:
        settled[row.run_id] += 1
    for pk in sorted(settled):
        JudgeRun.objects.filter(pk=pk).update(settled=F("settled") + settled[pk])
    return len(mine)


def _settle(
    run: JudgeRun, readings: Sequence[Verdict], items: set[int], scales: Mapping[int, Scale]
) -> None:
    """Add a judgment for each of `items` whose readings are all in."""
    by_item = defaultdict(list)
    for row in readings:
        if row.item_id in items:
            by_item[row.item_id].append(row)
    whole = {
        item: rows
        for item, rows in by_item.items()
        if all(row.settled_at is not None for row in rows)
        and {str(row.side) for row in rows} in WHOLE
    }
    for item in _of_people_who_left(whole):
        del whole[item]
    # Only what failed before and was asked again has an answer already.
    Judgment.objects.filter(
        item__in=whole, rater=run.rater_id, occasion=0, superseded_at=None
    ).update(superseded_at=Now())
    Judgment.objects.bulk_create(
        [_judgment(rows, scales[rows[0].question_id]) for rows in whole.values()], batch_size=500
    )


def _of_people_who_left(items: Collection[int]) -> list[int]:
    """Return the items of people who withdrew while a judge was asked: no number may rest on them."""
    left = Enrollment.objects.filter(
        study=OuterRef("study"),
        participant=OuterRef("sheet__owner__participant"),
        withdrawn_at__isnull=False,
    )
    return list(Item.objects.filter(Exists(left), pk__in=items).values_list("pk", flat=True))


def _judgment(rows: Sequence[Verdict], scale: Scale) -> Judgment:
    settled = settle({row.side: row for row in rows}, scale)
    return Judgment(
        item_id=rows[0].item_id,
        question_id=rows[0].question_id,
        rater_id=rows[0].rater_id,
        role=Role.MACHINE,
        value=settled.value,
        reason=settled.reason,
        score=settled.score,
    )


def settle(rows: Mapping[str, Verdict], scale: Scale) -> Settled:
    """Return what an item's readings, by their sides, come to."""
    score = scale.score if scale.ordered else None
    readings = {side: Reading(row.value, row.reason) for side, row in rows.items()}
    if Side.NONE in readings:
        return settle_single(readings[Side.NONE], score)
    return settle_orders(readings[Side.AB], readings[Side.BA], score)
