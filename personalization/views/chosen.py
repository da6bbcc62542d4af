"""The judgments that a selection chooses, as SQL: what the pages of votes read instead of all."""

from annotation.models import Question
from personalization.agreement.frames.reading import Parameter
from personalization.agreement.frames.selection import EVERYTHING, Selection
from personalization.agreement.frames.statements import Statements

# How a statement names the labels that majorities are taken from: `overlap` cuts none of them.
EVERY = "every_judgment"
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
    if selection.overlap is None:
        sql = sql.replace(EVERY, "annotation_judgment")
    if selection == EVERYTHING:
        return sql, {}
    statements = Statements(question, selection)
    parameters: dict[str, Parameter] = {}
    first: list[str] = []
    every: list[str] = []
    for number, role in enumerate((*selection.roles, "machine")):
        cut = selection.overlap is not None and role != "machine"
        for form, parts in ((FIRST if cut else ALL, first), (ALL, every)):
            text, found = statements.answers(form, role)
            parts.append(text.replace("%(role)s", f"%(chosen_role{number})s"))
            parameters |= found | {f"chosen_role{number}": role}
    parameters.pop("role")
    tables = {"chosen_judgment": first, EVERY: every}
    known = ", ".join(
        f"{name} AS NOT MATERIALIZED ({' UNION ALL '.join(parts)})"
        for name, parts in tables.items()
    )
    return f"WITH {known} {sql.replace('annotation_judgment', 'chosen_judgment')}", parameters
