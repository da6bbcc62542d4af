"""An import at work: a real worker, progress, the outcome, and what happens after a kill."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from annotation import models as m
from personalization.imports import upload as uploads
from personalization.models import LabelImport
from personalization.tasks import import_uploaded_labels
from tests import factories as make
from tests.personalization.views.pages import read
from tests.personalization.views.uploading import LABELS, Upload
from tests.personalization.views.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    """Keep uploads in a folder of the test's own."""
    storages = dict(settings.STORAGES)  # type: ignore[attr-defined]
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path / "uploads"}}
    settings.STORAGES = storages  # type: ignore[attr-defined]
    return tmp_path


def imported() -> int:
    """Return how many answers there are, without those of baselines, which come by themselves."""
    return m.Judgment.objects.exclude(rater__kind="baseline").count()


def _a_minute_passes() -> None:
    """Queue what the clock queues every minute, unless it did already."""
    with suppress(AlreadyEnqueued):
        app.configure_task("retry_stalled").defer(timestamp=0)


def _execute(sql: str, *parameters: str) -> None:
    """Change the queue's tables, whose models are for reading."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.fixture
def upload(researcher: Client) -> Upload:
    return Upload(researcher, make.study())


def page_of(upload: Upload, one: LabelImport) -> str:
    return read(upload.client.get(f"/imports/{one.pk}/")).text


def files_in(folder: Path) -> list[Path]:
    return [one for one in (folder / "uploads").rglob("*") if one.is_file()]


def test_it_works(upload: Upload, folder: Path) -> None:
    """It waits for the worker; then the page shows the outcome, and the file is deleted."""
    one = upload.started()
    assert "Waiting for a worker." in page_of(upload, one)
    work()
    assert "24 new answers on 12 new items" in page_of(upload, one)
    assert imported() == 24
    assert files_in(folder) == []
    assert "Imported" in read(upload.client.get(f"/studies/{upload.study.name}/")).text


def test_the_outcome_leads_to_the_numbers(upload: Upload) -> None:
    """The button opens the agreement of the question that was imported."""
    one = upload.started()
    work()
    page = read(upload.client.get(f"/imports/{one.pk}/"))
    (link,) = [a for a in page.all("a") if a.text == "See the agreement"]
    assert upload.client.get(link.attributes["href"]).status_code == 200


def test_a_second_upload_of_the_same_file_adds_nothing(upload: Upload) -> None:
    upload.started()
    work()
    again = upload.started()
    work()
    assert "0 new answers on 0 new items; 24 answers were already here" in page_of(upload, again)
    assert imported() == 24
    assert upload.study.questions.count() == 1


def test_good_lines_go_in_and_bad_ones_are_named(upload: Upload) -> None:
    upload.files["human"] = LABELS + "i0,Cem,perhaps\n"
    one = upload.started()
    work()
    text = page_of(upload, one)
    assert "24 new answers" in text
    assert "1 line was left out" in text
    assert "human.csv26the value 'perhaps' is not among the options" in text


def test_all_or_nothing(upload: Upload, folder: Path) -> None:
    """With one bad line nothing is imported, and the page says so and names the line."""
    upload.files["human"] = LABELS + "i0,Cem,perhaps\n"
    one = upload.started(strict="on")
    work()
    text = page_of(upload, one)
    assert "you asked for all or nothing" in text
    assert "'perhaps'" in text
    assert not m.Judgment.objects.exists()
    assert not upload.study.questions.exists()
    assert files_in(folder) == []


def test_a_refused_import_says_why(upload: Upload, folder: Path) -> None:
    """Trouble past the lines that the check reads: nothing is kept, the page tells file and line."""
    more = "".join(f"x{number},Ann,yes\n" for number in range(3000))
    upload.files["human"] = f"{LABELS}{more}".encode() + b"x,Jos\xe9,yes\n"
    one = upload.started()
    work()
    assert "human.csv line 3026 is not UTF-8" in page_of(upload, one)
    assert not m.Judgment.objects.exists()
    assert files_in(folder) == []


def test_an_unforeseen_error_ends_the_wait(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says that something broke, the job fails, and the error is in the log."""
    one = upload.started()
    monkeypatch.setattr(uploads, "import_labels", lambda *given, **named: 1 / 0)
    work()
    assert "Something broke on our side" in page_of(upload, one)
    assert ProcrastinateJob.objects.get(task_name="import_labels").status == "failed"


def test_a_vanished_file_is_said_so(upload: Upload, folder: Path) -> None:
    one = upload.started()
    files_in(folder)[0].unlink()
    work()
    assert "The uploaded file is gone: upload it again." in page_of(upload, one)


