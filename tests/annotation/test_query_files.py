"""Lists of queries as files: three forms, and every fault by its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import query_files
from annotation.query_files import Fault, Read, read


def queries(content: str, name: str = "") -> list[tuple[int, str, str]]:
    """Return line, key and text of what is read, after seeing that nothing is wrong."""
    found = read(content.encode(), name)
    assert found.faults == ()
    return [(one.line, one.key, one.text) for one in found.queries]


def fault(content: str | bytes, name: str = "") -> tuple[int, str]:
    """Return the one fault of a file."""
    found = read(content if isinstance(content, bytes) else content.encode(), name)
    (one,) = found.faults
    return one.line, one.said


def test_jsonl() -> None:
    text = '{"text": "Where to?", "key": "a"}\n\n{"text": " Dear all,\\r\\nwhere? ", "key": 7}\n'
    wanted = [(1, "a", "Where to?"), (3, "7", "Dear all,\nwhere?")]
    assert queries(text, "list.jsonl") == wanted
    # What is pasted has no name: its first letter tells.
    assert queries(text) == wanted


def test_csv() -> None:
    """Columns in any order, others ignored, a text of several lines; a byte order mark is no letter."""
    text = '\ufeffKey,Text,year\na,Where to?,2024\n\nb,"Dear all,\nwhere?",2025\n,What?,2025\n'
    assert queries(text, "list.CSV") == [
        (2, "a", "Where to?"),
        (4, "b", "Dear all,\nwhere?"),
        (6, "", "What?"),
    ]


def test_plain_text() -> None:
    assert queries("Where to?\n  What to eat?\n", "list.txt") == [
        (1, "", "Where to?"),
        (2, "", "What to eat?"),
    ]
    assert queries("Dear all,\nwhere?\n\n\nWhere?\n") == [
        (1, "", "Dear all,\nwhere?"),
        (5, "", "Where?"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "line", "said"),
    [
        ("a.jsonl", '{"text": "A?"}\n{"text": ', 2, "This is not an object of JSON."),
        ("a.jsonl", '["A?"]', 1, "This is not an object of JSON."),
        ("a.jsonl", '{"query": "A?"}', 1, 'There is no text under "text". The line has: query.'),
        ("a.jsonl", '{"text": " "}', 1, 'There is no text under "text".'),
        ("a.jsonl", '{"text": "A?", "key": [1]}', 1, 'What is under "key" is neither'),
        ("a.jsonl", '{"text": "A?", "key": "a b"}', 1, "A key has at most 100 letters"),
        ("a.jsonl", '{"text": "A\\u0000?"}', 1, "There is a sign in it that cannot be kept."),
        ("a.jsonl", '{"text": "A\\ud800?"}', 1, "There is a sign in it that cannot be kept."),
        ("a.jsonl", '{"\\ud800": "A?"}', 1, "The line has: ?."),
        ("a.jsonl", '{"text": "A?", "key": "\\u0000"}', 1, "A key has at most 100 letters"),
        ("a.csv", "query,key\nA?,a\n", 1, "The first line has no column text. It has: query, key."),
        ("a.csv", "text,key\nA?\n", 2, "1 cells, but the first line has 2 columns."),
        ("a.csv", "text,key\n ,a\n", 2, "The cell under text is empty."),
        ("a.csv", 'text\n"A?\n', 2, "This cannot be read as CSV"),
        ("a.txt", "A?\n" + "x" * 10_001, 2, "The query has 10001 letters, at most 10000"),
        ("a.txt", "A?\nB\0?", 2, "There is a null character."),
        ("a.txt", "", 0, "There is no query in it."),
        ("", " \n ", 0, "There is no query in it."),
        ("a.pdf", "A?", 0, "a.pdf is of no kind that is read"),
    ],
)
def test_what_is_wrong_is_said_by_line(name: str, content: str, line: int, said: str) -> None:
    found = fault(content, name)
    assert found[0] == line
    assert said in found[1]


def test_other_encodings_and_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fault("A?\nWo im März?".encode("latin-1"), "a.txt")[0] == 2
    monkeypatch.setattr(query_files, "MOST_BYTES", 10)
    assert fault("x" * 11)[1].startswith("More than")
    monkeypatch.undo()
    monkeypatch.setattr(query_files, "MOST_QUERIES", 2)
    assert fault("a\nb\nc") == (0, "3 queries; a list has at most 2. Divide it into several.")


@given(st.binary(max_size=200), st.sampled_from(["", "a.jsonl", "a.csv", "a.txt", "a.bin"]))
def test_whatever_is_given_is_read_or_refused(content: bytes, name: str) -> None:
    """Never an exception; no query without text; something always comes of it."""
    found = read(content, name)
    assert found.queries or found.faults
    assert all(isinstance(one, Read) and one.text.strip() for one in found.queries)
    assert all(isinstance(one, Fault) and one.said for one in found.faults)
