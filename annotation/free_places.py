"""The free places of a stage in groups that are alike to those who share them, in SQL.

Places of a million sheets are counted and given by one statement each, and never brought here.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from annotation.dividing import Division, Group
from annotation.models import Study
from annotation.models.places import Purpose, SlotRole

# What somebody knows already: own sheets, those with a place of theirs, and those given back for good.
SHEETS = f"""
named AS (
    SELECT rater, at::int - 1 AS at FROM unnest(%(raters)s::bigint[]) WITH ORDINALITY AS n(rater, at)
    WHERE rater IS NOT NULL
), known AS (
    SELECT h.id AS sheet_id, n.at FROM named n JOIN annotation_sheet h ON h.owner_id = n.rater
    UNION SELECT s.sheet_id, n.at FROM named n JOIN annotation_slot s
        ON s.rater_id = n.rater AND s.submitted_at IS NULL
    UNION SELECT s.sheet_id, n.at FROM named n JOIN annotation_slot s
        ON s.rater_id = n.rater AND s.submitted_at IS NOT NULL
    UNION SELECT s.sheet_id, n.at FROM named n JOIN annotation_slot s
        ON s.reserved_for_id = n.rater AND s.rater_id IS NULL
    UNION SELECT p.sheet_id, n.at FROM named n JOIN annotation_lapse p ON p.rater_id = n.rater
        AND (p.why IN ('skipped', 'flagged') OR p.answered_at IS NOT NULL)
), closed AS (
    SELECT sheet_id, array_agg(at ORDER BY at) AS who FROM known GROUP BY sheet_id
), asked AS (
    SELECT sheet_id, array_agg(DISTINCT at ORDER BY at) AS who
    FROM unnest(%(sheets)s::bigint[], %(askers)s::int[]) AS a(sheet_id, at) GROUP BY sheet_id
), free AS (
    SELECT s.id, s.sheet_id, l.stratum
    FROM annotation_lane l JOIN annotation_slot s ON s.lane_id = l.id
    WHERE l.study_id = %(study)s AND l.role = '{SlotRole.THIRD_PARTY}' AND l.stage = %(stage)s
        AND l.purpose = '{Purpose.LABEL}' AND l.cohort_id IS NULL
        AND s.rater_id IS NULL AND s.reserved_for_id IS NULL AND s.offered
        AND (s.not_before IS NULL OR s.not_before <= clock_timestamp())
)
"""  # noqa: S608 - our own constants
COUNT = f"""
WITH {SHEETS}, counted AS (
    SELECT sheet_id, min(stratum) AS stratum, count(*) AS places FROM free GROUP BY sheet_id
)
SELECT stratum, places, coalesce(c.who, '{{}}'), coalesce(a.who, '{{}}'), count(*)
FROM counted LEFT JOIN closed c USING (sheet_id) LEFT JOIN asked a USING (sheet_id)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 - our own constants
# Places stand in rounds within their group; whoever is on their way to one at this moment keeps it.
GIVE = f"""
WITH {SHEETS}, counted AS (
    SELECT sheet_id, min(stratum) AS stratum, count(*) AS places FROM free GROUP BY sheet_id
), ranked AS (
    SELECT sheet_id, k.no, k.used, count(*) OVER (PARTITION BY k.no) AS sheets,
        row_number() OVER (
            PARTITION BY k.no ORDER BY hashint8extended(sheet_id, %(seed)s), sheet_id
        ) - 1 AS rank
    FROM counted n LEFT JOIN closed c USING (sheet_id) LEFT JOIN asked a USING (sheet_id)
    JOIN jsonb_to_recordset(%(kinds)s) AS k(
        no int, used bigint, stratum text, places bigint, closed int[], asked int[]
    ) ON (k.stratum, k.places, k.closed, k.asked)
        = (n.stratum, n.places, coalesce(c.who, '{{}}'), coalesce(a.who, '{{}}'))
), used AS MATERIALIZED (
    SELECT f.id, r.no,
        (row_number() OVER (PARTITION BY f.sheet_id ORDER BY f.id) - 1) * r.sheets + r.rank AS turn
    FROM ranked r JOIN free f USING (sheet_id) WHERE r.rank < r.used
), chosen AS (
    SELECT u.id, r.at, r.rater, r.cohort FROM used u JOIN jsonb_to_recordset(%(ranges)s) AS r(
        no int, first bigint, past bigint, at int, rater bigint, cohort bigint
    ) ON r.no = u.no AND u.turn >= r.first AND u.turn < r.past
    WHERE (r.rater IS NULL) <> (r.cohort IS NULL)
), locked AS (
    SELECT s.id, c.at, c.rater, c.cohort FROM annotation_slot s JOIN chosen c ON c.id = s.id
    WHERE s.rater_id IS NULL AND s.reserved_for_id IS NULL AND s.cohort_id IS NULL AND s.offered
    ORDER BY s.id FOR UPDATE OF s SKIP LOCKED
), given AS (
    UPDATE annotation_slot s SET reserved_for_id = l.rater, cohort_id = l.cohort
    FROM locked l WHERE s.id = l.id RETURNING s.sheet_id, l.at
)
SELECT at, count(*), count(DISTINCT sheet_id) FROM given GROUP BY at
"""  # noqa: S608 - our own constants
# Of the sheets that somebody asks for, those that this person may have.
OPEN = f"""
WITH {SHEETS} SELECT DISTINCT sheet_id FROM free
JOIN asked USING (sheet_id) LEFT JOIN closed USING (sheet_id) WHERE closed.sheet_id IS NULL
"""  # noqa: S608 - our own constants


