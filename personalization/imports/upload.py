"""An upload on its way in: open its files, import them as a job, keep progress and outcome."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from personalization.imports import outputs, specification
from personalization.imports.errors import ImportRefusedError
from personalization.imports.outcome import Outcome
from personalization.imports.reading import LabelFile
from personalization.imports.specification import Specification
from personalization.imports.verb import import_labels
from personalization.imports.verdict_toml import from_mapping
from personalization.imports.verdicts import import_verdicts
from personalization.models import BadLine, LabelImport

KINDS = ("items", "human", "judges")
# Under this key of the specification stands the content of verdicts.toml, where an upload brings
# verdicts; its file is the judges'.
VERDICTS = "verdicts"
# Under this one, how the form for outputs was filled in; their file is the items'.
OUTPUTS = "outputs"
REPORT_EVERY = 0.5  # seconds
FORGET_AFTER = timedelta(days=7)
LOCK = 20260  # the first half of the advisory locks of uploads


@contextmanager
def opened(upload: LabelImport) -> Iterator[dict[str, LabelFile]]:
    """Open the files of `upload` by kind."""
    with ExitStack() as stack:
        yield {
            kind: LabelFile(
                upload.names.get(kind, kind),
                stack.enter_context(field.open("rb")).file,
                field.size,
            )
            for kind, field in _fields(upload)
        }


def _fields(upload: LabelImport) -> list[tuple[str, FieldFile]]:
    return [(kind, getattr(upload, kind)) for kind in KINDS if getattr(upload, kind)]


def mapping_of_verdicts(upload: LabelImport) -> dict[str, Any] | None:
    """Return how the verdicts of an upload are read; None where it brings labels."""
    said = json.loads(upload.specification) if upload.specification else {}
    mapping: dict[str, Any] | None = said.get(VERDICTS)
    return mapping


def outputs_of(upload: LabelImport) -> dict[str, Any] | None:
    """Return what was said of the outputs of an upload; None where it brings labels or verdicts."""
    said = json.loads(upload.specification) if upload.specification else {}
    chosen: dict[str, Any] | None = said.get(OUTPUTS)
    return chosen


def read_specification(upload: LabelImport) -> Specification:
    """Return the confirmed question and columns of `upload`."""
    return specification.from_mapping(json.loads(upload.specification))


def run(upload: LabelImport) -> None:
    """Import the files; harmless to run again after a kill, since nothing was kept."""
    with _alone(upload), translation.override(upload.language):
        upload.refresh_from_db()
        if upload.finished_at is not None:
            return
        upload.started_at = timezone.now()
        upload.save(update_fields=["started_at"])
        try:
            _import(upload)
        except ImportRefusedError as error:
            finish(upload, failure=str(error))
        except OSError:
            finish(upload, failure=_("The uploaded file is gone: upload it again."))
        except Exception:
            # The page must not wait for ever; the job fails as well, and the log says why.
            finish(upload, failure=_("Something broke on our side"))
            raise


def _import(upload: LabelImport) -> None:
    """Add the labels or verdicts and keep the outcome, both or neither."""
    with opened(upload) as files, _Progress(upload, files) as progress, transaction.atomic():
        outcome = _brought(upload, files, progress)
        finish(upload, outcome=outcome)


def _brought(
    upload: LabelImport, files: dict[str, LabelFile], progress: Callable[[int], None]
) -> Outcome:
    chosen = outputs_of(upload)
    if chosen is not None:
        return outputs.bring(
            upload.study,
            chosen,
            files["items"],
            by=upload.by,
            strict=upload.strict,
            progress=progress,
        )
    mapping = mapping_of_verdicts(upload)
    if mapping is not None:
        return import_verdicts(
            upload.study,
            from_mapping(mapping),
            files["judges"],
            items=files.get("items"),
            strict=upload.strict,
            progress=progress,
        )
    return import_labels(
        upload.study,
        read_specification(upload),
        items=files.get("items"),
        human=files.get("human"),
        judges=files.get("judges"),
        strict=upload.strict,
        progress=progress,
    )


@contextmanager
def _alone(upload: LabelImport) -> Iterator[None]:
    """Wait until no other worker is at this upload; the lock of a killed one is gone with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, upload.pk])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, upload.pk])


def finish(upload: LabelImport, *, outcome: Outcome | None = None, failure: str = "") -> None:
    """Keep what came of an import, and the lines it left out."""
    with transaction.atomic():
        upload.failure = failure
        if outcome is not None:
            upload.counts = {
                **outcome.counts.as_dict(),
                "arms": outcome.arms,
                "unread": outcome.unread,
            }
            upload.question = upload.study.questions.filter(
                key=outcome.question, version=outcome.version
            ).first()
            if upload.strict and outcome.faults.count:
                upload.failure = _(
                    "Nothing was imported: some lines are bad, and you asked for all or nothing."
                )
            BadLine.objects.bulk_create(
                BadLine(
                    label_import=upload, file=fault.file, line=fault.line, message=fault.message
                )
                for fault in outcome.faults.kept
            )
        upload.finished_at = timezone.now()
        upload.save(update_fields=["failure", "counts", "question", "finished_at"])
        # The labels are in the database now, or the files are of no use.
        transaction.on_commit(partial(remove_files, upload))


class _Progress:
    """Counts bytes and writes them through a connection of its own, outside the import's."""

    def __init__(self, upload: LabelImport, files: dict[str, LabelFile]) -> None:
        self.upload = upload
        self.read = 0
        self.told = 0.0
        self.connection = connection.copy()
        self._tell(sum(file.size for file in files.values()))

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    def __call__(self, read: int) -> None:
        self.read += read
        if monotonic() - self.told > REPORT_EVERY:
            self._tell()

    def _tell(self, total: int | None = None) -> None:
        self.told = monotonic()
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE personalization_labelimport SET bytes_read = %s,"
                " bytes_total = coalesce(%s, bytes_total) WHERE id = %s",
                [self.read, total, self.upload.pk],
            )


def remove_files(upload: LabelImport) -> None:
    """Delete the uploaded files."""
    for _kind, field in _fields(upload):
        Path(field.path).unlink(missing_ok=True)


def forget_unconfirmed() -> int:
    """Delete uploads that nobody confirmed within a week, with their files; return how many."""
    stale = LabelImport.objects.filter(
        confirmed_at=None, created_at__lt=timezone.now() - FORGET_AFTER
    )
    for upload in stale:
        remove_files(upload)
        upload.delete()
    return len(stale)
