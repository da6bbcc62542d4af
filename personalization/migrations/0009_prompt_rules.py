"""Prompts that a judge has used stay as they are, whoever writes to the table."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION personalization_prompt_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.used_at IS NOT NULL THEN
            RAISE EXCEPTION 'prompt % v% was used and stays', OLD.name, OLD.version
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'prompt_frozen';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.used_at IS NOT NULL OR OLD.shipped)
        AND (NEW.name, NEW.version, NEW.text, NEW.hash, NEW.shipped)
            IS DISTINCT FROM (OLD.name, OLD.version, OLD.text, OLD.hash, OLD.shipped) THEN
        RAISE EXCEPTION 'prompt % v% is frozen', OLD.name, OLD.version
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'prompt_frozen';
    END IF;
    IF OLD.used_at IS NOT NULL AND NEW.used_at IS NULL THEN
        NEW.used_at := OLD.used_at;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER prompt_frozen BEFORE UPDATE OR DELETE ON personalization_promptversion
FOR EACH ROW EXECUTE FUNCTION personalization_prompt_frozen();
"""
BACKWARD = """
DROP TRIGGER prompt_frozen ON personalization_promptversion;
DROP FUNCTION personalization_prompt_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("personalization", "0008_judge_engine")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
