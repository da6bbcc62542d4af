"""What must be true after the storm, asked in SQL of everything there is; each line counts faults."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from annotation.models.slot import LapseReason
from annotation.reading import prepared
from tests.fire.crowd import Answered

PEOPLE = """
people AS (
    SELECT e.id, r.id AS rater, e.withdrawn_at, e.others_sent FROM annotation_enrollment e
    JOIN annotation_rater r ON r.participant_id = e.participant_id WHERE e.study_id = %(study)s
)"""
SHEETS = "sheets AS (SELECT * FROM annotation_sheet WHERE study_id = %(study)s)"
PLACES = "places AS (SELECT s.* FROM annotation_slot s JOIN sheets h ON h.id = s.sheet_id)"
GIVEN = """
given AS (
    SELECT j.*, i.sheet_id FROM annotation_judgment j
    JOIN annotation_item i ON i.id = j.item_id JOIN sheets h ON h.id = i.sheet_id
)"""
WITH = f"WITH {PEOPLE}, {SHEETS}, {PLACES}, {GIVEN}"

FAULTS = {
    "items with more strangers' labels than places": """
        SELECT FROM given WHERE superseded_at IS NULL AND use = 'label' AND role = 'third_party'
        GROUP BY item_id HAVING count(DISTINCT rater_id) > %(quota)s""",
    "sheets without exactly the places of the quota": """
        SELECT FROM sheets h LEFT JOIN places s
            ON s.sheet_id = h.id AND s.purpose = 'label' AND s.role = 'third_party'
        GROUP BY h.id, h.hidden_at
        HAVING CASE WHEN h.hidden_at IS NULL THEN
            array_agg(s.ordinal::int ORDER BY s.ordinal) IS DISTINCT FROM
                (SELECT array_agg(n) FROM generate_series(0, %(quota)s - 1) n)
        ELSE count(*) > %(quota)s OR max(s.ordinal) >= %(quota)s END""",
    "sheets with more extra places than planned": """
        SELECT FROM places s WHERE s.purpose = 'extra' GROUP BY s.sheet_id HAVING count(*) > (
            SELECT coalesce(sum(extra_most), 0) FROM annotation_plan p
            JOIN sheets h ON h.study_id = p.study_id AND h.stage = p.stage
            WHERE h.id = s.sheet_id)""",
    "labels of strangers from other than the places of the quota": """
        SELECT FROM given j JOIN places s ON s.id = j.slot_id
        WHERE j.superseded_at IS NULL AND j.use <> 'surplus' AND j.use <> s.purpose""",
    "raters twice at one item and occasion": """
        SELECT FROM given WHERE superseded_at IS NULL
        GROUP BY item_id, rater_id, occasion HAVING count(*) > 1""",
    "raters with two places at one sheet and occasion": """
        SELECT FROM places WHERE rater_id IS NOT NULL
        GROUP BY sheet_id, rater_id, occasion HAVING count(*) > 1""",
    "owners who are strangers to themselves": """
        SELECT FROM places WHERE role = 'third_party' AND rater_id = owner_id
        UNION ALL SELECT FROM given j JOIN sheets h ON h.id = j.sheet_id
        WHERE j.role = 'third_party' AND j.rater_id = h.owner_id""",
    "labels without a sent place of their rater": """
        SELECT FROM given j WHERE j.superseded_at IS NULL AND j.use = 'label' AND NOT EXISTS (
            SELECT FROM places s WHERE s.id = j.slot_id AND s.rater_id = j.rater_id
                AND s.sheet_id = j.sheet_id AND s.submitted_at IS NOT NULL)""",
    "sent places without all answers of their rater": """
        SELECT FROM places s JOIN annotation_item i ON i.sheet_id = s.sheet_id
        WHERE s.submitted_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM given j WHERE j.slot_id = s.id AND j.item_id = i.id
                AND j.rater_id = s.rater_id)""",
    "surplus that was neither late nor about somebody who left": """
        SELECT FROM given j JOIN sheets h ON h.id = j.sheet_id WHERE j.use = 'surplus' AND NOT EXISTS (
            SELECT FROM annotation_lapse p WHERE p.slot_id = j.slot_id AND p.rater_id = j.rater_id
                AND p.answered_at IS NOT NULL
        ) AND NOT EXISTS (
            SELECT FROM people w WHERE w.rater = h.owner_id AND w.withdrawn_at IS NOT NULL)""",
    "late answers without surplus": """
        SELECT FROM annotation_lapse p JOIN sheets h ON h.id = p.sheet_id
        WHERE p.answered_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM given j WHERE j.sheet_id = p.sheet_id AND j.rater_id = p.rater_id
                AND j.use = 'surplus')""",
    "lapses without one of the five reasons": """
        SELECT FROM annotation_lapse p JOIN sheets h ON h.id = p.sheet_id
        WHERE p.why <> ALL (%(reasons)s)""",
    "current answers of people who withdrew": """
        SELECT FROM given j JOIN people w ON w.rater = j.rater_id
        WHERE w.withdrawn_at IS NOT NULL AND j.superseded_at IS NULL""",
    "places that people who withdrew still have": """
        SELECT FROM places s JOIN people w ON w.rater = s.rater_id
        WHERE w.withdrawn_at IS NOT NULL AND s.role = 'third_party'""",
    "people whose count of sheets sent is wrong": """
        SELECT FROM people w WHERE w.withdrawn_at IS NULL AND w.others_sent <> (
            SELECT count(*) FROM places s WHERE s.rater_id = w.rater
                AND s.role = 'third_party' AND s.submitted_at IS NOT NULL
        ) + (
            SELECT count(*) FROM annotation_lapse p JOIN sheets h ON h.id = p.sheet_id
            WHERE p.rater_id = w.rater AND p.answered_at IS NOT NULL
                AND h.owner_id IS DISTINCT FROM w.rater
        )""",
    "lanes whose tally is not what is counted": """
        SELECT FROM annotation_lane l
        LEFT JOIN (
            SELECT lane_id, sum(free) AS free, sum(leased) AS leased, sum(submitted) AS submitted,
                sum(withheld) AS withheld FROM annotation_tally GROUP BY lane_id
        ) t ON t.lane_id = l.id
        LEFT JOIN (
            SELECT lane_id, count(*) FILTER (WHERE offered AND rater_id IS NULL) AS free,
                count(*) FILTER (WHERE offered AND rater_id IS NOT NULL AND submitted_at IS NULL)
                    AS leased,
                count(*) FILTER (WHERE offered AND submitted_at IS NOT NULL) AS submitted,
                count(*) FILTER (WHERE NOT offered) AS withheld
            FROM places GROUP BY lane_id
        ) s ON s.lane_id = l.id
        WHERE l.study_id = %(study)s AND
            (coalesce(t.free, 0), coalesce(t.leased, 0), coalesce(t.submitted, 0),
                coalesce(t.withheld, 0))
            IS DISTINCT FROM
            (coalesce(s.free, 0), coalesce(s.leased, 0), coalesce(s.submitted, 0),
                coalesce(s.withheld, 0))""",
    "studies whose lapses are not what is counted": """
        SELECT WHERE (
            SELECT coalesce(sum(t.lapsed), 0) FROM annotation_tally t
            JOIN annotation_lane l ON l.id = t.lane_id WHERE l.study_id = %(study)s
        ) <> (SELECT count(*) FROM annotation_lapse p JOIN sheets h ON h.id = p.sheet_id)""",
    "places whose sheet is hidden or shown otherwise": """
        SELECT FROM places s JOIN sheets h ON h.id = s.sheet_id
        LEFT JOIN people w ON w.rater = h.owner_id
        WHERE s.offered <> (h.hidden_at IS NULL
            AND (s.role = 'first_person' OR w.withdrawn_at IS NULL))""",
}
# A place that is new to a person and free, found without lanes, cursors and tallies.
FREE = """
    SELECT s.id FROM places s JOIN people w ON w.id = %(person)s
    WHERE s.role = 'third_party' AND s.purpose IN ('label', 'extra') AND s.offered
        AND s.rater_id IS NULL
        AND s.reserved_for_id IS NULL AND s.owner_id IS DISTINCT FROM w.rater
        AND (s.not_before IS NULL OR s.not_before <= clock_timestamp())
        AND NOT EXISTS (SELECT FROM places t WHERE t.sheet_id = s.sheet_id AND t.rater_id = w.rater)
        AND NOT EXISTS (
            SELECT FROM annotation_lapse p WHERE p.sheet_id = s.sheet_id AND p.rater_id = w.rater
                AND (p.why IN ('skipped', 'flagged') OR p.answered_at IS NOT NULL))
