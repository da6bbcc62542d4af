"""Label files as rows of text: what can be read, and what is said of what cannot."""

import json

import pytest

from personalization.imports.errors import ImportRefusedError
from personalization.imports.reading import FIELD_LIMIT, LINE_LIMIT, Line, rows
from tests.personalization.imports.files import json_lines, label_file

CSV = "item,rater,value\nx,ann,yes\ny,ann,no\n"
ROWS = [
    Line(2, {"item": "x", "rater": "ann", "value": "yes"}),
    Line(3, {"item": "y", "rater": "ann", "value": "no"}),
]


def read(content: str | bytes, name: str = "human.csv") -> list[Line]:
    return list(rows(label_file(content, name)))


def refusal(content: str | bytes, name: str = "human.csv") -> str:
    with pytest.raises(ImportRefusedError) as caught:
        read(content, name)
    return str(caught.value)


def fault_of(line: Line) -> tuple[int, str]:
    return line.number, line.fault


def test_the_same_rows_from_each_format() -> None:
    """CSV, TSV and JSON lines hold the same rows; JSON counts its lines from 1."""
    assert read(CSV) == ROWS
    assert read(CSV.replace(",", "\t"), "human.tsv") == ROWS
    found = read(json_lines(*(line.row for line in ROWS)), "human.jsonl")
    assert [(line.number + 1, line.row) for line in found] == [(2, ROWS[0].row), (3, ROWS[1].row)]


@pytest.mark.parametrize(
    "content",
    [
        CSV.removesuffix("\n"),
        CSV.replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + CSV.encode(),
        CSV.replace("item,rater", " item , rater "),
        CSV + "\n\n",
        CSV.replace("x,ann", '"x","ann"'),
    ],
    ids=["no last line end", "windows", "byte order mark", "wide heading", "blank end", "quotes"],
)
def test_harmless_differences(content: str | bytes) -> None:
    """What spreadsheets add or leave out changes no row."""
    assert read(content) == ROWS


def test_a_byte_order_mark_before_json() -> None:
    """The mark belongs to no field."""
    assert read(b'\xef\xbb\xbf{"item": "x"}\n', "human.jsonl") == [Line(1, {"item": "x"})]


def test_blank_lines_are_no_rows_but_count() -> None:
    """A blank line is passed over, and the numbers of later lines stay right."""
    assert [line.number for line in read("item\n\nx\n\n\ny\n")] == [3, 6]
    assert [line.number for line in read('\n{"item": "x"}\n \n{"item": "y"}', "a.jsonl")] == [2, 4]


def test_a_line_break_within_quotes() -> None:
    """A row over several lines has the number of its first; those after it are right, too."""
    found = read('item,value\nx,"one\ntwo\n\nthree"\ny,no\n')
    assert [(line.number, line.row["value"]) for line in found] == [
        (2, "one\ntwo\n\nthree"),
        (6, "no"),
    ]


def test_json_values_as_text() -> None:
    """Numbers, truth values, null and nested values are the texts that CSV would hold."""
    line = '{"n": 1, "f": 4.0, "t": true, "z": null, "l": [1, "ü"], "s": "NA"}\n'
    row = {"n": "1", "f": "4.0", "t": "true", "z": "", "l": '[1, "ü"]', "s": "NA"}
    assert read(line, "human.jsonl") == [Line(1, row)]


