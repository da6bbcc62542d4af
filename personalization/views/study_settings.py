"""What people do in a study and get for it, which models are asked, and whether people may join."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotation import preparation
from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from annotation.progress import taking_part
from personalization.backlog import STEPS
from personalization.readiness import models_asked
from personalization.views.lookup import study_named
from personalization.views.settings_forms import ModelsForm, SettingsForm


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_settings(request: StaffRequest, name: str) -> HttpResponse:
    """Show the settings and change them."""
    study = study_named(name)
    sent = request.POST if request.method == "POST" else None
    form = SettingsForm(sent, instance=study_named(name))
    if form.is_valid():
        form.save()
        messages.success(request, _("The settings are saved."))
        return redirect("study_settings", name)
    return _page(request, study, form, ModelsForm(study=study))


@require_POST
@researcher_required
def study_models(request: StaffRequest, name: str) -> HttpResponse:
    """Choose the model of each step."""
    study = study_named(name)
    form = ModelsForm(request.POST, study=study)
    if form.is_valid():
        form.save()
        messages.success(request, _("The models are chosen. They do all work from now on."))
        return redirect("study_settings", name)
    return _page(request, study, SettingsForm(instance=study_named(name)), form)


@require_POST
@researcher_required
def study_close(request: StaffRequest, name: str) -> HttpResponse:
    """Close a study to new people, or open it again."""
    study = study_named(name)
    if request.POST.get("to") == "open":
        preparation.reopen(study)
        messages.success(request, _("The study is open again: its invites let people in."))
    else:
        preparation.close(study)
        messages.success(request, _("The study is closed. Who has begun can go on to the end."))
    return redirect("study_settings", name)


def _page(
    request: StaffRequest, study: Study, form: SettingsForm, models: ModelsForm
) -> HttpResponse:
    """Show both forms; answers that cannot be kept stay in theirs."""
    asked = models_asked(study)
    context = {
        "study": study,
        "tab": "settings",
        "form": form,
        "models": models,
        "steps": [(STEPS[step], asked[step], *fields) for step, *fields in models.steps()],
        "begun": taking_part(study).filter(consented_at__isnull=False).exists(),
    }
    refused = form.is_bound or models.is_bound
    return render(request, "study_settings.html", context, status=422 if refused else 200)