def test_progress_moves(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the import runs, others see how far it is, though nothing is committed yet."""
    monkeypatch.setattr(uploads, "REPORT_EVERY", 0.0)
    one, seen = upload.started(), []
    original = uploads._Progress.__call__

    def look(progress: uploads._Progress, read_now: int) -> None:
        original(progress, read_now)
        with connection.copy().cursor() as cursor:
            cursor.execute("SELECT bytes_read, bytes_total FROM personalization_labelimport")
            seen.append(cursor.fetchone())
            cursor.db.close()

    monkeypatch.setattr(uploads._Progress, "__call__", look)
    work()
    sizes = [read for read, _total in seen]
    assert sizes == sorted(set(sizes))
    assert seen[-1] == (len(LABELS), len(LABELS))
    one.refresh_from_db()
    assert one.bytes_read == len(LABELS)  # the outcome does not wipe it out


def test_the_page_asks_again_until_it_is_done(upload: Upload) -> None:
    """htmx gets the part that changes, with its trigger while the import runs and without after."""
    one = upload.started()
    for running in (True, False):
        response = upload.client.get(f"/imports/{one.pk}/", headers={"HX-Request": "true"})
        text = response.content.decode()
        assert "<html" not in text
        assert ('hx-trigger="every 1s"' in text) is running
        work()


def test_running_twice_imports_once(upload: Upload) -> None:
    """A job that was handed out twice finds the work done."""
    upload.files["human"] = LABELS + "i0,Cem,perhaps\n"
    one = upload.started()
    import_uploaded_labels.defer(import_id=one.pk)
    work()
    assert imported() == 24
    assert one.bad_lines.count() == 1
    assert "24 new answers" in page_of(upload, one)


def test_a_stalled_job_is_retried(upload: Upload) -> None:
    """A killed worker leaves its job `doing`: the minute's task hands it to a living one."""
    one = upload.started()
    _execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 h')")
    _execute(
        "UPDATE procrastinate_jobs SET status = 'doing',"
        " worker_id = (SELECT id FROM procrastinate_workers)"
    )
    # No worker runs in between: where a minute begins just then, it would be helped already.
    assert "Waiting for a worker." in page_of(upload, one)
    _a_minute_passes()
    work()
    assert "24 new answers" in page_of(upload, one)
    assert imported() == 24


@pytest.mark.parametrize("status", ["failed", "aborted", None])
def test_an_abandoned_import_is_found(upload: Upload, status: str | None) -> None:
    """Its job was given up when the worker was told to stop, or is gone: the import goes on."""
    one = upload.started()
    jobs = ProcrastinateJob.objects.filter(task_name="import_labels")
    if status is None:
        _execute("TRUNCATE procrastinate_jobs CASCADE")
    else:
        _execute("UPDATE procrastinate_jobs SET status = %s", status)
    _a_minute_passes()
    work()
    assert "24 new answers" in page_of(upload, one)
    assert jobs.filter(status="succeeded").count() == 1
    _a_minute_passes()
    work()
    assert jobs.filter(status="succeeded").count() == 1


def test_a_worker_is_killed_in_the_middle(upload: Upload, folder: Path) -> None:
    """Nothing is half-imported; the next worker imports everything, once."""
    one = upload.started()
    with transaction.atomic():
        m.Study.objects.select_for_update().get()  # holds the import up, once it has begun
        worker = _worker(folder)
        _until(lambda: LabelImport.objects.filter(pk=one.pk, started_at__isnull=False).exists())
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert not m.Judgment.objects.exists()
    assert "You may leave this page; the import goes on." in page_of(upload, one)
    _execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 h'")
    _a_minute_passes()
    work()
    assert "24 new answers on 12 new items" in page_of(upload, one)
    assert imported() == 24


def _worker(folder: Path) -> subprocess.Popen[bytes]:
    """Start a worker as `make run` does, on the test's database and uploads."""
    given = connection.get_connection_params()
    url = f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}"
    if given.get("port"):
        url += f"&port={given['port']}"
    return subprocess.Popen(
        [sys.executable, "-m", "config.worker", "batch", "1"],
        cwd=site.BASE_DIR,
        env={
            **os.environ,
            "CONCORD_DATA": str(folder),
            "DATABASE_URL": url,
            "PGPASSWORD": given.get("password", ""),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _until(happened: object) -> None:
    assert callable(happened)
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def test_unconfirmed_uploads_are_forgotten_after_a_week(upload: Upload, folder: Path) -> None:
    """Files that nobody confirmed go, a younger upload and a confirmed one stay."""
    old, young, confirmed = upload.sent(), upload.sent(), upload.started()
    week_ago = timezone.now() - uploads.FORGET_AFTER - timedelta(minutes=1)
    LabelImport.objects.filter(pk__in=[old.pk, confirmed.pk]).update(created_at=week_ago)
    assert uploads.forget_unconfirmed() == 1
    assert set(LabelImport.objects.values_list("pk", flat=True)) == {young.pk, confirmed.pk}
    assert not Path(old.human.path).exists()
    assert Path(young.human.path).exists()