@dataclass(frozen=True, slots=True)
class Sharer:
    """Who gets places: a rater, or whoever came by an invite; and perhaps of which sheets."""

    rater: int | None
    invite: int | None = None
    sheets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes sheets alike: stratum, free places, who knows them, who asked for them."""

    stratum: str
    places: int
    closed: tuple[int, ...]
    asked: tuple[int, ...]


def count(study: Study, stage: str, who: Sequence[Sharer]) -> dict[Kind, Group]:
    """Return the groups of sheets with free places."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, _parameters(study, stage, who))
        rows = cursor.fetchall()
    return {
        Kind(stratum, places, tuple(closed), tuple(asked)): Group(
            sheets, places, frozenset(closed), frozenset(asked)
        )
        for stratum, places, closed, asked, sheets in rows
    }


def sheets_for(study: Study, stage: str, who: Sharer) -> set[int]:
    """Return the sheets with free places that somebody asked for and may have."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, _parameters(study, stage, [who]))
        return {sheet for (sheet,) in cursor.fetchall()}


def give(
    study: Study,
    stage: str,
    who: Sequence[Sharer],
    kinds: Sequence[Kind],
    division: Division,
    seed: int,
) -> list[int]:
    """Give the places as divided, in the order of a seed; return how many each got.

    Fewer than divided where somebody takes places at this moment, or where a sheet became another
    kind of sheet: then the caller takes everything back.
    """
    ranges = []
    for no in range(len(kinds)):
        first = 0
        for at, many in enumerate(row[no] for row in division.given):
            if many:
                ranges.append(
                    {
                        "no": no,
                        "first": first,
                        "past": first + many,
                        "at": at,
                        "rater": who[at].rater,
                        "cohort": who[at].invite,
                    }
                )
            first += many
    used = [
        asdict(kind) | {"no": no, "used": division.used[no]}
        for no, kind in enumerate(kinds)
        if division.used[no]
    ]
    parameters = _parameters(study, stage, who)
    parameters |= {"kinds": json.dumps(used), "ranges": json.dumps(ranges), "seed": seed}
    with connection.cursor() as cursor:
        cursor.execute(GIVE, parameters)
        rows = cursor.fetchall()
    # A second place of one sheet is none to a person.
    got = {at: places if who[at].invite else sheets for at, places, sheets in rows}
    return [got.get(at, 0) for at in range(len(who))]


def _parameters(study: Study, stage: str, who: Sequence[Sharer]) -> dict[str, Any]:
    asked = [(sheet, at) for at, one in enumerate(who) for sheet in one.sheets]
    return {
        "study": study.pk,
        "stage": stage,
        "raters": [one.rater for one in who],
        "sheets": [sheet for sheet, _at in asked],
        "askers": [at for _sheet, at in asked],
    }
