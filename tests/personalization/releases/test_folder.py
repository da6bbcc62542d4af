"""A folder appears whole or not at all, and shows the database at one moment."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from annotation import models as m
from personalization.models import JudgeRun
from personalization.releases import queries
from personalization.releases.schema import Table
from tests import factories
from tests.personalization.releases.conftest import Export, Folder, full_study

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held(table: str) -> Iterator[None]:
    """Keep everybody else from reading `table`: an export stops there and waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def wait_for(folder: Path, pattern: str) -> Path:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if found := list(folder.glob(pattern)):
            return found[0]
        time.sleep(0.02)
    raise AssertionError(f"no {pattern} after 30 s")


def test_refuses_a_folder_that_exists_and_replaces_an_export_by_force(export: Export) -> None:
    study = factories.study()
    folder = export(study)
    factories.query(study=study)
    before = folder.contents()
    with pytest.raises(CommandError, match="exists: choose another --out, or add --force"):
        export(study)
    assert folder.contents() == before
    assert len(export(study, force=True).jsonl("queries")) == 1
    assert [path.name for path in folder.path.parent.iterdir()] == ["out"]


def test_force_replaces_nothing_but_an_export(export: Export, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years of work")
    with pytest.raises(CommandError, match="is no export"):
        export(factories.study(), force=True)
    assert (tmp_path / "out" / "thesis.tex").read_text() == "years of work"


def test_force_fills_an_empty_folder(export: Export, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert export(factories.study(), force=True).jsonl("studies")


def test_unknown_study_names_those_there_are(tmp_path: Path) -> None:
    factories.study(name="pilot")
    with pytest.raises(CommandError, match=r"There is no study 'pilto'\. Studies here: pilot"):
        call_command("export", study="pilto", out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_unknown_table_names_those_there_are(export: Export) -> None:
    with pytest.raises(CommandError, match=r"Unknown tables: answers\. Known: studies, questions"):
        export(factories.study(), tables="answers,items")


def test_a_missing_parent_folder_says_what_to_do(tmp_path: Path) -> None:
    study = factories.study()
    with pytest.raises(CommandError, match=r"Cannot write in .*choose another --out"):
        call_command("export", study=study.name, out=tmp_path / "missing" / "out")


def test_a_full_disk_says_so_and_leaves_nothing(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CommandError, match="No space left on device"):
        export(factories.study())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_nothing(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    count = queries.count

    def interrupted(table: Table) -> str:
        if table.name == "references":
            raise error
        return count(table)

    monkeypatch.setattr(queries, "count", interrupted)
    with pytest.raises(error):
        export(full_study("interrupted").study)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_export_keeps_the_one_it_would_replace(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = factories.study()
    before = export(study).contents()
    monkeypatch.setattr(queries, "count", lambda table: "SELECT 5")
    with pytest.raises(CommandError):
        export(study, force=True)
    monkeypatch.undo()
    assert Folder(export(study, "two").path.parent / "out").contents() == before


def test_a_kill_in_the_middle_leaves_no_finished_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], export: Export
) -> None:
    study = full_study("killed").study
    connection.ensure_connection()
    server = connection.connection.info
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{server.user}@/{server.dbname}"
        f"?host={server.host}&port={server.port}",
        "CONCORD_DATA": str(tmp_path / "data"),
        "CONCORD_SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "manage.py", "export", f"--study={study.name}"]
    out = tmp_path / "exports" / "out"
    out.parent.mkdir()
    with held("annotation_reference"):
        process = subprocess.Popen(
            [*command, f"--out={out}"], env=environment, cwd=settings.BASE_DIR,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(out.parent, ".out.partial-*/judgments.csv")
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not out.exists()
    (partial,) = out.parent.iterdir()
    assert not (partial / "manifest.json").exists()
    assert export(study, "exports/out").jsonl("judgments")
    assert f"{partial} is left from an export that was killed" in capsys.readouterr().err


def test_all_files_show_one_moment(tmp_path: Path) -> None:
    full = full_study("moment")
    out = tmp_path / "out"

    def run() -> None:
        try:
            call_command("export", study="moment", out=out)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with held("annotation_reference"):
        thread.start()
        wait_for(tmp_path, ".out.partial-*/judgments.csv")
        add_everywhere(full.study, full.item)
    thread.join()
    folder = Folder(out)
    assert [len(folder.jsonl(table)) for table in ("judgments", "references", "judge_runs")] == [
        4,
        1,
        1,
    ]
    assert m.Reference.objects.count() == JudgeRun.objects.count() == 2


def add_everywhere(study: m.Study, item: m.Item) -> None:
    judge = factories.judge()
    factories.judgment(item=item, rater=judge, role="machine")
    m.Reference.objects.create(item=item, kind="imported", accepted=[0])
    JudgeRun.objects.create(study=study, rater=judge, source="imported")


def test_the_folder_is_private(export: Export) -> None:
    assert export(factories.study()).path.stat().st_mode & 0o077 == 0
