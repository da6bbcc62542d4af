"""Claiming in one statement: the next place for a rater, from the heads of a study's lanes.

What it costs grows neither with the study nor with what the rater has done: a lane is read from
where this rater has come to, and a place that comes back stands behind all others (see
`annotation.models.lane`). `docs/performance.md` has the figures.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.utils import timezone

from annotation.models import Enrollment, Rater, Sheet, Slot
from annotation.models.places import Purpose, SlotRole
from annotation.reading import Reader, prepared

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
CLAIM = f"""
WITH mine AS ({RESERVED}),
lanes AS MATERIALIZED ({LANES}),
free AS ({FREE}),
taken AS (SELECT * FROM mine UNION ALL SELECT * FROM free),
leased AS ({LEASE}),
moved AS ({MOVE})
{LEASED}
"""  # noqa: S608 - our own constants
CLAIM_RESERVED = f"WITH taken AS ({RESERVED}), leased AS ({LEASE}) {LEASED}"
LOCK = "FOR UPDATE OF s SKIP LOCKED"
AVAILABLE = f"""
WITH mine AS ({RESERVED}), lanes AS MATERIALIZED ({LANES}), free AS ({FREE})
SELECT EXISTS (SELECT FROM mine) OR EXISTS (SELECT FROM free)
""".replace(LOCK, "")  # noqa: S608 - our own constants
# When the next place that others have may come back.
COMING = f"""
SELECT s.leased_until FROM annotation_slot s JOIN annotation_lane l ON l.id = s.lane_id
WHERE s.rater_id <> %(rater)s::bigint AND s.submitted_at IS NULL AND s.reserved_for_id IS NULL
    AND s.offered AND l.study_id = %(study)s::bigint AND l.role = %(role)s
    AND (l.cohort_id IS NULL OR l.cohort_id = %(cohort)s::bigint)
    AND (%(stages)s::text[] IS NULL OR l.stage = ANY (%(stages)s::text[]))
    AND (%(purposes)s::text[] IS NULL OR l.purpose = ANY (%(purposes)s::text[]))
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


_CLAIM = Reader(CLAIM, leased=Slot, h=Sheet)
_CLAIM_RESERVED = Reader(CLAIM_RESERVED, leased=Slot, h=Sheet)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks for a place, in which role, and of which stages and purposes; None = of any."""

    person: Enrollment
    rater: Rater
    role: SlotRole
    stages: tuple[str, ...] | None = None
    purposes: tuple[str, ...] | None = None

    def parameters(self, *, again: bool = False) -> dict[str, Any]:
        """Return what the statements ask for."""
        return {
            "rater": self.rater.pk,
            "study": self.person.study_id,
            "cohort": self.person.invite_id,
            "role": self.role.value,
            "stages": list(self.stages) if self.stages is not None else None,
            "purposes": list(self.purposes) if self.purposes is not None else None,
            "minutes": self.person.study.lease_minutes,
            "again": again,
        }


def next_place(wanted: Wanted) -> Slot | None:
    """Lease the next place to a rater, whose enrollment the caller has locked; None = nothing.

    Places kept for the rater come first. Strangers then get the first free place that is new to
    them. Only where there is none, overdue places are freed, and lanes begun again from the start.
    """
    if wanted.role is SlotRole.FIRST_PERSON:
        return _claimed(_CLAIM_RESERVED, wanted)
    found = _claimed(_CLAIM, wanted)
    if found is None and expire(wanted.person.study_id, but=wanted.rater):
        found = _claimed(_CLAIM, wanted)
    return found or _claimed(_CLAIM, wanted, again=True)


def is_available(wanted: Wanted) -> bool:
    """Return whether a stranger would find a place now."""
    if _one(AVAILABLE, wanted.parameters()):
        return True
    coming = next_release(wanted)
    if coming is not None and coming <= timezone.now():
        return True
    return bool(_one(AVAILABLE, wanted.parameters(again=True)))


def next_release(wanted: Wanted) -> datetime | None:
    """Return when a place of others may become free for a stranger, as leases stand; None: never."""
    return cast("datetime | None", _one(COMING, wanted.parameters()))


def is_plenty(study: int) -> bool:
    """Return whether more places are free than held: then nobody waits for one held in advance."""
    return bool(_one(PLENTY, {"study": study}))


def expire(study: int | None = None, but: Rater | None = None) -> int:
    """Free places whose time is over, at most a hundred; return how many.

    What was entered is kept with the lapse. Whoever is late finds the place again while it is free.
    """
    with prepared() as cursor:
        cursor.execute(EXPIRE, {"study": study, "rater": but.pk if but else None})
        return int(cursor.rowcount)


def _claimed(statement: Reader, wanted: Wanted, *, again: bool = False) -> Slot | None:
    found = statement.first(wanted.parameters(again=again))
    if found is None:
        return None
    slot: Slot
    slot, slot.sheet = found
    slot.sheet.study = wanted.person.study
    return slot


def _one(statement: str, parameters: dict[str, Any]) -> object:
    """Return the first value of the first row; None without rows."""
    with prepared() as cursor:
        cursor.execute(statement, parameters)
        row: tuple[object, ...] | None = cursor.fetchone()
    return row[0] if row else None
