"""Lanes, made by the database: no insert, import or withdrawal can forget them."""

from django.db import migrations

# Two who lay the first place of a kind at the same moment: one of them makes the lane. Its twin for
# returned places is made with it: whoever gives a place up holds others, and must not wait for
# somebody who makes the same lane.
LANE_OF = """
CREATE FUNCTION annotation_lane_of(
    of_study bigint, of_role text, of_stage text, of_purpose text, of_stratum text,
    of_cohort bigint, of_priority smallint, is_returned boolean
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found bigint;
BEGIN
    FOR attempt IN 1..3 LOOP
        SELECT id INTO found FROM annotation_lane
        WHERE study_id = of_study AND role = of_role AND stage = of_stage AND purpose = of_purpose
            AND stratum = of_stratum AND cohort_id IS NOT DISTINCT FROM of_cohort
            AND priority = of_priority AND returned = is_returned;
        IF found IS NOT NULL THEN
            RETURN found;
        END IF;
        INSERT INTO annotation_lane
            (study_id, role, stage, purpose, stratum, cohort_id, priority, returned)
        SELECT of_study, of_role, of_stage, of_purpose, of_stratum, of_cohort, of_priority, twin
        FROM (VALUES (false), (true)) AS both_of (twin) ORDER BY twin
        ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN found;
END $$;
"""

# A sheet is offered while nobody has flagged it, and to strangers only while its owner shows it.
IS_OFFERED = """
CREATE FUNCTION annotation_is_offered(of annotation_sheet, role text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT of.hidden_at IS NULL AND (
        role = 'first_person' OR of.owner_id IS NULL OR EXISTS (
            SELECT FROM annotation_rater r
            JOIN annotation_enrollment e ON e.participant_id = r.participant_id
            WHERE r.id = of.owner_id AND e.study_id = of.study_id
                AND e.withdrawn_at IS NULL AND 'show' = ANY (e.scopes)
        )
    )
$$;
"""

# A slot copies its sheet's owner, so that no insert can forget who may not be a stranger here, and
# stands in the lane of its kind. A place that was given up goes to the lane of returned places.
# Whatever becomes free stands behind all that are there: everybody comes to it, however far they are.
SLOT_PLACE = """
CREATE SEQUENCE annotation_slot_turn;
CREATE OR REPLACE FUNCTION annotation_slot_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet annotation_sheet;
    given_up boolean := false;
    is_returned boolean := false;
BEGIN
    IF tg_op = 'UPDATE' THEN
        IF pg_trigger_depth() = 1 THEN
            new.offered := old.offered;
        END IF;
        given_up := old.rater_id IS NOT NULL AND new.rater_id IS NULL;
        IF NOT given_up AND new.lane_id = old.lane_id AND new.position <> 0
            AND (new.sheet_id, new.owner_id, new.role, new.purpose, new.priority, new.cohort_id)
            IS NOT DISTINCT FROM
            (old.sheet_id, old.owner_id, old.role, old.purpose, old.priority, old.cohort_id) THEN
            RETURN new;
        END IF;
        is_returned := given_up
            OR coalesce((SELECT returned FROM annotation_lane WHERE id = old.lane_id), false);
    END IF;
    SELECT * INTO sheet FROM annotation_sheet WHERE id = new.sheet_id;
    IF sheet.id IS NULL THEN
        RETURN new;
    END IF;
    new.owner_id := sheet.owner_id;
    IF tg_op = 'INSERT' OR new.sheet_id <> old.sheet_id THEN
        new.offered := annotation_is_offered(sheet, new.role);
    END IF;
    IF new.position = 0 OR given_up THEN
        new.position := nextval('annotation_slot_turn');
    END IF;
    new.lane_id := annotation_lane_of(
        sheet.study_id, new.role, sheet.stage, new.purpose, sheet.stratum,
        new.cohort_id, new.priority, is_returned
    );
    IF tg_op = 'UPDATE' AND new.lane_id <> old.lane_id AND new.position = old.position THEN
        new.position := nextval('annotation_slot_turn');
    END IF;
    RETURN new;
END $$;
DROP TRIGGER slot_owner ON annotation_slot;
CREATE TRIGGER slot_owner BEFORE INSERT OR UPDATE ON annotation_slot
    FOR EACH ROW EXECUTE FUNCTION annotation_slot_owner();
"""
OLD_SLOT_OWNER = """
DROP TRIGGER slot_owner ON annotation_slot;
CREATE OR REPLACE FUNCTION annotation_slot_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.owner_id := (SELECT owner_id FROM annotation_sheet WHERE id = new.sheet_id);
    RETURN new;
END $$;
CREATE TRIGGER slot_owner BEFORE INSERT OR UPDATE OF sheet_id, owner_id ON annotation_slot
    FOR EACH ROW EXECUTE FUNCTION annotation_slot_owner();
DROP SEQUENCE annotation_slot_turn;
"""

