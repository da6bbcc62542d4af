"""Rules that Django cannot state: composite foreign keys, and triggers that keep raw data raw."""

from django.db import migrations

COMPOSITE_KEYS = [
    # table, name, columns, what they refer to
    ("item", "item_sheet_in_study", "sheet_id, study_id", "sheet (id, study_id)"),
    ("item", "item_question_in_study", "question_id, study_id", "question (id, study_id)"),
    ("slot", "slot_owner_of_sheet", "sheet_id, owner_id", "sheet (id, owner_id)"),
    ("judgment", "judgment_item_of_question", "item_id, question_id", "item (id, question_id)"),
    ("judgment", "judgment_value_is_option", "question_id, value", "option (question_id, code)"),
    ("responsepair", "response_pair_a_of_query", "query_id, a_id", "response (query_id, id)"),
    ("responsepair", "response_pair_b_of_query", "query_id, b_id", "response (query_id, id)"),
]

QUESTION_FROZEN = """
CREATE FUNCTION annotation_question_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked bigint[];
BEGIN
    IF tg_table_name = 'annotation_question' THEN
        asked := ARRAY[old.id];
    ELSE
        asked := ARRAY[old.question_id, new.question_id];
        PERFORM FROM annotation_question WHERE id = ANY (asked) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    IF EXISTS (SELECT FROM annotation_item WHERE question_id = ANY (asked)) THEN
        RAISE EXCEPTION 'question % is in use: make a new version', asked
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'question_frozen';
    END IF;
    RETURN CASE tg_op WHEN 'DELETE' THEN old ELSE new END;
END $$;
CREATE TRIGGER question_frozen BEFORE UPDATE OR DELETE ON annotation_question
    FOR EACH ROW EXECUTE FUNCTION annotation_question_frozen();
CREATE TRIGGER option_frozen BEFORE INSERT OR UPDATE OR DELETE ON annotation_option
    FOR EACH ROW EXECUTE FUNCTION annotation_question_frozen();
"""

# What an item shows may not change under it. Only the time of a withdrawal is ever added.
SUBJECT_FROZEN = """
CREATE FUNCTION annotation_subject_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used boolean;
BEGIN
    IF to_jsonb(new) = to_jsonb(old) OR (
        to_jsonb(old) ->> 'withdrawn_at' IS NULL
        AND to_jsonb(new) - 'withdrawn_at' = to_jsonb(old) - 'withdrawn_at'
    ) THEN
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

SUBJECT_TRIGGERS = [
    # table, where its use shows, by which columns
    ("attribute", "annotation_item", "attribute_id"),
    ("attribute", "annotation_relevancepair", "attribute_id"),
    ("relevancepair", "annotation_item", "relevance_pair_id"),
    ("responsepair", "annotation_item", "response_pair_id"),
    ("response", "annotation_item", "response_id"),
    ("response", "annotation_responsepair", "a_id, b_id"),
    ("record", "annotation_item", "record_id"),
    ("query", "annotation_relevancepair", "query_id"),
    ("query", "annotation_response", "query_id"),
    ("item", "annotation_judgment", "item_id"),
]

JUDGMENT_APPEND_ONLY = """
CREATE FUNCTION annotation_judgment_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        -- Only an erasure that a person may demand by law deletes; it sets this for its transaction.
        IF current_setting('concord.erasing', true) = 'on' THEN
            RETURN old;
        END IF;
    ELSIF old.superseded_at IS NULL AND new.superseded_at IS NOT NULL
        AND to_jsonb(new) - 'superseded_at' = to_jsonb(old) - 'superseded_at' THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'judgment % is append-only: supersede it and add a new one', old.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'judgment_append_only';
END $$;
CREATE TRIGGER judgment_append_only BEFORE UPDATE OR DELETE ON annotation_judgment
    FOR EACH ROW EXECUTE FUNCTION annotation_judgment_append_only();
"""

# First person, third party and machine are never pooled: the role follows from the rater and the
# owner, and no caller can get it wrong. Checked per statement, so a large import pays one join.
JUDGMENT_ROLE = """
CREATE FUNCTION annotation_judgment_role() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT a.id INTO wrong FROM added a
    JOIN annotation_rater r ON r.id = a.rater_id
    JOIN annotation_item i ON i.id = a.item_id
    JOIN annotation_sheet s ON s.id = i.sheet_id
    WHERE a.role <> CASE
        WHEN r.kind IN ('judge', 'model', 'baseline') THEN 'machine'
        WHEN s.owner_id = r.id THEN 'first_person'
        ELSE 'third_party' END
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'judgment % has a role that its rater does not have here', wrong
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'judgment_role_fits';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER judgment_role_fits AFTER INSERT ON annotation_judgment
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annotation_judgment_role();
"""

# A shard per server process keeps the counter from being one hot row; the order of questions
# keeps two processes on one shard from waiting for each other in a circle.
STAMPS = """
CREATE FUNCTION annotation_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotation_stamp (question_id, shard, changes)
    SELECT question_id, pg_backend_pid() % 16, count(*) FROM changed
    GROUP BY question_id ORDER BY question_id
    ON CONFLICT (question_id, shard) DO UPDATE
        SET changes = annotation_stamp.changes + excluded.changes;
    RETURN NULL;
