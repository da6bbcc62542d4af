"""Let the stamp tell of everything that a report reads, not of judgments alone.

Options and questions are frozen once they have items, and so are the texts and authors of
responses: nothing of theirs can change under a report.
"""

from django.db import migrations

# Questions in order, in the shard of this process: as with judgments, see 0002_rules.
RAISE = """
CREATE FUNCTION annotation_stamp_questions(asked bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO annotation_stamp (question_id, shard, changes)
    SELECT DISTINCT q, pg_backend_pid() % 16, 1 FROM unnest(asked) AS q ORDER BY q
    ON CONFLICT (question_id, shard) DO UPDATE SET changes = annotation_stamp.changes + 1
$$;
"""

# What changed -> the questions whose reports rest on it.
QUESTIONS_OF = {
    "item": "SELECT c.question_id FROM changed c",
    "reference": "SELECT i.question_id FROM changed c JOIN annotation_item i ON i.id = c.item_id",
    "demographic": "SELECT q.id FROM changed c JOIN annotation_question q USING (study_id)",
    # Names and families stand in reports.
    "author": """
        SELECT i.question_id FROM changed c
        JOIN annotation_response x ON x.author_id = c.id
        JOIN annotation_responsepair p ON x.id IN (p.a_id, p.b_id)
        JOIN annotation_item i ON i.response_pair_id = p.id""",
    "rater": """
        SELECT q.id FROM annotation_question q WHERE EXISTS (
            SELECT FROM changed c
            JOIN annotation_judgment j ON j.rater_id = c.id AND j.question_id = q.id
        )""",
    # Whose the items are.
    "sheet": "SELECT i.question_id FROM changed c JOIN annotation_item i ON i.sheet_id = c.id",
}
# Of these rows only changes matter: new ones have nothing yet that rests on them.
IF_CHANGED = {
    "author": "(o.kind, o.name, o.family) IS DISTINCT FROM (n.kind, n.name, n.family)",
    "rater": "(o.kind, o.name, o.participant_id, o.configuration)"
    " IS DISTINCT FROM (n.kind, n.name, n.participant_id, n.configuration)",
    "sheet": "o.owner_id IS DISTINCT FROM n.owner_id",
}


def on_any_change(table: str) -> migrations.RunSQL:
    """Return the step that stamps the questions of rows that come, change and go."""
    triggers = "".join(
        f"CREATE TRIGGER {table}_stamp_{verb.lower()} AFTER {verb} ON annotation_{table}"
        f" REFERENCING {state} TABLE AS changed FOR EACH STATEMENT"
        f" EXECUTE FUNCTION annotation_{table}_stamp();"
        for verb, state in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    )
    return _step(table, "changed", triggers)


def on_update(table: str) -> migrations.RunSQL:
    """Return the step that stamps the questions of rows that change in what reports show."""
    trigger = (
        f"CREATE TRIGGER {table}_stamp_update AFTER UPDATE ON annotation_{table}"
        " REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT"
        f" EXECUTE FUNCTION annotation_{table}_stamp();"
    )
    kept = IF_CHANGED[table]
    rows = f"(SELECT n.* FROM before o JOIN after n USING (id) WHERE {kept})"  # noqa: S608 - ours
    return _step(table, rows, trigger)


def _step(table: str, rows: str, triggers: str) -> migrations.RunSQL:
    questions = QUESTIONS_OF[table].replace("changed c", f"{rows} c")
    return migrations.RunSQL(
        f"CREATE FUNCTION annotation_{table}_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" PERFORM annotation_stamp_questions(ARRAY({questions})); RETURN NULL;"
        f" END $$; {triggers}",
        f"DROP FUNCTION annotation_{table}_stamp() CASCADE",
    )


class Migration(migrations.Migration):
    dependencies = [("annotation", "0007_demographic")]

    operations = [
        migrations.RunSQL(RAISE, "DROP FUNCTION annotation_stamp_questions(bigint[])"),
        *(on_any_change(table) for table in ("item", "reference", "demographic")),
        *(on_update(table) for table in IF_CHANGED),
    ]
