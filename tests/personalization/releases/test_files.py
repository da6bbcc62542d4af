"""Rows are counted, and a file that differs from what was sent is found out."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.releases import files
from personalization.releases.errors import ExportError

cells = st.text(st.sampled_from("a\",\n\r'é"), max_size=6)


@given(st.lists(st.lists(cells, min_size=2, max_size=2)), st.integers(1, 9))
def test_counts_the_rows_of_csv_in_any_chunks(rows: list[list[str]], size: int) -> None:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([["one", "two"], *rows])
    written, counter = text.getvalue().encode(), files.Rows(quoted=True)
    for start in range(0, len(written), size):
        counter.read(written[start : start + size])
    assert counter.count == len(rows)


def test_counts_json_lines() -> None:
    counter = files.Rows(quoted=False)
    counter.read(b'{"a":"\\n"}\n{}')
    counter.read(b"\n")
    assert counter.count == 2


def written(folder: Path) -> files.File:
    length, digest = files.write(folder / "t.jsonl", [b"{}\n", b"{}\n"])
    return files.File("t.jsonl", length, digest, "t", 2)


def test_accepts_what_was_written(tmp_path: Path) -> None:
    files.check(tmp_path, written(tmp_path))


@pytest.mark.parametrize("content", [b"{}\n", b"{}\n{}", b"{}\n[]\n", b""])
def test_finds_a_file_that_has_changed(tmp_path: Path, content: bytes) -> None:
    file = written(tmp_path)
    (tmp_path / "t.jsonl").write_bytes(content)
    with pytest.raises(ExportError, match="differ from the 6 bytes written"):
        files.check(tmp_path, file)


def test_finds_a_wrong_number_of_rows(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="2 rows on disk, but the database sent 3"):
        files.check(tmp_path, replace(written(tmp_path), rows=3))


def test_writes_long_content_in_chunks(tmp_path: Path) -> None:
    told: list[int] = []
    piece = b"x" * 1023 + b"\n"
    length, _ = files.write(tmp_path / "long", (piece for _ in range(3000)), told.append)
    assert length == (tmp_path / "long").stat().st_size == 3000 * 1024
    assert (len(told), sum(told)) == (3, 3000)
