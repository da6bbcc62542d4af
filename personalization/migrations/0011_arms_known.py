"""Who made what there is becomes an arm: same names as before, so that saved filters still hold."""

from django.db import migrations

EXTRACTORS = """
INSERT INTO personalization_arm (study_id, step, name, source, fingerprint, endpoint_id, configuration)
SELECT c.study_id, 'extraction', x.extractor, 'called', 'before: ' || x.extractor,
    min(e.id), jsonb_build_object('maker', x.extractor)
FROM personalization_extraction x JOIN annotation_conversation c ON c.id = x.conversation_id
LEFT JOIN personalization_modelcall m ON m.id = x.call_id
LEFT JOIN personalization_endpoint e ON e.name = m.endpoint
GROUP BY c.study_id, x.extractor;
UPDATE personalization_extraction x SET arm_id = a.id
FROM annotation_conversation c, personalization_arm a
WHERE c.id = x.conversation_id AND a.study_id = c.study_id AND a.step = 'extraction'
    AND a.name = x.extractor;
INSERT INTO personalization_armattribute (arm_id, attribute_id)
SELECT DISTINCT x.arm_id, v.attribute_id
FROM personalization_extracted d JOIN personalization_extraction x ON x.id = d.extraction_id
JOIN annotation_attributevariant v ON v.id = d.variant_id;
"""
# A generator worked under two conditions: these are two arms.
GENERATORS = """
INSERT INTO personalization_arm (study_id, step, name, source, fingerprint, endpoint_id, configuration)
SELECT n.study_id, 'generation', g.generator || ', ' || g.condition, 'called',
    'before: ' || g.generator || ', ' || g.condition, min(e.id),
    jsonb_build_object('maker', g.generator, 'condition', g.condition)
FROM personalization_generation g JOIN annotation_enrollment n ON n.id = g.enrollment_id
LEFT JOIN personalization_modelcall m ON m.id = g.call_id
LEFT JOIN personalization_endpoint e ON e.name = m.endpoint
GROUP BY n.study_id, g.generator, g.condition;
UPDATE personalization_generation g SET arm_id = a.id
FROM annotation_enrollment n, personalization_arm a
WHERE n.id = g.enrollment_id AND a.study_id = n.study_id AND a.step = 'generation'
    AND a.name = g.generator || ', ' || g.condition;
INSERT INTO personalization_armresponse (arm_id, response_id)
SELECT g.arm_id, g.response_id FROM personalization_generation g WHERE g.response_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("personalization", "0010_arms")]

    operations = [
        migrations.RunSQL(EXTRACTORS, migrations.RunSQL.noop),
        migrations.RunSQL(GENERATORS, migrations.RunSQL.noop),
    ]