"""
# Somebody who found nothing does not look from the start again for some seconds.
LATER = """
UPDATE annotation_cursor SET looked_at = looked_at - interval '1 minute'
FROM annotation_lane l WHERE l.id = lane_id AND l.study_id = %(study)s
"""
SAID = f"""
{WITH} SELECT w.id, j.sheet_id, j.item_id, j.value, j.use FROM given j
JOIN people w ON w.rater = j.rater_id
"""  # noqa: S608 - our own constants


def faults(study: int, quota: int) -> dict[str, int]:
    """Return how often each thing is that must never be."""
    asked = {"study": study, "quota": quota, "reasons": LapseReason.values}
    return {
        name: rows(f"{WITH} SELECT count(*) FROM ({fault}) AS fault", asked)[0][0]  # noqa: S608
        for name, fault in FAULTS.items()
    }


def lost(study: int, journal: Iterable[Answered]) -> list[Answered]:
    """Return the answers that a server said it had, and that are not there as they were given."""
    said: dict[tuple[int, int], dict[int, tuple[int, str]]] = {}
    for person, sheet, item, value, use in rows(SAID, {"study": study}):
        said.setdefault((person, sheet), {})[item] = (value, use)
    return [one for one in journal if not _is_there(one, said.get((one.person, one.sheet), {}))]


def free(study: int, person: int) -> list[int]:
    """Return the places that somebody could be given."""
    return [row[0] for row in rows(f"{WITH} {FREE}", {"study": study, "person": person})]


def later(study: int) -> None:
    """Let some time pass for those who found nothing."""
    with connection.cursor() as cursor:
        cursor.execute(LATER, {"study": study})


def rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what the database answers."""
    with prepared() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


def _is_there(one: Answered, said: dict[int, tuple[int, str]]) -> bool:
    """Return whether answers are there; what came in time may be surplus where the owner left."""
    same = {item: value for item, (value, _use) in said.items()} == one.values
    return same and (one.in_time is not False or {use for _v, use in said.values()} == {"surplus"})
