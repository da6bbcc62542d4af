"""The judgments that a selection chooses, as SQL: what the pages of votes read instead of all."""

from annotation.models import Question
from personalization.agreement.frames.reading import Parameter
from personalization.agreement.frames.selection import EVERYTHING, Selection
from personalization.agreement.frames.statements import Statements

COLUMNS = """j.id, j.item_id, j.question_id, j.role, j.rater_id, j.superseded_at, j.use, j.occasion,
    j.value, j.reason, j.certainty, j.score"""
ALL = f"SELECT {COLUMNS} FROM annotation_judgment j WHERE {{current}}{{chosen}}"  # noqa: S608 - constants
# Of people the first `overlap` values of each item; answers without a value take no place.
FIRST = f"""SELECT {COLUMNS} FROM (
    SELECT j.*, count(j.value) OVER (PARTITION BY j.item_id ORDER BY j.at, j.id) AS place
    FROM annotation_judgment j WHERE {{current}}{{chosen}}
) AS j WHERE j.value IS NULL OR j.place <= %(overlap)s"""  # noqa: S608 - constants


def narrowed(
    sql: str, question: Question, selection: Selection
) -> tuple[str, dict[str, Parameter]]:
    """Return a statement that reads only what `selection` chooses, and the parameters it adds.

    Each judgment is looked up by its item: the choice is never made for the whole question.
    """
    if selection == EVERYTHING:
        return sql, {}
    statements, parts = Statements(question, selection), []
    parameters: dict[str, Parameter] = {}
    for number, role in enumerate((*selection.roles, "machine")):
        first = selection.overlap is not None and role != "machine"
        text, found = statements.answers(FIRST if first else ALL, role)
        parts.append(text.replace("%(role)s", f"%(chosen_role{number})s"))
        parameters |= found | {f"chosen_role{number}": role}
    parameters.pop("role")
    chosen = " UNION ALL ".join(parts)
    text = sql.replace("annotation_judgment", "chosen_judgment")
    return f"WITH chosen_judgment AS NOT MATERIALIZED ({chosen}) {text}", parameters
