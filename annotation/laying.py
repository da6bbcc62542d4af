"""Strangers' places at many sheets at once: in batches, in a seeded order, each place once.

Every batch is committed by itself (unless the caller has a transaction open), so that a study of a
million sheets stays in use meanwhile: nobody waits for more than a batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import sleep

from django.db import connection
from django.db.models import BigIntegerField, F, Func, Q, Value

from annotation.majority import AWAITED
from annotation.models import Sheet, Slot, Study
from annotation.models.places import ANYBODYS
from annotation.models.sheet import SheetUse
from annotation.models.slot import Purpose, SlotRole

BATCH = 2000
# A sheet that is being hidden or laid at this moment is tried again.
TRIES, PAUSE_SECONDS = 20, 0.05
# In SQL, of a sheet `c`: strangers have places there.
OPENED = f"""
    EXISTS (
        SELECT FROM annotation_slot p WHERE p.sheet_id = c.id
            AND p.role = '{SlotRole.THIRD_PARTY}' AND p.ordinal IS NOT NULL
    )
"""
# Whoever changes the row of a sheet meanwhile is not waited for: hiding waits for places in turn.
LAY = f"""
WITH lacking AS MATERIALIZED (
    SELECT c.id FROM annotation_sheet c
    WHERE c.id = ANY (%(sheets)s) AND c.use = '{SheetUse.LABEL}'
        AND (
            SELECT count(*) FROM annotation_slot p WHERE p.sheet_id = c.id
                AND p.role = '{SlotRole.THIRD_PARTY}' AND p.ordinal < %(strangers)s
        ) < %(strangers)s
        AND annotation_is_offered(c, '{SlotRole.THIRD_PARTY}')
        AND CASE WHEN {OPENED} THEN NOT %(closed)s ELSE %(at_once)s OR NOT {AWAITED} END
), held AS MATERIALIZED (
    SELECT c.id FROM annotation_sheet c
    WHERE c.id IN (SELECT id FROM lacking) AND c.hidden_at IS NULL
        AND c.use = '{SheetUse.LABEL}'
    FOR NO KEY UPDATE SKIP LOCKED
), laid AS (
    INSERT INTO annotation_slot (sheet_id, role, purpose, ordinal, priority, seed)
    SELECT held.id, '{SlotRole.THIRD_PARTY}', '{Purpose.LABEL}', n.ordinal, %(priority)s,
        hashtext(gen_random_uuid()::text) & 2147483647
    FROM held CROSS JOIN generate_series(0, %(strangers)s - 1) AS n (ordinal)
    WHERE NOT EXISTS (
        SELECT FROM annotation_slot p WHERE p.sheet_id = held.id
            AND p.role = '{SlotRole.THIRD_PARTY}' AND p.ordinal = n.ordinal
    )
    ORDER BY hashint8extended(held.id, %(seed)s), n.ordinal
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM laid),
    ARRAY(SELECT id FROM lacking EXCEPT SELECT id FROM held)
"""  # noqa: S608 - our own constants
# Whatever moves to another lane stands there behind all others, in the order that it had.
MOVE = """
WITH moving AS MATERIALIZED (
    SELECT id FROM annotation_slot
    WHERE id = ANY (%(places)s) AND submitted_at IS NULL AND priority <> %(priority)s
    ORDER BY position, id FOR UPDATE SKIP LOCKED
), turned AS MATERIALIZED (
    SELECT id, nextval('annotation_slot_turn') AS turn FROM moving
)
UPDATE annotation_slot s SET priority = %(priority)s, position = turned.turn
FROM turned WHERE s.id = turned.id
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What to lay: up to so many strangers' places at a sheet, of which priority.

    `at_once`: also at sheets that strangers have to wait for. `closed`: only where no stranger has a
    place yet.
    """

    strangers: int
    priority: int = 0
    at_once: bool = True
    closed: bool = False


def fill(study: Study, stage: str, order: Order) -> int:
    """Lay what is missing at all sheets of a stage that strangers may see; return how many places.

    The same sheets come in the same order each time: it is drawn from study and number.
    """
    seed = (study.pk << 16) + order.strangers
    turn = Func(F("pk"), Value(seed), function="hashint8extended", output_field=BigIntegerField())
    sheets = Sheet.objects.filter(study=study, stage=stage, use=SheetUse.LABEL, hidden_at=None)
    ids = sheets.order_by(turn).values_list("pk", flat=True).iterator(chunk_size=BATCH)
    return sum(lay(batch, order, seed) for batch in _batches(ids))


def lay(sheets: Sequence[int], order: Order, seed: int = 0, tries: int = TRIES) -> int:
    """Lay what is missing at these sheets; return how many places. What is there stays as it is."""
    laid, left = 0, list(sheets)
    for attempt in range(tries):
        if attempt:
            sleep(PAUSE_SECONDS)
        with connection.cursor() as cursor:
            cursor.execute(
                LAY,
                {
                    "sheets": left,
                    "strangers": order.strangers,
                    "priority": order.priority,
                    "at_once": order.at_once,
                    "closed": order.closed,
                    "seed": seed,
                },
            )
            added, left = cursor.fetchone()
        laid += added
        if not left:
            break
    return laid


def move(study: Study, stage: str, priority: int) -> int:
    """Give the strangers' places of a stage that wait for answers another priority; return how many.

    A place that is being claimed or sent at this moment stays as it is.
    """
    places = Slot.objects.filter(
        ~Q(priority=priority),
        sheet__study=study,
        sheet__stage=stage,
        role=SlotRole.THIRD_PARTY,
        purpose__in=ANYBODYS,
        submitted_at=None,
    )
    ids = places.order_by("position", "pk").values_list("pk", flat=True)
    moved = 0
    for batch in _batches(ids.iterator(chunk_size=BATCH)):
        with connection.cursor() as cursor:
            cursor.execute(MOVE, {"places": batch, "priority": priority})
            moved += cursor.rowcount
    return moved


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    rows = iter(ids)
    while batch := list(islice(rows, BATCH)):
        yield batch
