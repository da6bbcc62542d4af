"""Bring your own, through the browser: upload outputs, look at a dry run, import them."""

import json
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from annotation.permissions import StaffRequest, researcher_required
from personalization.imports import outputs, upload
from personalization.imports.errors import ImportRefusedError
from personalization.imports.outcome import Fault, Outcome
from personalization.models import LabelImport
from personalization.tasks import import_uploaded_labels
from personalization.views.csv_file import csv_response
from personalization.views.lookup import study_named
from personalization.views.output_forms import WHAT, OutputsForm

# So many lines are tried before anything is imported: it must not take long.
TRIED_LINES = 500
SHOWN_FAULTS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def import_outputs(request: StaffRequest, name: str) -> HttpResponse:
    """Take the file and what is said of it, and go on to the dry run."""
    study = study_named(name)
    sent = request.method == "POST"
    form = (
        OutputsForm(request.POST, request.FILES, study=study) if sent else OutputsForm(study=study)
    )
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        one = LabelImport.objects.create(
            study=study,
            by=request.user,
            items=file,
            names={"items": file.name},
            specification=json.dumps({upload.OUTPUTS: form.chosen()}),
            language=get_language() or "en",
        )
        return redirect("import", one.pk)
    status = 422 if sent else 200
    return render(request, "import_outputs.html", {"study": study, "form": form}, status=status)


def check_outputs(request: StaffRequest, one: LabelImport) -> HttpResponse:
    """Show what the beginning of the file would come to, and import all of it on confirmation."""
    try:
        outcome = _tried(one)
    except (ImportRefusedError, FileNotFoundError) as error:
        upload.finish(one, failure=_why(error))
        LabelImport.objects.filter(pk=one.pk).update(confirmed_at=timezone.now())
        return redirect("import", one.pk)
    if request.method == "POST":
        _start(one, strict="strict" in request.POST)
        return redirect("import", one.pk)
    context = {
        "study": one.study,
        "import": one,
        "chosen": _told(one),
        "outcome": outcome,
        "counts": outcome.counts.as_dict(),
        "faults": outcome.faults.kept[:SHOWN_FAULTS],
        "limit": TRIED_LINES,
    }
    return render(request, "import_outputs_check.html", context)


@require_safe
@researcher_required
def import_lines(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Send the lines that were left out, or would be, as CSV."""
    one = get_object_or_404(LabelImport.objects.select_related("study", "by"), pk=pk)
    lines: list[Fault] = []
    if one.confirmed_at is None and upload.outputs_of(one) is not None:
        try:
            lines = _tried(one).faults.kept
        except (ImportRefusedError, FileNotFoundError) as error:
            lines = [Fault(one.names.get("items", ""), 0, _why(error))]
    else:
        lines = [Fault(bad.file, bad.line, bad.message) for bad in one.bad_lines.all()]
    rows = ({"file": bad.file, "line": bad.line, "message": bad.message} for bad in lines)
    return csv_response(f"{one.study.name} bad lines {pk}", ["file", "line", "message"], rows)


def _tried(one: LabelImport) -> Outcome:
    """Import the beginning of the file and keep nothing."""
    chosen = upload.outputs_of(one) or {}
    with upload.opened(one) as files:
        return outputs.bring(
            one.study, chosen, files["items"], by=one.by, dry_run=True, most=TRIED_LINES
        )


def _why(error: Exception) -> str:
    if isinstance(error, ImportRefusedError):
        return str(error)
    return _("The uploaded file is gone: upload it again.")


def _told(one: LabelImport) -> dict[str, Any]:
    chosen = upload.outputs_of(one) or {}
    return {**chosen, "called": WHAT[chosen["what"]]}


def _start(one: LabelImport, *, strict: bool) -> None:
    """Confirm and hand over to the worker, both or neither, and once."""
    waiting = LabelImport.objects.filter(pk=one.pk, confirmed_at=None)
    with transaction.atomic():
        # A second press of the button, even at the same moment, finds nothing to confirm.
        if waiting.update(strict=strict, confirmed_at=timezone.now()):
            import_uploaded_labels.defer(import_id=one.pk)
