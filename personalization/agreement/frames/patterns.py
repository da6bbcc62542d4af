"""One panel's patterns, counted by the database: all that statistics without raters need."""

from dataclasses import replace

import numpy as np

from annotation.models import Question
from personalization.agreement.frames import statements
from personalization.agreement.frames.coding import codes, places
from personalization.agreement.frames.reading import columns, rows
from personalization.agreement.frames.selection import EVERYTHING, Selection
from personalization.agreement.patterns import Patterns, collapse, histogram

# With more options the rows are cheaper than one count per option.
MOST_COUNTED = 20


def load_patterns(question: Question, role: str, selection: Selection = EVERYTHING) -> Patterns:
    """Return how many items have which counts of values in a human panel, also by owner.

    The same as collapsing the panel's histogram, without its rows: at a million judgments some
    hundred rows leave the database. n_raters is None where raters are mere positions (C11).
    """
    sql = statements.Statements(question, selection)
    n_values = question.options.count()
    (owned,) = rows(statements.OWNED, {"study": question.study_id})[0]
    if n_values > MOST_COUNTED:
        patterns = _of_rows(sql, role, n_values, owned=owned)
    else:
        read = sql.patterns(role, n_values, owned=owned)
        items, owner, *counts = columns(*read, 2 + n_values)
        patterns = collapse(np.column_stack(counts), owner if owned else None, times=items)
    ((n_raters, positions),) = rows(*sql.raters(role))
    return replace(patterns, n_raters=None if positions else n_raters)


def _of_rows(sql: statements.Statements, role: str, n_values: int, *, owned: bool) -> Patterns:
    """Return the patterns of a question with many options."""
    item_id, value = columns(*sql.values(role), 2)
    item_ids, item = codes(item_id)
    owner = None
    if owned:
        ids, owners = columns(sql.items(statements.ITEMS), sql.parameters, 2)
        place, known = places(item_ids, ids)
        owner = np.full(len(item_ids), -1)
        owner[place[known]] = owners[known]
    return collapse(histogram(item, value, len(item_ids), n_values), owner)
