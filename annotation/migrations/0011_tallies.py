"""Places counted by state, in the transaction that changes them, by the database itself."""

import django.db.models.deletion
from django.db import migrations, models

# Of the transactions that count at one time, each has a shard to itself while one is left. It
# needs no order among lanes then, and nobody waits for anybody's counter.
SHARD = """
CREATE FUNCTION annotation_shard() RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
    own integer := pg_backend_pid() % 32;
BEGIN
    FOR step IN 0..31 LOOP
        IF pg_try_advisory_xact_lock(20261122, (own + step) % 32) THEN
            RETURN (own + step) % 32;
        END IF;
    END LOOP;
    RETURN own;
END $$;
"""

STATES = {
    "free": "offered AND rater_id IS NULL",
    "leased": "offered AND rater_id IS NOT NULL AND submitted_at IS NULL",
    "submitted": "offered AND submitted_at IS NOT NULL",
    "withheld": "NOT offered",
}


def counting(verb: str) -> str:
    """Return the function and the trigger that count what a statement does to places."""
    parts = {"INSERT": ["after"], "UPDATE": ["after", "before"], "DELETE": ["before"]}[verb]
    sign = {"after": "", "before": "-"}
    moved = " UNION ALL ".join(
        "SELECT lane_id, "  # noqa: S608 - ours
        + ", ".join(f"{sign[at]}({what})::int AS {name}" for name, what in STATES.items())
        + f" FROM {at}"
        for at in parts
    )
    names = ", ".join(STATES)
    sums = ", ".join(f"sum({name}) AS {name}" for name in STATES)
    adds = ", ".join(f"{name} = annotation_tally.{name} + excluded.{name}" for name in STATES)
    tables = {"before": "OLD TABLE AS before", "after": "NEW TABLE AS after"}
    return f"""
CREATE FUNCTION annotation_tally_{verb.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotation_tally (lane_id, shard, {names})
    SELECT lane_id, (SELECT annotation_shard()), {names} FROM (
        SELECT lane_id, {sums} FROM ({moved}) AS moved GROUP BY lane_id
    ) AS changed
    WHERE ({names}) IS DISTINCT FROM (0, 0, 0, 0)
    ORDER BY lane_id
    ON CONFLICT (lane_id, shard) DO UPDATE SET {adds};
    RETURN NULL;
END $$;
CREATE TRIGGER slot_tally_{verb.lower()} AFTER {verb} ON annotation_slot
    REFERENCING {" ".join(tables[at] for at in parts)} FOR EACH STATEMENT
    EXECUTE FUNCTION annotation_tally_{verb.lower()}();
"""  # noqa: S608 - ours


LAPSES = """
CREATE FUNCTION annotation_tally_lapse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotation_tally (lane_id, shard, lapsed)
    SELECT s.lane_id, (SELECT annotation_shard()), count(*)
    FROM added a JOIN annotation_slot s ON s.id = a.slot_id
    GROUP BY s.lane_id ORDER BY s.lane_id
    ON CONFLICT (lane_id, shard) DO UPDATE SET lapsed = annotation_tally.lapsed + excluded.lapsed;
    RETURN NULL;
END $$;
CREATE TRIGGER lapse_tally AFTER INSERT ON annotation_lapse
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annotation_tally_lapse();
"""

# Counted from what is there: places, lapses, answers that came too late, and who has sent how many
# sheets.
BACKFILL = f"""
INSERT INTO annotation_tally (lane_id, shard, {", ".join(STATES)})
SELECT lane_id, 0, {", ".join(f"count(*) FILTER (WHERE {what})" for what in STATES.values())}
FROM annotation_slot GROUP BY lane_id;
INSERT INTO annotation_tally (lane_id, shard, lapsed)
SELECT s.lane_id, 0, count(*) FROM annotation_lapse p JOIN annotation_slot s ON s.id = p.slot_id
GROUP BY s.lane_id
ON CONFLICT (lane_id, shard) DO UPDATE SET lapsed = excluded.lapsed;
UPDATE annotation_lapse p SET answered_at = late.at FROM (
    SELECT slot_id, rater_id, max(at) AS at FROM annotation_judgment WHERE use = 'surplus'
    GROUP BY slot_id, rater_id
) AS late
WHERE p.id = (
    SELECT max(id) FROM annotation_lapse
    WHERE slot_id = late.slot_id AND rater_id = late.rater_id
) AND NOT EXISTS (
    SELECT FROM annotation_slot s
    WHERE s.id = late.slot_id AND s.rater_id = late.rater_id AND s.submitted_at IS NOT NULL
);
UPDATE annotation_enrollment e SET others_sent = sent.count FROM (
    SELECT h.study_id, r.participant_id, count(DISTINCT (o.sheet_id, o.occasion)) AS count
    FROM (
        SELECT rater_id, sheet_id, occasion FROM annotation_slot
        WHERE role = 'third_party' AND submitted_at IS NOT NULL
        UNION ALL
        SELECT p.rater_id, p.sheet_id, s.occasion
        FROM annotation_lapse p JOIN annotation_slot s ON s.id = p.slot_id
        WHERE s.role = 'third_party' AND p.answered_at IS NOT NULL
    ) AS o
    JOIN annotation_sheet h ON h.id = o.sheet_id JOIN annotation_rater r ON r.id = o.rater_id
    GROUP BY h.study_id, r.participant_id
) AS sent WHERE sent.study_id = e.study_id AND sent.participant_id = e.participant_id;
UPDATE annotation_enrollment e SET
    ended_by = CASE WHEN e.part = 'done' THEN 'done' ELSE 'stopped' END,
    earned_minor = CASE WHEN e.part = 'done' THEN s.pay_minor ELSE s.pay_partial_minor END
FROM annotation_study s WHERE s.id = e.study_id AND e.finished_at IS NOT NULL;
"""  # noqa: S608 - ours


def functions(sql: str, *names: str) -> migrations.RunSQL:
    """Return the step that makes functions with their triggers; CASCADE drops both."""
    drops = "; ".join(f"DROP FUNCTION annotation_{name}() CASCADE" for name in names)
    return migrations.RunSQL(sql, drops)


class Migration(migrations.Migration):
    dependencies = [("annotation", "0010_lane_rules")]

    operations = [
        migrations.AlterField(
            model_name="slot",
            name="lane",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="slots",
                to="annotation.lane",
            ),
        ),
        migrations.RunSQL(BACKFILL, ""),
        functions(SHARD, "shard"),
        *(
            functions(counting(verb), f"tally_{verb.lower()}")
            for verb in ("INSERT", "UPDATE", "DELETE")
        ),
        functions(LAPSES, "tally_lapse"),
    ]
