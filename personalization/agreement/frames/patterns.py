"""One panel's patterns: all that statistics without raters need, in little data."""

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

    The same as collapsing the panel's histogram, without knowing the raters. Where items have no
    owners, a few rows leave the database. By owner nearly every item is a row of its own: counted
    there, a million judgments took 1.7 times as long as reading items and values and counting here.
    n_raters is None where raters are mere positions (C11).
    """
    sql = statements.Statements(question, selection)
    n_values = question.options.count()
    ((owned,),) = rows(statements.OWNED, {"study": question.study_id})
    if owned or n_values > MOST_COUNTED:
        patterns = _of_rows(sql, role, n_values, owned=owned)
    else:
        items, *counts = columns(*sql.patterns(role, n_values), 1 + n_values)
        patterns = collapse(np.column_stack(counts), times=items)
    ((n_raters, positions),) = rows(*sql.raters(role))
    return replace(patterns, n_raters=None if positions else n_raters)


def _of_rows(sql: statements.Statements, role: str, n_values: int, *, owned: bool) -> Patterns:
    """Return the patterns of items that have owners, or of a question with many options."""
    item_id, value = columns(*sql.values(role), 2)
    item_ids, item = codes(item_id)
    owner = None
    if owned:
        ids, owners = columns(sql.items(statements.ITEMS), sql.parameters, 2)
        place, known = places(item_ids, ids)
        owner = np.full(len(item_ids), -1)
        owner[place[known]] = owners[known]
    return collapse(histogram(item, value, len(item_ids), n_values), owner)