END $$;
CREATE TRIGGER judgment_stamp_insert AFTER INSERT ON annotation_judgment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION annotation_stamp();
CREATE TRIGGER judgment_stamp_update AFTER UPDATE ON annotation_judgment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION annotation_stamp();
CREATE TRIGGER judgment_stamp_delete AFTER DELETE ON annotation_judgment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION annotation_stamp();
"""

REFERENCE_VALUES = """
CREATE FUNCTION annotation_reference_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM unnest(new.accepted) AS given (code)
        WHERE NOT EXISTS (
            SELECT FROM annotation_option o JOIN annotation_item i USING (question_id)
            WHERE i.id = new.item_id AND o.code = given.code
        )
    ) THEN
        RAISE EXCEPTION 'reference of item % accepts a value that is no option', new.item_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reference_is_option';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER reference_is_option BEFORE INSERT OR UPDATE ON annotation_reference
    FOR EACH ROW EXECUTE FUNCTION annotation_reference_values();
"""

# A slot copies its sheet's owner, so that no insert can forget who may not be a stranger here.
SLOT_OWNER = """
CREATE FUNCTION annotation_slot_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.owner_id := (SELECT owner_id FROM annotation_sheet WHERE id = new.sheet_id);
    RETURN new;
END $$;
CREATE TRIGGER slot_owner BEFORE INSERT OR UPDATE OF sheet_id, owner_id ON annotation_slot
    FOR EACH ROW EXECUTE FUNCTION annotation_slot_owner();
CREATE FUNCTION annotation_sheet_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.owner_id IS DISTINCT FROM old.owner_id
        AND EXISTS (SELECT FROM annotation_slot WHERE sheet_id = old.id) THEN
        RAISE EXCEPTION 'sheet % has slots and keeps its owner', old.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'slot_owner_of_sheet';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER sheet_owner BEFORE UPDATE OF owner_id ON annotation_sheet
    FOR EACH ROW EXECUTE FUNCTION annotation_sheet_owner();
CREATE FUNCTION annotation_item_holds_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM annotation_question WHERE id IN (SELECT question_id FROM added) ORDER BY id FOR SHARE;
    RETURN NULL;
END $$;
CREATE TRIGGER item_holds_question AFTER INSERT ON annotation_item
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annotation_item_holds_question();
"""


def composite_key(table: str, name: str, columns: str, target: str) -> migrations.RunSQL:
    """Return the step that adds one composite foreign key, and its reverse."""
    return migrations.RunSQL(
        f"ALTER TABLE annotation_{table} ADD CONSTRAINT {name}"
        f" FOREIGN KEY ({columns}) REFERENCES annotation_{target}",
        f"ALTER TABLE annotation_{table} DROP CONSTRAINT {name}",
    )


def subject_trigger(table: str, user: str, columns: str) -> migrations.RunSQL:
    """Return the step that freezes a subject while `user` refers to it."""
    name = f"subject_frozen_by_{user.removeprefix('annotation_')}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE ON annotation_{table} FOR EACH ROW"
        f" EXECUTE FUNCTION annotation_subject_frozen('{user}', '{columns}')",
        f"DROP TRIGGER {name} ON annotation_{table}",
    )


def functions(sql: str, *names: str) -> migrations.RunSQL:
    """Return the step that makes functions with their triggers; CASCADE drops both."""
    drops = "; ".join(f"DROP FUNCTION annotation_{name}() CASCADE" for name in names)
    return migrations.RunSQL(sql, drops)


class Migration(migrations.Migration):
    dependencies = [("annotation", "0001_spine")]

    operations = [
        *(composite_key(*key) for key in COMPOSITE_KEYS),
        functions(QUESTION_FROZEN, "question_frozen"),
        functions(SUBJECT_FROZEN, "subject_frozen"),
        *(subject_trigger(*trigger) for trigger in SUBJECT_TRIGGERS),
        functions(JUDGMENT_APPEND_ONLY, "judgment_append_only"),
        functions(JUDGMENT_ROLE, "judgment_role"),
        functions(STAMPS, "stamp"),
        functions(REFERENCE_VALUES, "reference_values"),
        functions(SLOT_OWNER, "slot_owner", "sheet_owner", "item_holds_question"),
    ]