# Places of one sheet or one person are locked in order: two who change the same ones take turns.
OFFERED = """
CREATE FUNCTION annotation_sheet_offered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM annotation_slot WHERE sheet_id = new.id ORDER BY id FOR NO KEY UPDATE;
    UPDATE annotation_slot
    SET offered = annotation_is_offered(new, role), lane_id = NULL, position = 0
    WHERE sheet_id = new.id;
    RETURN NULL;
END $$;
CREATE TRIGGER sheet_offered AFTER UPDATE ON annotation_sheet FOR EACH ROW
    WHEN ((old.hidden_at IS NULL) <> (new.hidden_at IS NULL)
        OR (old.study_id, old.stage, old.stratum) IS DISTINCT FROM
            (new.study_id, new.stage, new.stratum))
    EXECUTE FUNCTION annotation_sheet_offered();

CREATE FUNCTION annotation_enrollment_offered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    places bigint[];
BEGIN
    SELECT array_agg(s.id ORDER BY s.id) INTO places
    FROM annotation_rater r
    JOIN annotation_sheet h ON h.owner_id = r.id AND h.study_id = new.study_id
    JOIN annotation_slot s ON s.sheet_id = h.id
    WHERE r.participant_id = new.participant_id;
    IF places IS NOT NULL THEN
        PERFORM FROM annotation_slot WHERE id = ANY (places) ORDER BY id FOR NO KEY UPDATE;
        UPDATE annotation_slot s SET offered = annotation_is_offered(h, s.role), position = 0
        FROM annotation_sheet h WHERE h.id = s.sheet_id AND s.id = ANY (places)
            AND s.offered <> annotation_is_offered(h, s.role);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER enrollment_offered_new AFTER INSERT ON annotation_enrollment
    FOR EACH ROW EXECUTE FUNCTION annotation_enrollment_offered();
CREATE TRIGGER enrollment_offered AFTER UPDATE ON annotation_enrollment FOR EACH ROW
    WHEN (old.scopes IS DISTINCT FROM new.scopes
        OR (old.withdrawn_at IS NULL) <> (new.withdrawn_at IS NULL))
    EXECUTE FUNCTION annotation_enrollment_offered();
"""

# What was there before lanes were: offered as the rule says, in the order in which it stood.
BACKFILL_OFFERED = """
UPDATE annotation_slot s SET offered = false FROM annotation_sheet h
WHERE h.id = s.sheet_id AND NOT annotation_is_offered(h, s.role);
"""
BACKFILL_LANES = """
UPDATE annotation_slot s SET position = o.turn FROM (
    SELECT id, row_number() OVER (ORDER BY position, id) AS turn FROM annotation_slot
) AS o WHERE o.id = s.id;
SELECT setval('annotation_slot_turn', (SELECT count(*) + 1 FROM annotation_slot));
"""

TUNED = """
ALTER TABLE annotation_slot SET (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 85);
ALTER TABLE annotation_tally SET (
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, fillfactor = 50);
ALTER TABLE annotation_cursor SET (fillfactor = 70);
"""
UNTUNED = """
ALTER TABLE annotation_slot RESET (autovacuum_vacuum_scale_factor, fillfactor);
ALTER TABLE annotation_tally RESET (
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, fillfactor);
ALTER TABLE annotation_cursor RESET (fillfactor);
"""


def functions(sql: str, *names: str) -> migrations.RunSQL:
    """Return the step that makes functions with their triggers; CASCADE drops both."""
    return migrations.RunSQL(
        sql, "; ".join(f"DROP FUNCTION annotation_{name} CASCADE" for name in names)
    )


class Migration(migrations.Migration):
    dependencies = [("annotation", "0009_lanes")]

    operations = [
        functions(LANE_OF, "lane_of(bigint, text, text, text, text, bigint, smallint, boolean)"),
        functions(IS_OFFERED, "is_offered(annotation_sheet, text)"),
        migrations.RunSQL(BACKFILL_OFFERED, ""),
        migrations.RunSQL(SLOT_PLACE, OLD_SLOT_OWNER),
        functions(OFFERED, "sheet_offered()", "enrollment_offered()"),
        migrations.RunSQL(TUNED, UNTUNED),
        migrations.RunSQL(BACKFILL_LANES, ""),
    ]
