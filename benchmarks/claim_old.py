"""How a place was found before there were lanes (until November 2026): the reference of claim_time.

The first free place of a study by position, with a look for everything that makes it nothing for
the rater; as Django wrote it, in PostgreSQL's own words.
"""

INDEX = """
CREATE INDEX old_free ON annotation_slot (role, position, id) WHERE rater_id IS NULL
"""
OLD = """
SELECT s.*, h.*, y.* FROM annotation_slot s
JOIN annotation_sheet h ON h.id = s.sheet_id JOIN annotation_study y ON y.id = h.study_id
WHERE h.hidden_at IS NULL AND (h.owner_id = %(rater)s OR h.owner_id IS NULL OR EXISTS (
        SELECT FROM annotation_enrollment e JOIN annotation_participant p ON p.id = e.participant_id
        JOIN annotation_rater r ON r.participant_id = p.id
        WHERE r.id = h.owner_id AND e.study_id = h.study_id AND e.withdrawn_at IS NULL
            AND e.scopes @> ARRAY['show']
    ))
    AND h.study_id = %(study)s AND h.stage IN ('review', 'relevance', 'comparison')
    AND s.role = 'third_party' AND s.purpose = 'label' AND s.submitted_at IS NULL
    AND NOT (h.owner_id = %(rater)s AND h.owner_id IS NOT NULL
        OR EXISTS (SELECT FROM annotation_slot t WHERE t.sheet_id = s.sheet_id AND t.rater_id = %(rater)s)
        OR EXISTS (
            SELECT FROM annotation_lapse t WHERE t.sheet_id = s.sheet_id AND t.rater_id = %(rater)s
                AND t.why IN ('skipped', 'flagged')
        )
        OR EXISTS (
            SELECT FROM annotation_judgment j JOIN annotation_item i ON i.id = j.item_id
            WHERE i.sheet_id = s.sheet_id AND j.rater_id = %(rater)s
        ))
    AND (s.reserved_for_id IS NULL OR s.reserved_for_id = %(rater)s) AND s.rater_id IS NULL
ORDER BY s.position, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED
"""
