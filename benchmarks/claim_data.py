"""Studies of made-up sheets for `claim_time`: places half sent, some given up, and people's pasts."""

import time
from dataclasses import dataclass
from typing import Any

from django.db import connection

from annotation.models import ConsentText, Question, Study

# People by how many answers are behind them; new ones, those who have sent the rest, and owners.
PASTS = (500, 5000)
NEW, OTHERS, OWNERS = 2000, 300, 1000
STAGES, STRATA = ["review", "relevance", "comparison"], ["a", "b"]
RETURNED, HELD = 2000, 200
# The study where the answers are for which a small one has no room.
ELSEWHERE, ROOM = "elsewhere", 12_000

PEOPLE = """
WITH people AS (
    INSERT INTO annotation_participant (pseudonym)
    SELECT %(name)s || n FROM generate_series(1, %(many)s) n RETURNING id, pseudonym
), enrolled AS (
    INSERT INTO annotation_enrollment
        (participant_id, study_id, way, part, scopes, consent_version, consented_at)
    SELECT id, %(study)s, 'labels', 'others', '{use,show}', 1, now() FROM people
), raters AS (
    INSERT INTO annotation_rater (kind, name, fingerprint, participant_id, configuration)
    SELECT 'person', pseudonym, pseudonym, id, '{}' FROM people RETURNING id
)
SELECT min(id) FROM raters
"""
SHEETS = """
INSERT INTO annotation_sheet (study_id, stage, stratum, owner_id)
SELECT %(study)s, (%(stages)s::text[])[1 + n %% 3], (%(strata)s::text[])[1 + n / 3 %% 2],
    %(owners)s + n / 7 %% %(owners_many)s
FROM generate_series(0, %(sheets)s - 1) n
"""
ITEMS = """
WITH records AS (
    INSERT INTO annotation_record (study_id, key, fields)
    SELECT study_id, id, '{}' FROM annotation_sheet WHERE study_id = %(study)s RETURNING id, key
)
INSERT INTO annotation_item (sheet_id, study_id, question_id, record_id)
SELECT key::bigint, %(study)s, %(question)s, id FROM records
"""
# In shuffled order: about half of the places are sent, and what is left comes behind them. The last
# ones at first places are by the rater with a short past, those at second places by the other one.
SLOTS = """
INSERT INTO annotation_slot (
    sheet_id, role, ordinal, seed, rater_id, leased_at, leased_until, submitted_at
)
SELECT sheet, 'third_party', ordinal, 1, rater, sent, sent, sent FROM (
    SELECT sheet, ordinal, turn, CASE
        WHEN turn >= 0 THEN NULL
        WHEN row_number() OVER last <= (%(pasts)s::int[])[ordinal + 1] THEN %(past)s + ordinal
        ELSE %(others)s + 100 * ordinal + abs(turn) %% 100 END AS rater,
        CASE WHEN turn < 0 THEN now() END AS sent
    FROM (
        SELECT id AS sheet, ordinal, hashint8extended(id * 3 + ordinal, 7) AS turn
        FROM annotation_sheet, generate_series(0, 2) ordinal WHERE study_id = %(study)s
    ) places
    WINDOW last AS (PARTITION BY ordinal, turn < 0 ORDER BY turn DESC)
) AS made ORDER BY turn
"""
PICKED = """
WITH picked AS (
    SELECT s.id, s.sheet_id, s.ordinal FROM annotation_slot s
    JOIN annotation_lane l ON l.id = s.lane_id
    WHERE l.study_id = %(study)s AND s.rater_id IS NULL AND NOT l.returned
    ORDER BY hashint8extended(s.id, 11) LIMIT %(many)s
)
"""
LEASED = """
UPDATE annotation_slot s SET rater_id = %(others)s + 100 * picked.ordinal + s.id %% 100,
    leased_at = now(), leased_until = now() + interval '1 hour'
FROM picked WHERE s.id = picked.id
"""
GIVEN_UP = """
WITH over AS (
    SELECT s.* FROM annotation_slot s JOIN annotation_lane l ON l.id = s.lane_id
    WHERE l.study_id = %(study)s AND s.rater_id IS NOT NULL AND s.submitted_at IS NULL
), lapsed AS (
    INSERT INTO annotation_lapse (slot_id, sheet_id, rater_id, leased_at, why, note)
    SELECT id, sheet_id, rater_id, leased_at, 'expired', '' FROM over
)
UPDATE annotation_slot s SET rater_id = NULL, leased_at = NULL, leased_until = NULL
FROM over WHERE over.id = s.id
"""
# One sheet in ten was skipped, or its time went by.
LAPSES = """
INSERT INTO annotation_lapse (slot_id, sheet_id, rater_id, leased_at, why, note)
SELECT s.id, s.sheet_id, %(rater)s, now(), CASE WHEN s.id %% 5 = 0 THEN 'skipped' ELSE 'expired' END, ''
FROM annotation_slot s JOIN annotation_lane l ON l.id = s.lane_id
WHERE l.study_id = %(study)s AND s.ordinal = 2 AND NOT EXISTS (
    SELECT FROM annotation_slot t WHERE t.sheet_id = s.sheet_id AND t.rater_id = %(rater)s
)
ORDER BY hashint8extended(s.id, 13) LIMIT %(many)s
"""
CURSORS = """
INSERT INTO annotation_cursor (rater_id, lane_id, position)
SELECT rater_id, lane_id, max(position) FROM annotation_slot
WHERE rater_id = %(rater)s GROUP BY rater_id, lane_id
"""
# As when many have counted at the same time: each lane in all shards.
SHARDS = """
INSERT INTO annotation_tally (lane_id, shard)
SELECT id, shard FROM annotation_lane, generate_series(0, 31) shard WHERE study_id = %(study)s
ON CONFLICT DO NOTHING
"""
SENT_ELSEWHERE = """
UPDATE annotation_slot s SET rater_id = %(rater)s, leased_at = now(), leased_until = now(),
    submitted_at = now()
WHERE s.id IN (
    SELECT s.id FROM annotation_slot s JOIN annotation_sheet h ON h.id = s.sheet_id
    WHERE h.study_id = %(study)s AND s.ordinal = %(ordinal)s AND s.rater_id IS NULL
    LIMIT greatest(%(past)s - (
        SELECT count(*) FROM annotation_slot WHERE rater_id = %(rater)s
    ), 0)
)
"""


