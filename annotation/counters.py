"""Compare what is counted all along with the rows themselves, and put the right numbers there.

Compared are the places of each lane by state; the leases that ended without an answer, by study,
stage, role and purpose, because a place may stand in another lane by now; and how many sheets of
others each person has sent, late ones included. Who has withdrawn is left out of the last one: what
such a person sent is in no place any more, and the number tells what was once done.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from annotation.models import Enrollment, Study

# The states of a place, as in migration 0011.
PLACES = """
    SELECT l.study_id, l.stage, l.role, l.purpose, l.id AS lane, NULL::bigint AS person,
        v.counter, v.kept, v.counted
    FROM annotation_lane l
    LEFT JOIN (
        SELECT lane_id, sum(free) AS free, sum(leased) AS leased, sum(submitted) AS submitted,
            sum(withheld) AS withheld
        FROM annotation_tally GROUP BY lane_id
    ) k ON k.lane_id = l.id
    LEFT JOIN (
        SELECT lane_id, count(*) FILTER (WHERE offered AND rater_id IS NULL) AS free,
            count(*) FILTER (
                WHERE offered AND rater_id IS NOT NULL AND submitted_at IS NULL
            ) AS leased,
            count(*) FILTER (WHERE offered AND submitted_at IS NOT NULL) AS submitted,
            count(*) FILTER (WHERE NOT offered) AS withheld
        FROM annotation_slot GROUP BY lane_id
    ) c ON c.lane_id = l.id
    CROSS JOIN LATERAL (VALUES
        ('free', k.free, c.free), ('leased', k.leased, c.leased),
        ('submitted', k.submitted, c.submitted), ('withheld', k.withheld, c.withheld)
    ) AS v (counter, kept, counted)
"""
LAPSES = """
    SELECT l.study_id, l.stage, l.role, l.purpose, min(l.id) AS lane, NULL::bigint AS person,
        'lapsed' AS counter, sum(k.lapsed) AS kept, sum(c.lapsed) AS counted
    FROM annotation_lane l
    LEFT JOIN (
        SELECT lane_id, sum(lapsed) AS lapsed FROM annotation_tally GROUP BY lane_id
    ) k ON k.lane_id = l.id
    LEFT JOIN (
        SELECT s.lane_id, count(*) AS lapsed
        FROM annotation_lapse p JOIN annotation_slot s ON s.id = p.slot_id GROUP BY s.lane_id
    ) c ON c.lane_id = l.id
    GROUP BY l.study_id, l.stage, l.role, l.purpose
"""
# A sheet is sent once on each occasion, from a place or too late.
SENT = """
    SELECT e.study_id, '' AS stage, 'third_party' AS role, '' AS purpose, NULL::bigint AS lane,
        e.id AS person, 'others_sent' AS counter, e.others_sent AS kept, c.sent AS counted
    FROM annotation_enrollment e
    LEFT JOIN (
        SELECT h.study_id, r.participant_id, count(DISTINCT (o.sheet_id, o.occasion)) AS sent
        FROM (
            SELECT rater_id, sheet_id, occasion FROM annotation_slot
            WHERE role = 'third_party' AND submitted_at IS NOT NULL
            UNION ALL
            SELECT p.rater_id, p.sheet_id, s.occasion
            FROM annotation_lapse p JOIN annotation_slot s ON s.id = p.slot_id
            WHERE s.role = 'third_party' AND p.answered_at IS NOT NULL
        ) o
        JOIN annotation_sheet h ON h.id = o.sheet_id JOIN annotation_rater r ON r.id = o.rater_id
        GROUP BY h.study_id, r.participant_id
    ) c ON c.study_id = e.study_id AND c.participant_id = e.participant_id
    WHERE e.withdrawn_at IS NULL AND NOT e.preview
"""
# One statement sees one moment of the database, whatever goes on meanwhile.
CHECK = f"""
SELECT t.name, f.stage, f.role, f.purpose, f.lane, f.person, coalesce(p.pseudonym, ''), f.counter,
    coalesce(f.kept, 0)::bigint, coalesce(f.counted, 0)::bigint
FROM ({PLACES} UNION ALL {LAPSES} UNION ALL {SENT}) f
JOIN annotation_study t ON t.id = f.study_id
LEFT JOIN annotation_enrollment e ON e.id = f.person
LEFT JOIN annotation_participant p ON p.id = e.participant_id
WHERE coalesce(f.kept, 0) <> coalesce(f.counted, 0)
    AND (%(study)s::bigint IS NULL OR f.study_id = %(study)s)
ORDER BY t.name, f.person NULLS FIRST, f.stage, f.role, f.purpose, f.lane, f.counter
"""  # noqa: S608 - our own constants
MEND = """
INSERT INTO annotation_tally AS t (lane_id, shard, {counter}) VALUES (%(lane)s, 0, %(more)s)
ON CONFLICT (lane_id, shard) DO UPDATE SET {counter} = t.{counter} + excluded.{counter}
"""
# Whoever changes a place waits here until the numbers are right.
HOLD = "LOCK TABLE annotation_tally IN SHARE ROW EXCLUSIVE MODE"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A number that is not what the rows say: of a lane, or (others_sent) of a person."""

    study: str
    stage: str
    role: str
    purpose: str
    lane: int | None
    enrollment: int | None
    person: str
    counter: str
    kept: int
    counted: int

    def __str__(self) -> str:
        what = self.person or f"{self.stage} {self.role} {self.purpose}, lane {self.lane}"
        return f"{self.study}: {what}: {self.counter} kept {self.kept}, counted {self.counted}"


def check(study: Study | None = None) -> list[Mismatch]:
    """Return where the kept numbers of a study, or of all, are not those of the rows: nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(CHECK, {"study": study.pk if study else None})
        return [Mismatch(*row) for row in cursor.fetchall()]


@transaction.atomic
def mend(study: Study | None = None) -> list[Mismatch]:
    """Put the right numbers there, and return those that were wrong; labelling waits meanwhile.

    People are locked first and the counters after that, as in every verb: nobody waits in a circle.
    """
    wrong = check(study)
    if not wrong:
        return []
    people = Enrollment.objects.filter(pk__in=[one.enrollment for one in wrong]).order_by("pk")
    held = set(people.select_for_update(no_key=True).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(HOLD)
        found = [one for one in check(study) if one.enrollment is None or one.enrollment in held]
        for one in found:
            if one.enrollment is not None:
                Enrollment.objects.filter(pk=one.enrollment).update(others_sent=one.counted)
            else:
                more = {"lane": one.lane, "more": one.counted - one.kept}
                cursor.execute(MEND.format(counter=one.counter), more)
    return found
