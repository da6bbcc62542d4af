"""Places that are kept for named people, or for those who came by one invite: seen, and given back."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from annotation.models import Invite, Rater, Study
from annotation.models.places import Purpose, SlotRole

# Whoever sends or takes one of these places at this moment is not kept waiting, and keeps it.
LET_GO = f"""
WITH kept AS (
    SELECT s.id FROM annotation_slot s JOIN annotation_lane l ON l.id = s.lane_id
    WHERE l.study_id = %(study)s AND l.stage = %(stage)s
        AND l.role = '{SlotRole.THIRD_PARTY}' AND l.purpose = '{Purpose.LABEL}'
        AND (l.cohort_id = %(cohort)s OR s.reserved_for_id = %(rater)s)
        AND s.submitted_at IS NULL
    ORDER BY s.id FOR UPDATE OF s SKIP LOCKED
), freed AS (
    UPDATE annotation_slot s SET reserved_for_id = NULL, cohort_id = NULL,
        position = CASE WHEN s.rater_id IS NULL THEN 0 ELSE s.position END
    FROM kept WHERE s.id = kept.id
    RETURNING s.rater_id
)
SELECT count(*) FROM freed WHERE rater_id IS NULL
"""  # noqa: S608 - our own constants
# Of each person only what is still to be begun has an index of its own; the rest is found by rater.
PEOPLE = f"""
WITH waiting AS (
    SELECT s.reserved_for_id AS rater, l.stage, count(*) AS waiting
    FROM annotation_slot s JOIN annotation_lane l ON l.id = s.lane_id
    WHERE s.reserved_for_id IS NOT NULL AND s.rater_id IS NULL AND l.study_id = %(study)s
        AND l.role = '{SlotRole.THIRD_PARTY}' AND l.purpose = '{Purpose.LABEL}'
    GROUP BY 1, 2
)
SELECT p.pseudonym, w.stage, w.waiting, n.held, n.sent
FROM waiting w JOIN annotation_rater r ON r.id = w.rater
JOIN annotation_participant p ON p.id = r.participant_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE o.submitted_at IS NULL) AS held,
        count(*) FILTER (WHERE o.submitted_at IS NOT NULL) AS sent
    FROM (
        SELECT lane_id, submitted_at FROM annotation_slot
        WHERE rater_id = w.rater AND submitted_at IS NULL AND reserved_for_id = w.rater
        UNION ALL SELECT lane_id, submitted_at FROM annotation_slot
        WHERE rater_id = w.rater AND submitted_at IS NOT NULL AND reserved_for_id = w.rater
    ) o JOIN annotation_lane l ON l.id = o.lane_id
    WHERE l.study_id = %(study)s AND l.stage = w.stage
        AND l.role = '{SlotRole.THIRD_PARTY}' AND l.purpose = '{Purpose.LABEL}'
) n
ORDER BY w.stage, p.pseudonym LIMIT %(most)s
"""  # noqa: S608 - our own constants
COHORTS = f"""
SELECT l.cohort_id, l.stage, sum(t.free), sum(t.leased), sum(t.submitted)
FROM annotation_lane l JOIN annotation_tally t ON t.lane_id = l.id
WHERE l.study_id = %(study)s AND l.role = '{SlotRole.THIRD_PARTY}'
    AND l.purpose = '{Purpose.LABEL}' AND l.cohort_id IS NOT NULL
GROUP BY 1, 2 HAVING sum(t.free) > 0 ORDER BY 2, 1 LIMIT %(most)s
"""  # noqa: S608 - our own constants


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept for somebody at the sheets of a stage: not begun, in work, sent."""

    who: str | Invite
    stage: str
    waiting: int
    held: int
    sent: int


def kept(study: Study, most: int) -> list[Kept]:
    """Return for whom places are kept, while some of them are not begun; people first."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"study": study.pk, "most": most})
        people = cursor.fetchall()
        cursor.execute(COHORTS, {"study": study.pk, "most": most})
        cohorts = cursor.fetchall()
    invites = Invite.objects.in_bulk([row[0] for row in cohorts])
    return [
        *(Kept(*row) for row in people),
        *(Kept(invites[cohort], stage, *map(int, row)) for cohort, stage, *row in cohorts),
    ]


def release(study: Study, stage: str, who: str | Invite) -> int:
    """Give what somebody has not begun back to everybody; return how many places that are.

    Everybody comes to them, however far they are: they stand behind all others. A sheet that
    somebody has open stays with them, and is everybody's if they give it up.
    """
    if isinstance(who, Invite):
        return _let_go(study.pk, stage, cohort=who.pk)
    rater = Rater.objects.filter(participant__pseudonym=who).values_list("pk", flat=True).first()
    return _let_go(study.pk, stage, rater=rater) if rater else 0


def _let_go(study: int, stage: str, rater: int | None = None, cohort: int | None = None) -> int:
    asked: dict[str, Any] = {"study": study, "stage": stage, "rater": rater, "cohort": cohort}
    with connection.cursor() as cursor:
        cursor.execute(LET_GO, asked)
        return int(cursor.fetchone()[0])
