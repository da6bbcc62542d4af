"""Keep readings, and settle an item as soon as all of its readings are in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from annotation.models import Enrollment, Item
from personalization.judge import ledger
from personalization.judge.choices import Scale, Side
from personalization.judge.manner import Manner
from personalization.judge.planning import COUNTS, occasion_of
from personalization.judge.settlement import Reading, Settled, settle
from personalization.models import JudgeRun

# The readings that make an item whole: one order of two, where the other was dropped, does not.
WHOLE: tuple[set[Side], ...] = ({"none"}, {"ab", "ba"})
LOCKED = """
SELECT id, run_id, item_id, question_id, side, worker, settled_at IS NOT NULL,
    value, reason, certainty, distribution
FROM personalization_verdict
WHERE rater_id = %s AND item_id = ANY (%s) AND occasion = %s ORDER BY id FOR UPDATE
"""
LOCK = """
SELECT 1 FROM personalization_verdict v
JOIN (SELECT DISTINCT item_id, rater_id FROM personalization_verdict WHERE id = ANY (%s)) AS mine
    USING (item_id, rater_id)
ORDER BY v.id FOR UPDATE OF v
"""
KEEP = """
UPDATE personalization_verdict v
SET value = new.value, reason = new.reason, certainty = new.certainty,
    distribution = new.shares::float8[], left_out = new.left_out, call_id = new.call,
    lease_until = NULL, reserved_micros = NULL, settled_at = statement_timestamp()
FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::smallint[], %s::text[], %s::float8[],
    %s::bigint[]) AS new (id, value, reason, certainty, shares, left_out, call)
WHERE v.id = new.id
"""
SUPERSEDE = """
UPDATE annotation_judgment SET superseded_at = statement_timestamp()
WHERE item_id = ANY (%s) AND rater_id = %s AND occasion = 0 AND superseded_at IS NULL
"""
JUDGE = """
INSERT INTO annotation_judgment (item_id, question_id, rater_id, role, value, reason, score,
    certainty, distribution, distribution_source)
SELECT item, question, %s, 'machine', value, reason, score, certainty, shares::float8[], source
FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::text[], %s::float8[], %s::smallint[],
    %s::text[], %s::text[])
    AS new (item, question, value, reason, score, certainty, shares, source)
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one reading: mapped back to canonical codes, and the call that brought it."""

    verdict: int
    item: int
    reading: Reading
    call: int | None = None


@dataclass(slots=True)
class _Row:
    """A reading's row as it is, or as it has just become."""

    pk: int
    run: int
    item: int
    question: int
    side: Side
    worker: str | None
    settled: bool
    reading: Reading


def lock(verdicts: Sequence[int]) -> None:
    """Lock readings together with all others of their items, in one order, before the run's row."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(verdicts)])


@transaction.atomic
def keep(run: JudgeRun, worker: str, reads: Sequence[Read], scales: Mapping[int, Scale]) -> int:
    """Save readings that this worker still holds, and the judgments that follow; return how many.

    All readings of an item are locked, so that of two workers that bring its two orders at the
    same moment the later one settles it. Readings of a trial come to no judgment.
    """
    news = {one.verdict: one for one in reads}
    occasion = occasion_of(run)
    locked = _locked(run.rater_id, sorted({one.item for one in reads}), occasion)
    mine = [one for one in locked if one.pk in news and one.worker == worker and not one.settled]
    if not mine:
        return 0
    for row in mine:
        row.reading, row.settled = news[row.pk].reading, True
    _write(KEEP, [_kept(row, news[row.pk].call) for row in mine])
    settled = _settled(locked, {row.item for row in mine}, scales) if occasion == COUNTS else []
    source = Manner.read(run.rater.configuration).source
    _judge(run.rater_id, settled, source)
    _count(run.pk, mine, settled)
    return len(mine)


def _locked(rater: int, items: Sequence[int], occasion: int) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(LOCKED, [rater, list(items), occasion])
        return [_row(*row) for row in cursor.fetchall()]


def _row(
    pk: int, run: int, item: int, question: int, side: Side, worker: str | None, settled: bool,
    value: int | None, reason: str | None, certainty: int | None, shares: list[float] | None,
) -> _Row:  # fmt: skip
    reading = Reading(value, reason, certainty, tuple(shares) if shares else None)
    return _Row(pk, run, item, question, side, worker, settled, reading)


def _kept(row: _Row, call: int | None) -> tuple[object, ...]:
    new = row.reading
    shares = _array(new.distribution)
    return (row.pk, new.value, new.reason, new.certainty, shares, new.left_out, call)


def _settled(
    rows: Iterable[_Row], items: Collection[int], scales: Mapping[int, Scale]
) -> list[tuple[_Row, Settled]]:
    """Return what those of `items` come to whose readings are all in, with a row of each."""
    by_item: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        if row.item in items:
            by_item[row.item].append(row)
    whole = {
        item: each
        for item, each in by_item.items()
        if all(row.settled for row in each) and {row.side for row in each} in WHOLE
    }
    for item in _of_people_who_left(whole):
        del whole[item]
    return [(each[0], _settle(each, scales[each[0].question])) for each in whole.values()]


def _settle(rows: Sequence[_Row], scale: Scale) -> Settled:
    by_side: dict[Side, list[Reading]] = defaultdict(list)
    for row in rows:
        by_side[row.side].append(row.reading)
    return settle(by_side, scale)


def _of_people_who_left(items: Collection[int]) -> list[int]:
    """Return the items of people who withdrew while a judge was asked: no number may rest on them."""
    left = Enrollment.objects.filter(
        study=OuterRef("study"),
        participant=OuterRef("sheet__owner__participant"),
        withdrawn_at__isnull=False,
    )
    return list(Item.objects.filter(Exists(left), pk__in=items).values_list("pk", flat=True))


def _judge(rater: int, settled: Sequence[tuple[_Row, Settled]], source: str | None) -> None:
    """Add a judgment for each settled item; what failed before and was asked again is replaced."""
    if not settled:
        return
    with connection.cursor() as cursor:
        cursor.execute(SUPERSEDE, [[row.item for row, _what in settled], rater])
    rows = [
        (
            row.item,
            row.question,
            what.value,
            what.reason,
            what.score,
            what.certainty,
            _array(what.distribution),
            None if what.distribution is None else source,
        )
        for row, what in settled
    ]
    _write(JUDGE, rows, rater)


def _count(run: int, mine: Sequence[_Row], settled: Sequence[tuple[_Row, Settled]]) -> None:
    """Raise the counters of runs: how much is settled, and what was read."""
    by_run: dict[int, int] = defaultdict(int)
    for row in mine:
        by_run[row.run] += 1
    for pk in sorted(by_run):
        JudgeRun.objects.filter(pk=pk).update(settled=F("settled") + by_run[pk])
    outcomes: dict[str, int] = defaultdict(int)
    for row in mine:
        outcomes[f"read_{row.reading.reason or 'value'}"] += 1
    pairs = [what for row, what in settled if row.side != "none"]
    outcomes["read_pairs"] += len(pairs)
    outcomes["read_inconsistent"] += sum(what.reason == "inconsistent" for what in pairs)
    ledger.note(run, [ledger.Entry(name, calls=n) for name, n in outcomes.items() if n])


def _write(statement: str, rows: Sequence[tuple[object, ...]], *before: int) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*before, *columns])


def _array(numbers: Sequence[float] | None) -> str | None:
    """Return numbers as PostgreSQL writes an array: a column of arrays cannot be sent as one."""
    return None if numbers is None else "{" + ",".join(map(repr, numbers)) + "}"
