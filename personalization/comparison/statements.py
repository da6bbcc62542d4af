"""The SQL of the arms report: what arms have made, by person. Input is parameters alone."""

OF_STUDY = "m.arm_id IN (SELECT id FROM personalization_arm WHERE study_id = %(study)s)"
# Whoever took everything back counts nowhere.
STAYED = """NOT EXISTS (
    SELECT FROM annotation_enrollment w WHERE w.participant_id = {person}
        AND w.study_id = %(study)s AND w.withdrawn_at IS NOT NULL
)"""
OF_ATTRIBUTE, OF_CONVERSATION = (STAYED.format(person=f"{one}.participant_id") for one in "ac")
# In the profiles now: neither left out by a revision nor taken back by the person.
IN_PROFILE = f"{OF_STUDY} AND m.left_out IS NULL AND a.withdrawn_at IS NULL AND {OF_ATTRIBUTE}"
MEMBERS = f"""
SELECT m.arm_id, m.attribute_id FROM personalization_armattribute m
JOIN annotation_attribute a ON a.id = m.attribute_id
WHERE {IN_PROFILE} ORDER BY m.arm_id, m.attribute_id
"""  # noqa: S608 - our own constants
ATTRIBUTES = f"""
SELECT m.arm_id, a.participant_id, count(*),
    count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM annotation_evidence e WHERE e.attribute_id = a.id))
FROM personalization_armattribute m JOIN annotation_attribute a ON a.id = m.attribute_id
WHERE {IN_PROFILE} GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - our own constants
# A wording is an arm's own, or came in without anybody's having read it here.
VARIANTS = f"""
SELECT m.arm_id, a.participant_id, count(*)
FROM personalization_armattribute m
JOIN annotation_attribute a ON a.id = m.attribute_id
JOIN annotation_attributevariant v ON v.attribute_id = a.id
LEFT JOIN personalization_extracted x ON x.variant_id = v.id
LEFT JOIN personalization_extraction e ON e.id = x.extraction_id
WHERE {IN_PROFILE} AND (e.id IS NULL OR e.arm_id = m.arm_id) GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - our own constants
READ = f"""
SELECT m.arm_id, c.participant_id, count(*) FILTER (WHERE m.failure IS NULL),
    coalesce(sum(m.found), 0), coalesce(sum((m.dropped ->> 'below_floor')::int), 0),
    coalesce(sum((SELECT sum(value::int) FROM jsonb_each_text(m.dropped))), 0)
FROM personalization_extraction m JOIN annotation_conversation c ON c.id = m.conversation_id
WHERE {OF_STUDY} AND NOT m.trial AND m.settled_at IS NOT NULL AND {OF_CONVERSATION}
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - our own constants
LEFT_OUT = f"""
SELECT m.arm_id, m.left_out, count(*) FROM personalization_armattribute m
WHERE {OF_STUDY} AND m.left_out IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - our own constants
FAILED = " UNION ALL ".join(
    f"SELECT m.arm_id, count(*) FROM personalization_{table} m"  # noqa: S608 - our own constants
    f" WHERE {OF_STUDY} AND NOT m.trial AND m.failure IS NOT NULL GROUP BY 1"
    for table in ("extraction", "merging", "pointing", "revision", "generation")
)
# A personalized response beside a plain one, with whoever wrote the former; lengths in characters.
PAIRS = f"""
SELECT p.id, x.id, x.author_id, coalesce(p.participant_id, x.participant_id, -1),
    (x.id = p.b_id)::int, length(x.text), length(plain.text)
FROM annotation_responsepair p
JOIN annotation_query q ON q.id = p.query_id
JOIN annotation_response x ON x.id IN (p.a_id, p.b_id) AND x.condition <> 'none'
JOIN annotation_response plain ON plain.id IN (p.a_id, p.b_id) AND plain.condition = 'none'
WHERE q.study_id = %(study)s AND {STAYED.format(person="coalesce(p.participant_id, x.participant_id)")}
ORDER BY p.id
"""  # noqa: S608 - our own constants
RESPONSES = f"""
SELECT m.arm_id, m.response_id FROM personalization_armresponse m
WHERE {OF_STUDY} ORDER BY m.arm_id, m.response_id
"""  # noqa: S608 - our own constants
# Of responses that were written here: what is given away was looked for.
LEAKS = f"""
SELECT m.arm_id, e.participant_id, count(*), count(*) FILTER (WHERE cardinality(m.leaks) > 0)
FROM personalization_generation m JOIN annotation_enrollment e ON e.id = m.enrollment_id
WHERE {OF_STUDY} AND NOT m.trial AND m.response_id IS NOT NULL AND e.withdrawn_at IS NULL
    AND m.call_id IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - our own constants
