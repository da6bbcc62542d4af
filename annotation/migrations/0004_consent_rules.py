"""Consent texts never change, and an enrollment names one that exists."""

from django.db import migrations

# Texts that studies held themselves become their versions; so does what people agreed to before.
KEEP_TEXTS = """
INSERT INTO annotation_consenttext (study_id, version, text, provider)
SELECT s.id, v.version, CASE WHEN s.consent_text <> '' THEN s.consent_text ELSE '-' END, ''
FROM annotation_study s JOIN (
    SELECT id AS study_id, consent_version AS version FROM annotation_study
    WHERE consent_text <> ''
    UNION
    SELECT study_id, consent_version FROM annotation_enrollment WHERE consent_version IS NOT NULL
) v ON v.study_id = s.id;
"""

TEXT_FROZEN = """
CREATE FUNCTION annotation_consent_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'consent text % never changes: add a new version', old.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'consent_text_frozen';
END $$;
CREATE TRIGGER consent_text_frozen BEFORE UPDATE ON annotation_consenttext
    FOR EACH ROW EXECUTE FUNCTION annotation_consent_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0003_taking_part")]

    operations = [
        migrations.RunSQL(KEEP_TEXTS, migrations.RunSQL.noop),
        migrations.RemoveField("study", "consent_text"),
        migrations.RemoveField("study", "consent_version"),
        migrations.RunSQL(TEXT_FROZEN, "DROP FUNCTION annotation_consent_frozen() CASCADE"),
        migrations.RunSQL(
            "ALTER TABLE annotation_enrollment ADD CONSTRAINT enrollment_consent_of_study"
            " FOREIGN KEY (study_id, consent_version)"
            " REFERENCES annotation_consenttext (study_id, version)",
            "ALTER TABLE annotation_enrollment DROP CONSTRAINT enrollment_consent_of_study",
        ),
    ]
