"""What a study asks its people about themselves: the fields of the profile."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from annotation import profile_fields
from annotation.models import ProfileField
from annotation.permissions import StaffRequest, researcher_required
from annotation.profile_fields import FieldError, Step
from annotation.usual_profile import USUAL
from personalization.views.lookup import study_named
from personalization.views.profile_forms import WHY, FieldForm


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_profile(request: StaffRequest, name: str) -> HttpResponse:
    """List the fields, and add one."""
    study = study_named(name)
    form = FieldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            profile_fields.add_field(study, form.wanted())
        except FieldError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The field is added."))
            return redirect("study_profile", name)
    fields = profile_fields.fields_of(study)
    known = {one.key for one in fields}
    context = {
        "study": study,
        "tab": "profile",
        "form": form,
        "fields": fields,
        "usual_left": [one for one in USUAL if one.key not in known],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "study_profile.html", context, status=status)


@require_POST
@researcher_required
def study_profile_usual(request: StaffRequest, name: str) -> HttpResponse:
    """Add the persona fields that studies usually ask for."""
    try:
        n = profile_fields.add_usual(study_named(name))
    except FieldError as error:
        messages.error(request, WHY[error.why])
    else:
        said = ngettext("%(n)s field was added.", "%(n)s fields were added.", n)
        messages.success(request, said % {"n": n})
    return redirect("study_profile", name)


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_profile_field(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Change a field that nobody has answered."""
    field = _field(name, pk)
    form = FieldForm(request.POST if request.method == "POST" else None, field=field)
    if form.is_valid():
        try:
            profile_fields.change_field(field, form.wanted())
        except FieldError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The field is changed."))
            return redirect("study_profile", name)
    elif field.answers.exists():
        messages.info(request, WHY[profile_fields.NoField.ANSWERED])
        return redirect("study_profile", name)
    context = {"study": field.study, "tab": "profile", "form": form, "field": field}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "study_profile_field.html", context, status=status)


@require_POST
@researcher_required
def study_profile_do(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Move a field, close it, ask it again, or delete it where nobody has answered."""
    field = _field(name, pk)
    match request.POST.get("action"):
        case "up":
            profile_fields.move_field(field, Step.UP)
        case "down":
            profile_fields.move_field(field, Step.DOWN)
        case "close":
            profile_fields.close_field(field)
            messages.success(request, _("The field is closed: nobody is asked or shown it."))
        case "open":
            profile_fields.open_field(field)
            messages.success(request, _("The field is asked again."))
        case "delete":
            try:
                profile_fields.delete_field(field)
            except FieldError as error:
                messages.error(request, WHY[error.why])
            else:
                messages.success(request, _("The field is deleted."))
        case _:
            raise Http404
    return redirect("study_profile", name)


def _field(study: str, pk: int) -> ProfileField:
    fields = ProfileField.objects.select_related("study")
    return get_object_or_404(fields, pk=pk, study__name=study)
