"""Who is in an export: the condition stands here, and nowhere else."""

# True for a participant t whose rows, answers and texts stay out of the study's exports.
PERSON_LEFT_OUT = """
EXISTS (
    SELECT FROM annotation_enrollment e
    WHERE e.participant_id = t.id AND e.study_id = %(study)s
        AND (
            e.preview OR e.withdrawn_at IS NOT NULL OR e.declined_at IS NOT NULL
            OR (e.consented_at IS NOT NULL AND NOT 'release' = ANY (e.scopes))
        )
)
"""


def left_out(column: str, table: str) -> str:
    """Return the SQL condition that `column` refers to a left-out row of the export's `table`."""
    return f"{column} IN (SELECT o.id FROM left_out o WHERE o.in_table = '{table}')"  # noqa: S608 constants


def any_left_out(**references: str) -> str:
    """Return the condition that one of t's columns refers to a left-out row: column=table."""
    return " OR ".join(left_out(f"t.{column}", table) for column, table in references.items())
