"""Studies: the list with how far each is, and a new one."""

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from annotation.preparation import plan_as_usual
from personalization.overview import overview


class StudyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and title of a new study."""

    class Meta:
        model = Study
        fields = ["name", "title", "description"]
        labels = {"name": _("Name"), "title": _("Title"), "description": _("Description")}
        help_texts = {
            "name": _(
                "For commands and addresses, such as travel-plans-2. It cannot change later."
            ),
            "title": _("What people read."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "title": forms.TextInput,
            "description": forms.Textarea(attrs={"rows": 3}),
        }


@require_safe
@researcher_required
def studies(request: StaffRequest) -> HttpResponse:
    """List all studies with their progress, the liveliest first."""
    return render(request, "studies.html", {"lines": overview()})


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_new(request: StaffRequest) -> HttpResponse:
    """Ask for a name and a title, and make the study."""
    form = StudyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            study = form.save()
            plan_as_usual(study)
        return redirect(study)
    status = 422 if form.is_bound else 200
    return render(request, "study_new.html", {"form": form}, status=status)
