"""Whether strangers have said all that they are asked at a sheet, and what a comparison waits for.

Who counts takes a turn first: of two who send the last two sheets at the same moment, the second one
sees both. The turns are locks of their own, not rows: whoever hides a sheet holds its row while
waiting for its places, and whoever sends a sheet holds a place.
"""

from annotation.models import Sheet
from annotation.models.places import ANYBODYS
from annotation.models.sheet import SheetUse, Stage
from annotation.models.slot import SlotRole
from annotation.reading import prepared

# In SQL, of a sheet `h`: a place of its strangers is still open.
UNFINISHED = f"""
    EXISTS (
        SELECT FROM annotation_slot p WHERE p.sheet_id = h.id AND p.submitted_at IS NULL
            AND p.role = '{SlotRole.THIRD_PARTY}'
            AND p.purpose IN ({", ".join(f"'{one}'" for one in ANYBODYS)})
    )
"""
# In SQL, of a comparison `c`: strangers have not said yet what matters to its query. A flagged sheet
# is no majority. Where no stranger was ever to be asked, nothing is waited for.
AWAITED = f"""
    EXISTS (
        SELECT FROM annotation_sheet h
        WHERE h.owner_id = c.owner_id AND h.study_id = c.study_id
            AND h.stage = '{Stage.RELEVANCE}' AND h.use = '{SheetUse.LABEL}'
            AND h.shown -> 'query' = c.shown -> 'query'
            AND (h.hidden_at IS NOT NULL OR {UNFINISHED})
    )
"""


def take_turn(sheet: Sheet) -> None:
    """Wait for everybody who counts at this sheet, until they have committed.

    What is said of one person's attributes for one query, and what rests on it, has one turn.
    """
    turn = f"sheet {sheet.pk}"
    if sheet.stage in (Stage.RELEVANCE, Stage.COMPARISON) and sheet.owner_id is not None:
        turn = f"query {sheet.study_id} {sheet.owner_id} {sheet.shown.get('query')}"
    with prepared() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [turn])


def is_complete(sheet: Sheet) -> bool:
    """Return whether no place of strangers is open at a sheet; take a turn before."""
    with prepared() as cursor:
        cursor.execute(
            f"SELECT NOT {UNFINISHED} FROM annotation_sheet h WHERE h.id = %s",  # noqa: S608 - ours
            [sheet.pk],
        )
        return bool(cursor.fetchone()[0])
