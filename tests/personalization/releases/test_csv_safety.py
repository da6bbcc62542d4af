"""Whatever people write, a spreadsheet reads text, and the text comes back exactly."""

import csv
import json
from io import StringIO

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.releases import queries
from personalization.releases.csv_safety import STARTERS, unescape
from personalization.releases.schema import Table, integer, text

anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
cells = st.one_of(st.none(), anything, st.builds(str.__add__, st.sampled_from(STARTERS), anything))

TEXTS = Table(
    "texts",
    "Two texts and a number.",
    base="texts",
    scope="%(study)s = 1",
    columns=(integer("id", ""), text("one", ""), text("two", ""), integer("minus", "", sql="-1")),
)


def copied(query: str) -> str:
    with connection.cursor() as cursor, cursor.copy(query, {"study": 1}) as copy:
        return b"".join(copy).decode()


def fill(rows: list[tuple[str | None, str | None]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE texts")
        numbered = [(number, *row) for number, row in enumerate(rows)]
        cursor.executemany("INSERT INTO texts VALUES (%s, %s, %s)", numbered)


@pytest.fixture
def texts(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(queries.WORK_TABLES)
        cursor.execute("CREATE TEMP TABLE texts (id bigint, one text, two text)")


@pytest.mark.usefixtures("texts")
def test_any_text_comes_back_and_no_cell_begins_like_a_formula() -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.tuples(cells, cells), max_size=8))
    def check(rows: list[tuple[str | None, str | None]]) -> None:
        fill(rows)
        header, *lines = csv.reader(StringIO(copied(queries.copy_csv(TEXTS)), newline=""))
        read = [dict(zip(header, line, strict=True)) for line in lines]
        back = [unescape(row) for row in read]
        assert [(row["one"], row["two"]) for row in back] == [(a or "", b or "") for a, b in rows]
        assert all(
            row[name][:1] not in set(STARTERS) - {"'"}
            for row in read
            for name in row
            if name != "minus"
        )

    check()


@pytest.mark.usefixtures("texts")
def test_any_text_comes_back_from_json_lines() -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.tuples(cells, cells), max_size=8))
    def check(rows: list[tuple[str | None, str | None]]) -> None:
        fill(rows)
        lines = copied(queries.copy_jsonl(TEXTS)).split("\n")
        assert lines.pop() == ""
        read = [json.loads(line) for line in lines]
        assert [(row["one"], row["two"]) for row in read] == rows

    check()


@pytest.mark.usefixtures("texts")
def test_names_the_columns_it_has_changed_and_leaves_numbers() -> None:
    fill([("=1+1", "@a"), ("plain", "-1"), ("'quoted", "a=b"), (None, "")])
    rows = list(csv.DictReader(StringIO(copied(queries.copy_csv(TEXTS)), newline="")))
    assert [row["_escaped"] for row in rows] == ["one two", "two", "one", ""]
    assert [row["one"] for row in rows] == ["'=1+1", "plain", "''quoted", ""]
    assert {row["minus"] for row in rows} == {"-1"}


@pytest.mark.usefixtures("texts")
def test_null_and_empty_text_differ_in_csv() -> None:
    fill([(None, "")])
    assert copied(queries.copy_csv(TEXTS)).splitlines()[1] == '0,,"",-1,'
