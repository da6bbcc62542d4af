"""The statements of `annotation.lanes`: a place from the heads of lanes, and what goes with it.

They are prepared: the database plans them once for each connection. Where PostgreSQL could choose
to look at much, they are written so that it cannot: each lane is read from one point, in the order
of an index, up to the first place that will do.
"""

from annotation.models import Sheet, Slot
from annotation.models.places import Purpose, SlotRole
from annotation.reading import Reader

# Begun again from its start, in case that something was passed over while it was not to be had.
AGAIN_SECONDS = 20
# Lanes of a stage advance together, in steps of this share, so that people keep to one kind of sheet.
STEPS = 20
OVERDUE = 100

# A sheet is nothing for a rater who has it, had it on this occasion, or gave it back for good.
# OFFSET 0 keeps each of these a look into an index for the one place that is looked at; as a join
# it would begin with everything that the rater has ever done.
NEW_TO_RATER = """
    NOT EXISTS (
        SELECT FROM annotation_slot t
        WHERE t.sheet_id = s.sheet_id AND t.rater_id = %(rater)s::bigint OFFSET 0
    ) AND NOT EXISTS (
        SELECT FROM annotation_lapse p
        WHERE p.sheet_id = s.sheet_id AND p.rater_id = %(rater)s::bigint
            AND (p.why IN ('skipped', 'flagged') OR p.answered_at IS NOT NULL) OFFSET 0
    )
"""
# Places kept for this rater: own sheets, named ones, repeats and checks. Of each lane the first.
RESERVED = """
    SELECT f.* FROM annotation_lane l CROSS JOIN LATERAL (
        SELECT s.id, s.lane_id, s.position FROM annotation_slot s
        WHERE s.reserved_for_id = %(rater)s::bigint AND s.lane_id = l.id AND s.rater_id IS NULL
            AND s.offered AND (s.not_before IS NULL OR s.not_before <= clock_timestamp())
            AND NOT EXISTS (
                SELECT FROM annotation_slot t
                WHERE t.sheet_id = s.sheet_id AND t.rater_id = %(rater)s::bigint
                    AND t.occasion = s.occasion OFFSET 0
            ) AND NOT EXISTS (
                SELECT FROM annotation_lapse p
                WHERE p.sheet_id = s.sheet_id AND p.rater_id = %(rater)s::bigint AND (
                    p.why IN ('skipped', 'flagged')
                    OR p.slot_id = s.id AND p.answered_at IS NOT NULL
                ) OFFSET 0
            )
        ORDER BY s.position, s.id
        LIMIT 1 FOR UPDATE OF s SKIP LOCKED
    ) f
    WHERE l.study_id = %(study)s::bigint AND l.role = %(role)s
        AND (%(stages)s::text[] IS NULL OR l.stage = ANY (%(stages)s::text[]))
        AND (%(purposes)s::text[] IS NULL OR l.purpose = ANY (%(purposes)s::text[]))
    ORDER BY l.priority DESC, f.position, f.id
    LIMIT 1
"""
# Highest priority first, then begun sheets, then the stratum that is behind the others.
LANES = f"""
    SELECT l.id, coalesce(c.position, 0) AS reached,
        CASE WHEN %(again)s::boolean THEN 0 ELSE coalesce(c.position, 0) END AS after
    FROM annotation_lane l
    LEFT JOIN annotation_cursor c ON c.lane_id = l.id AND c.rater_id = %(rater)s::bigint
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(t.submitted + t.leased), 0) AS taken,
            coalesce(sum(t.submitted + t.leased + t.free), 0) AS all
        FROM annotation_tally t WHERE t.lane_id = l.id
    ) n
    WHERE l.study_id = %(study)s::bigint AND l.role = '{SlotRole.THIRD_PARTY}'
        AND l.purpose IN ('{Purpose.LABEL}', '{Purpose.EXTRA}')
        AND (l.cohort_id IS NULL OR l.cohort_id = %(cohort)s::bigint)
        AND (%(stages)s::text[] IS NULL OR l.stage = ANY (%(stages)s::text[]))
        AND (%(purposes)s::text[] IS NULL OR l.purpose = ANY (%(purposes)s::text[]))
        AND (NOT %(again)s::boolean OR c.looked_at IS NULL
            OR c.looked_at < clock_timestamp() - interval '{AGAIN_SECONDS} seconds')
    WINDOW stratum AS (PARTITION BY l.stage, l.stratum)
    ORDER BY l.priority DESC, l.purpose, l.returned DESC,
        floor({STEPS} * sum(n.taken) OVER stratum / greatest(sum(n.all) OVER stratum, 1)),
        c.used_at DESC NULLS LAST, l.id
"""  # noqa: S608 - our own constants
FREE = f"""
    SELECT f.* FROM lanes CROSS JOIN LATERAL (
        SELECT s.id, s.lane_id, s.position FROM annotation_slot s
        WHERE s.lane_id = lanes.id AND s.position > lanes.after
            AND s.rater_id IS NULL AND s.reserved_for_id IS NULL AND s.offered
            AND (s.not_before IS NULL OR s.not_before <= clock_timestamp())
            AND s.owner_id IS DISTINCT FROM %(rater)s::bigint AND {NEW_TO_RATER}
        ORDER BY s.position, s.id
        LIMIT 1 FOR UPDATE OF s SKIP LOCKED
    ) f
    WHERE NOT EXISTS (SELECT FROM mine)
    LIMIT 1
"""  # noqa: S608 - our own constants
# The draft of somebody who comes back to a place that was free in the meantime is there again.
LEASE = """
    UPDATE annotation_slot s SET rater_id = %(rater)s::bigint, leased_at = clock_timestamp(),
        leased_until = clock_timestamp() + %(minutes)s::integer * interval '1 minute',
        draft = (
            SELECT (array_agg(p.draft ORDER BY p.id DESC))[1] FROM annotation_lapse p
            WHERE p.slot_id = s.id AND p.rater_id = %(rater)s::bigint
        )
    FROM taken WHERE s.id = taken.id
    RETURNING s.*
"""
# To the place that was found. Where nothing was found from the start either, to the lane's end: it
# is not looked through again so soon.
MOVE = """
    INSERT INTO annotation_cursor AS c (rater_id, lane_id, position, used_at, looked_at)
    SELECT %(rater)s::bigint, lane_id, position, clock_timestamp(),
        CASE WHEN %(again)s::boolean THEN clock_timestamp() END
    FROM free
    UNION ALL
    SELECT %(rater)s::bigint, lanes.id, greatest(lanes.reached, (
            SELECT s.position FROM annotation_slot s
            WHERE s.lane_id = lanes.id
                AND s.rater_id IS NULL AND s.reserved_for_id IS NULL AND s.offered
            ORDER BY s.position DESC, s.id DESC LIMIT 1
        )), 'epoch', clock_timestamp()
    FROM lanes WHERE %(again)s::boolean AND NOT EXISTS (SELECT FROM taken)
    ON CONFLICT (rater_id, lane_id) DO UPDATE SET position = excluded.position,
        used_at = greatest(c.used_at, excluded.used_at),
        looked_at = coalesce(excluded.looked_at, c.looked_at)
"""
LEASED = "SELECT {leased}, {h} FROM leased JOIN annotation_sheet h ON h.id = leased.sheet_id"
CLAIM = Reader(
    f"""
WITH mine AS ({RESERVED}),
lanes AS MATERIALIZED ({LANES}),
free AS ({FREE}),
taken AS (SELECT * FROM mine UNION ALL SELECT * FROM free),
leased AS ({LEASE}),
moved AS ({MOVE})
{LEASED}
""",  # noqa: S608 - our own constants
    leased=Slot,
    h=Sheet,
)
CLAIM_RESERVED = Reader(
    f"WITH taken AS ({RESERVED}), leased AS ({LEASE}) {LEASED}", leased=Slot, h=Sheet
)
LOCK = "FOR UPDATE OF s SKIP LOCKED"
AVAILABLE = f"""
WITH mine AS ({RESERVED}), lanes AS MATERIALIZED ({LANES}), free AS ({FREE})
SELECT EXISTS (SELECT FROM mine) OR EXISTS (SELECT FROM free)
""".replace(LOCK, "")  # noqa: S608 - our own constants
# When the next place that others have may come back.
COMING = f"""
SELECT s.leased_until FROM annotation_slot s
WHERE s.rater_id <> %(rater)s::bigint AND s.submitted_at IS NULL AND s.reserved_for_id IS NULL
    AND s.offered AND s.lane_id = ANY (ARRAY(
        SELECT l.id FROM annotation_lane l
        WHERE l.study_id = %(study)s::bigint AND l.role = %(role)s
            AND (l.cohort_id IS NULL OR l.cohort_id = %(cohort)s::bigint)
            AND (%(stages)s::text[] IS NULL OR l.stage = ANY (%(stages)s::text[]))
            AND (%(purposes)s::text[] IS NULL OR l.purpose = ANY (%(purposes)s::text[]))
    ))
    AND s.owner_id IS DISTINCT FROM %(rater)s::bigint AND {NEW_TO_RATER}
ORDER BY s.leased_until LIMIT 1
"""  # noqa: S608 - our own constants
PLENTY = f"""
SELECT coalesce(sum(t.free) > sum(t.leased), false)
FROM annotation_tally t JOIN annotation_lane l ON l.id = t.lane_id
WHERE l.study_id = %(study)s::bigint AND l.role = '{SlotRole.THIRD_PARTY}'
    AND l.purpose = '{Purpose.LABEL}'
"""  # noqa: S608 - our own constants
EXPIRE = f"""
WITH over AS (
    SELECT s.id, s.sheet_id, s.rater_id, s.leased_at, s.draft FROM annotation_slot s
    JOIN annotation_lane l ON l.id = s.lane_id
    WHERE s.rater_id IS NOT NULL AND s.submitted_at IS NULL AND s.leased_until < clock_timestamp()
        AND (%(study)s::bigint IS NULL OR l.study_id = %(study)s::bigint)
        AND (%(rater)s::bigint IS NULL OR s.rater_id <> %(rater)s::bigint)
    ORDER BY s.leased_until LIMIT {OVERDUE} FOR UPDATE OF s SKIP LOCKED
), lapsed AS (
    INSERT INTO annotation_lapse (slot_id, sheet_id, rater_id, leased_at, why, note, draft)
    SELECT id, sheet_id, rater_id, leased_at, 'expired', '', draft FROM over
)
UPDATE annotation_slot s
SET rater_id = NULL, leased_at = NULL, leased_until = NULL, draft = NULL
FROM over WHERE s.id = over.id
"""  # noqa: S608 - our own constants