def test_missing_words_are_values() -> None:
    """NA, null and unknown are texts like any other."""
    found = read("item,value\nNA,null\nnan,unknown\n")
    assert [list(line.row.values()) for line in found] == [["NA", "null"], ["nan", "unknown"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "human.csv is empty."),
        ("item,rater,value\n", "human.csv has a heading but no rows."),
        ("\nitem,value\nx,yes\n", "human.csv has no heading line."),
        (",,\nx,y,z\n", "human.csv has no heading line."),
        ("item;rater;value\nx;ann;yes\n", "separated by semicolons: save it with commas."),
        ("item,value,item\nx,yes,x\n", "has the column item twice."),
        ('"item,value\nx,yes\n', "the heading line is not readable as CSV"),
        (CSV.encode("utf-16"), "human.csv is written in UTF-16: save it as UTF-8."),
        (CSV.encode("utf-16-le"), "human.csv is written in UTF-16: save it as UTF-8."),
        (
            "item,value\nx,yes\nä,no\n".encode("latin-1"),
            "human.csv line 3 is not UTF-8 (byte 1): save the file as UTF-8.",
        ),
        (b"PK\x03\x04\xff\x00" * 9, "human.csv line 1 is not UTF-8"),
    ],
    ids=[
        "empty", "heading only", "blank heading", "empty heading", "semicolons", "column twice",
        "open quote", "UTF-16", "UTF-16 without mark", "Latin-1", "zip",
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read(content: str | bytes, message: str) -> None:
    """What is no table of UTF-8 text is refused whole: what, in which line, and what to do."""
    assert message in refusal(content)


def test_a_line_without_end() -> None:
    """A file of one endless line is not read into memory."""
    assert "line 1 is longer than 16 MB: is this a text file?" in refusal(b"x" * (LINE_LIMIT + 9))


def test_a_wrong_number_of_cells() -> None:
    """A row that is too short or too long is named; the others are read."""
    found = read("item,value\nx\ny,no\nz,no,maybe\n")
    assert list(map(fault_of, found)) == [
        (2, "has 1 cells where the heading has 2."),
        (3, ""),
        (4, "has 3 cells where the heading has 2."),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x,a\0b", "contains a NUL character"),
        ('x,"a"b', "not readable as CSV"),
        (f"x,{'a' * (FIELD_LIMIT + 1)}", "not readable as CSV: field larger than field limit"),
    ],
    ids=["NUL", "text after a quote", "field of 4 MB"],
)
def test_a_bad_line_of_a_table(line: str, message: str) -> None:
    """The line is named, and reading goes on behind it."""
    found = read(f"item,value\n{line}\ny,no\n")
    assert message in found[0].fault
    assert found[1] == Line(3, {"item": "y", "value": "no"})


def test_a_quote_that_is_never_closed() -> None:
    """The line where the quote opens is named."""
    found = read('item,value\nx,yes\ny,"no\nz,no\n')
    assert [line.number for line in found if line.fault] == [3]
    assert "unexpected end of data" in found[1].fault


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"item": "x", "val', "not a whole JSON object: is the line cut off?"),
        ('["x", "yes"]', "not a JSON object with named fields."),
        ("7", "not a JSON object with named fields."),
        ('{"item": "a\\u0000"}', "contains a NUL character"),
        ('{"item": "\\ud83d"}', "contains half a character"),
        ('{"item": ' + "9" * 5000 + "}", "not a whole JSON object"),
        ('{"item": ' + "[" * 100_000, "not a whole JSON object"),
    ],
    ids=["cut off", "a list", "a number", "NUL", "lone surrogate", "too many digits", "too deep"],
)
def test_a_bad_line_of_json(line: str, message: str) -> None:
    """The line is named, and reading goes on behind it."""
    bad, good = read(f'{line}\n{{"item": "y"}}\n', "human.jsonl")
    assert bad.number == 1
    assert message in bad.fault
    assert good == Line(2, {"item": "y"})


def test_a_formula_is_text() -> None:
    """Nothing that a spreadsheet would compute is touched on the way in."""
    cell = '=HYPERLINK("http://evil.example")'
    assert read(json.dumps({"item": cell}), "a.jsonl")[0].row["item"] == cell


def test_progress_adds_up_to_the_size() -> None:
    """Every byte of the file is counted once."""
    told: list[int] = []
    file = label_file(CSV)
    list(rows(file, told.append))
    assert sum(told) == file.size