@dataclass(slots=True)
class Made:
    """A study, and the first of its raters with a past, of the new ones and of the others."""

    study: Study
    sheets: int
    past: int
    new: int
    others: int
    seconds: dict[str, float]
    begun: int = 0

    def newcomer(self) -> int:
        """Return the next rater who has never been here."""
        self.begun += 1
        return self.new + self.begun - 1


def make(name: str, sheets: int, elsewhere: Study | None = None) -> Made:
    """Make a study of so many sheets, half sent; `elsewhere` is where the rest of a past is."""
    study = Study.objects.create(name=name, sheets_each=30_000)
    ConsentText.objects.create(study=study, version=1, text="-")
    question = Question.objects.create(
        study=study, key="true", kind="custom", level="nominal", wording="Is it true?"
    )
    question.options.create(code=0, key="no")
    question.options.create(code=1, key="yes")
    known: dict[str, Any] = {
        "study": study.pk, "question": question.pk, "sheets": sheets,
        "stages": STAGES, "strata": STRATA, "owners_many": OWNERS, "pasts": [*PASTS, 0],
    }  # fmt: skip
    people = {"owners": OWNERS, "others": OTHERS, "past": len(PASTS), "new": NEW}
    for kind, many in people.items():
        known[kind] = _run(PEOPLE, known | {"name": f"{name}-{kind}-", "many": many})
    seconds = {"sheets": _timed(SHEETS, known), "items": _timed(ITEMS, known)}
    # Foreign keys are not what is measured: only our own rules are run here.
    _run("ALTER TABLE annotation_slot DISABLE TRIGGER ALL, ENABLE TRIGGER USER")
    seconds["places"] = _timed(SLOTS, known)
    _run("ALTER TABLE annotation_slot ENABLE TRIGGER ALL")
    _run(PICKED + LEASED, known | {"many": min(RETURNED, sheets // 5)})
    _run(GIVEN_UP, known)
    _run(PICKED + LEASED, known | {"many": min(HELD, sheets // 10)})
    for at, past in enumerate(PASTS):
        mine = known | {"rater": known["past"] + at, "past": past, "ordinal": at}
        if elsewhere is not None:
            _run(SENT_ELSEWHERE, mine | {"study": elsewhere.pk})
        _run(LAPSES, mine | {"many": min(past, sheets) // 10})
        _run(CURSORS, mine)
    _run(SHARDS, known)
    seconds["vacuum"] = _timed("VACUUM ANALYZE", None)
    return Made(study, sheets, known["past"], known["new"], known["others"], seconds)


def _run(statement: str, known: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, known)
        return int(cursor.fetchone()[0]) if cursor.description else cursor.rowcount


def _timed(statement: str, known: dict[str, Any] | None) -> float:
    begun = time.perf_counter()
    _run(statement, known)
    return time.perf_counter() - begun
