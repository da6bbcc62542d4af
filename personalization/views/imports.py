"""Labels in through the browser: upload, check how the file is read, import, look at the outcome."""

import json
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from personalization.imports import specification, upload
from personalization.imports.errors import ImportRefusedError
from personalization.imports.mapping import Layout, layout
from personalization.imports.outcome import Counts, Faults
from personalization.imports.reading import no_progress
from personalization.imports.staging import Staging
from personalization.models import LabelImport
from personalization.tasks import import_uploaded_labels
from personalization.views.import_forms import MappingForm, UploadForm, first_values
from personalization.views.lookup import study_named
from personalization.views.output_imports import check_outputs
from personalization.views.verdict_forms import VerdictForm
from personalization.views.verdict_imports import check_verdicts, verdict_form

CHECKED_LINES = 500
SHOWN_FAULTS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def import_new(request: StaffRequest, name: str) -> HttpResponse:
    """Take the files and go on to the mapping."""
    study = study_named(name)
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if sent and form.is_valid():
        return redirect("import", _kept(study, request, form.cleaned_data).pk)
    status = 422 if sent else 200
    return render(request, "import_new.html", {"study": study, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def import_one(request: StaffRequest, pk: int) -> HttpResponse:
    """Show an import: how it will be read, how far it is, or what came of it."""
    one = get_object_or_404(LabelImport.objects.select_related("study", "question"), pk=pk)
    outputs = upload.outputs_of(one)
    if one.confirmed_at is None:
        return _mapping(request, one) if outputs is None else check_outputs(request, one)
    context = {
        "study": one.study,
        "import": one,
        "faults": one.bad_lines.all()[:SHOWN_FAULTS],
        "running": one.finished_at is None,
        "verdicts": upload.mapping_of_verdicts(one) is not None,
        "outputs": outputs,
    }
    part = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"import.html{part}", context)


def _kept(study: Study, request: StaffRequest, data: dict[str, Any]) -> LabelImport:
    files = {kind: data[kind] for kind in upload.KINDS if data[kind]}
    return LabelImport.objects.create(
        study=study,
        by=request.user,
        names={kind: file.name for kind, file in files.items()},
        specification=json.dumps(data["question"], default=str),
        language=get_language() or "en",
        **files,
    )


def _mapping(request: StaffRequest, one: LabelImport) -> HttpResponse:
    """Ask how to read the files, show what that gives, and start on confirmation."""
    try:
        layouts = _layouts(one)
    except ImportRefusedError as error:
        return _refused(one, str(error))
    except FileNotFoundError:
        return _refused(one, _("The uploaded file is gone: upload it again."))
    sent = request.POST if request.method == "POST" else None
    form, base = _form(sent, one, layouts)
    faults, good = Faults(), 0
    if form.is_valid():
        mapping = form.mapping(base)
        try:
            faults, good = _check(one, mapping)
        except ImportRefusedError as error:
            form.add_error(None, list(error.messages))
        else:
            if "start" in request.POST:
                _start(one, _written(form, mapping), form.cleaned_data["strict"])
                return redirect("import", one.pk)
    context = {
        "study": one.study,
        "import": one,
        "form": form,
        "layouts": layouts,
        "checked": form.is_valid(),
        "good": good,
        "bad": faults.count,
        "faults": faults.kept[:SHOWN_FAULTS],
        "limit": CHECKED_LINES,
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "import_mapping.html", context, status=status)


def _form(
    sent: QueryDict | None, one: LabelImport, layouts: dict[str, Layout]
) -> tuple[MappingForm | VerdictForm, dict[str, Any]]:
    """Return the form that asks how the files are read, and what is known before it is answered."""
    verdicts = upload.mapping_of_verdicts(one)
    if verdicts is not None:
        return verdict_form(sent, one, layouts, verdicts), verdicts
    base = json.loads(one.specification)
    columns = list(dict.fromkeys(name for each in layouts.values() for name in each.columns))
    return MappingForm(sent, columns=columns, initial=first_values(base, layouts)), base


def _written(form: MappingForm | VerdictForm, mapping: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping as an import keeps it: verdicts' stand under a key of their own."""
    return {upload.VERDICTS: mapping} if isinstance(form, VerdictForm) else mapping


def _refused(one: LabelImport, failure: str) -> HttpResponse:
    """Say why the files cannot be used; there is nothing left to confirm."""
    upload.finish(one, failure=failure)
    LabelImport.objects.filter(pk=one.pk).update(confirmed_at=timezone.now())
    return redirect("import", one.pk)


def _layouts(one: LabelImport) -> dict[str, Layout]:
    with upload.opened(one) as files:
        return {kind: layout(file) for kind, file in files.items()}


def _check(one: LabelImport, mapping: dict[str, Any]) -> tuple[Faults, int]:
    """Read the first lines of each file as the mapping says; keep nothing."""
    if upload.mapping_of_verdicts(one) is not None:
        return check_verdicts(one, mapping, CHECKED_LINES)
    spec = specification.from_mapping(mapping)
    faults, good = Faults(), 0
    staging = Staging(None, spec, Counts(), faults, no_progress)
    with upload.opened(one) as files:
        for kind, file in files.items():
            good += staging.check(kind, file, CHECKED_LINES)
    return faults, good


def _start(one: LabelImport, mapping: dict[str, Any], strict: bool) -> None:
    """Confirm and hand over to the worker, both or neither, and once."""
    waiting = LabelImport.objects.filter(pk=one.pk, confirmed_at=None)
    with transaction.atomic():
        # A second press of the button, even at the same moment, finds nothing to confirm.
        if waiting.update(
            specification=json.dumps(mapping, default=str),
            strict=strict,
            confirmed_at=timezone.now(),
        ):
            import_uploaded_labels.defer(import_id=one.pk)
