"""Keep spreadsheets from reading somebody's text as a formula, and be able to undo it exactly.

A text cell that begins with a character of STARTERS gets one apostrophe in front, and the last
column of its row, `_escaped`, names its column. The apostrophe is a starter itself, so that a
leading apostrophe always was put there by us: the inverse never has to guess.
"""

from collections.abc import Mapping

MARK = "'"
# What spreadsheets take for the start of a formula (the wide forms in East Asian locales), the
# white space they skip before looking for one, and our own mark.
STARTERS = "=+-@\t\r\n＝＋－＠" + MARK
ESCAPED = "_escaped"

_CODES = ", ".join(str(ord(character)) for character in STARTERS)


def starts_formula_sql(cell: str) -> str:
    """Return the SQL condition that the text `cell` needs an apostrophe."""
    return f"ascii({cell}) IN ({_CODES})"


def escape_sql(cell: str) -> str:
    """Return the SQL expression for the text `cell` with an apostrophe where it needs one."""
    return f"CASE WHEN {starts_formula_sql(cell)} THEN '''' || {cell} ELSE {cell} END"


def escaped_sql(cells: Mapping[str, str]) -> str:
    """Return the SQL expression for `_escaped`, given the SQL of each text cell by column name."""
    if not cells:
        return "NULL::text"
    names = (
        f"CASE WHEN {starts_formula_sql(cell)} THEN '{name}' END" for name, cell in cells.items()
    )
    return f"nullif(concat_ws(' ', {', '.join(names)}), '')"


def unescape(row: Mapping[str, str]) -> dict[str, str]:
    """Return a CSV row as it was in the database, without the column `_escaped`.

    >>> unescape({"text": "'=1+1", "score": "-1", "_escaped": "text"})
    {'text': '=1+1', 'score': '-1'}
    """
    names = set(row[ESCAPED].split())
    return {
        name: cell.removeprefix(MARK) if name in names else cell
        for name, cell in row.items()
        if name != ESCAPED
    }
