"""What each filter asks of an item (i) or of a judgment (j), in SQL; its value is a parameter."""

# Which items are in an arm. People who write are one author, as in `sides`: no filter knows names.
IN_ARM = {
    "condition": """(
    i.response_id IN (SELECT x.id FROM annotation_response x WHERE x.condition = %(arm)s)
    OR i.response_pair_id IN (
        SELECT p.id FROM annotation_responsepair p JOIN annotation_response x ON x.id = p.a_id
        WHERE x.condition = %(arm)s
        UNION ALL
        SELECT p.id FROM annotation_responsepair p JOIN annotation_response x ON x.id = p.b_id
        WHERE x.condition = %(arm)s
    ))""",
    "author": """(
    i.response_id IN (
        SELECT x.id FROM annotation_response x JOIN annotation_author w ON w.id = x.author_id
        WHERE CASE w.kind WHEN 'human' THEN 'human' ELSE w.name END = %(arm)s
    )
    OR i.response_pair_id IN (
        SELECT p.id FROM annotation_responsepair p JOIN annotation_response x ON x.id = p.a_id
        JOIN annotation_author w ON w.id = x.author_id WHERE CASE w.kind WHEN 'human' THEN 'human' ELSE w.name END = %(arm)s
        UNION ALL
        SELECT p.id FROM annotation_responsepair p JOIN annotation_response x ON x.id = p.b_id
        JOIN annotation_author w ON w.id = x.author_id WHERE CASE w.kind WHEN 'human' THEN 'human' ELSE w.name END = %(arm)s
    ))""",
    "extractor": """coalesce(
        i.attribute_id,
        (SELECT r.attribute_id FROM annotation_relevancepair r WHERE r.id = i.relevance_pair_id)
    ) IN (
        SELECT m.attribute_id FROM personalization_armattribute m
        JOIN personalization_arm a ON a.id = m.arm_id
        WHERE a.study_id = %(study)s AND a.name = %(arm)s AND m.left_out IS NULL
    )""",
    "source": """i.sheet_id IN (
        SELECT s.id FROM annotation_sheet s
        JOIN annotation_rater w ON w.id = s.owner_id
        JOIN annotation_conversation c
            ON c.participant_id = w.participant_id AND c.study_id = s.study_id
        JOIN annotation_turn t ON t.conversation_id = c.id
        WHERE s.study_id = %(study)s AND t.speaker = 'user' AND t.source = %(arm)s
    )""",
}
# An imported card says its language itself; of everything else it is the owner's.
IN_LANGUAGE = """coalesce(
    (SELECT r.fields ->> 'language' FROM annotation_record r WHERE r.id = i.record_id),
    (SELECT d.value FROM annotation_sheet s JOIN annotation_rater w ON w.id = s.owner_id
        JOIN annotation_demographic d ON d.participant_id = w.participant_id
            AND d.study_id = s.study_id AND d.key = 'language'
        WHERE s.id = i.sheet_id)
    ) = %(language)s"""
IN_CATEGORY = """i.record_id IN (
        SELECT r.id FROM annotation_record r
        WHERE r.study_id = %(study)s AND r.fields ->> 'category' = %(category)s
    )"""
# Pairs of rater and owner who said the same of themselves.
SHARED = """EXISTS (
        SELECT FROM annotation_item i
        JOIN annotation_sheet s ON s.id = i.sheet_id
        JOIN annotation_rater w ON w.id = s.owner_id
        JOIN annotation_demographic theirs ON theirs.participant_id = w.participant_id
            AND theirs.study_id = s.study_id AND theirs.key = %(demographic)s
        JOIN annotation_demographic own ON own.study_id = theirs.study_id
            AND own.key = theirs.key AND own.value = theirs.value
        JOIN annotation_rater r ON r.participant_id = own.participant_id
        WHERE i.id = j.item_id AND r.id = j.rater_id
    )"""
