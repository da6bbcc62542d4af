"""Settle the readings of imported verdicts, some thousand answers at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter

from django.db import connection
from django.db.backends.utils import CursorWrapper

from annotation.models.judgment import DistributionSource
from personalization.imports.verdict_statements import JUDGMENTS, READINGS
from personalization.judge.choices import Scale, Side
from personalization.judge.settlement import Reading, Settled, settle

AT_ONCE = 10_000
WHOLE: tuple[set[Side], ...] = ({"none"}, {"ab", "ba"})
Row = tuple[int, int, Side, int | None, str | None, int | None, list[float] | None]
Answer = tuple[int, int, Settled]  # item, rater, what they come to


def settle_whole(
    cursor: CursorWrapper, question: int, scale: Scale, samples: int, source: str | None
) -> Counter[str]:
    """Add a judgment for each answer whose readings are all in, as our own judges' are settled.

    Returns how many came to a `value`, to each reason, or are `waiting` for a reading.
    """
    if samples > 1:
        source = DistributionSource.SAMPLES.value
    came: Counter[str] = Counter()
    with connection.chunked_cursor() as readings:
        readings.execute(READINGS)
        answers = _settled(_fetched(readings), scale, samples, came)
        # Answers are read and written in turns: one connection does one thing at a time.
        while batch := list(islice(answers, AT_ONCE)):
            with cursor.copy(JUDGMENTS) as copy:
                for answer in batch:
                    copy.write_row(_judgment(question, answer, source))
    return came


def _fetched(cursor: CursorWrapper) -> Iterator[Row]:
    while rows := cursor.fetchmany(AT_ONCE):
        yield from rows


def _settled(
    rows: Iterable[Row], scale: Scale, samples: int, came: Counter[str]
) -> Iterator[Answer]:
    for (item, rater), readings in groupby(rows, key=itemgetter(0, 1)):
        by_side: dict[Side, list[Reading]] = defaultdict(list)
        for _item, _rater, side, value, reason, certainty, shares in readings:
            said = None if shares is None else tuple(shares)
            by_side[side].append(Reading(value, reason, certainty, said))
        whole = by_side.keys() in WHOLE and all(len(each) == samples for each in by_side.values())
        if not whole:
            came["waiting"] += 1
            continue
        settled = settle(by_side, scale)
        came[settled.reason or "value"] += 1
        yield item, rater, settled


def _judgment(question: int, answer: Answer, source: str | None) -> Sequence[object]:
    item, rater, settled = answer
    shares = None if settled.distribution is None else list(settled.distribution)
    return (
        item, question, rater, "machine", "label", 0, settled.value, settled.reason,
        settled.score, settled.certainty, shares, None if shares is None else source,
    )  # fmt: skip
