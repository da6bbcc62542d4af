"""Who wrote a record's texts may be filled in once, later: nobody is ever shown it."""

from django.db import migrations

# What an item shows may not change under it. Only what is not shown is ever added: the time of a
# withdrawal, and the authors of a record's texts.
FUNCTION = """
CREATE OR REPLACE FUNCTION annotation_subject_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used boolean;
BEGIN
    IF to_jsonb(new) = to_jsonb(old) OR (
        to_jsonb(old) ->> 'withdrawn_at' IS NULL
        AND to_jsonb(new) - 'withdrawn_at' = to_jsonb(old) - 'withdrawn_at'
    ){authors} THEN
        RETURN new;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE $1 IN (%s))', tg_argv[0], tg_argv[1])
        INTO used USING old.id;
    IF used THEN
        RAISE EXCEPTION '% % is in use and cannot change: add a new row', tg_table_name, old.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'subject_frozen';
    END IF;
    RETURN new;
END $$;
"""
AUTHORS = """ OR (
        to_jsonb(old) -> 'authors' = '{}'::jsonb
        AND to_jsonb(new) - 'authors' = to_jsonb(old) - 'authors'
    )"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0012_profiles")]

    operations = [
        migrations.RunSQL(FUNCTION.replace("{authors}", AUTHORS), FUNCTION.replace("{authors}", ""))
    ]
