"""Studies: the list, one study, a new one."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from annotation.models import Study
from annotation.permissions import StaffRequest, researcher_required
from personalization.agreement.report import question_name
from personalization.models import AgreementReport
from personalization.views.lookup import study_named

HEADLINES = ("krippendorff_alpha", "raw_agreement")
RECENT_IMPORTS = 10


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
    """List all studies."""
    return render(request, "studies.html", {"studies": Study.objects.all()})


@require_safe
@researcher_required
def study(request: StaffRequest, name: str) -> HttpResponse:
    """Show one study: its questions with their headline numbers, and recent imports."""
    one = study_named(name)
    questions = list(one.questions.prefetch_related("options"))
    reports = AgreementReport.objects.filter(question__in=questions).in_bulk(
        field_name="question_id"
    )
    context = {
        "study": one,
        "questions": [
            {
                "question": question,
                "name": question_name(question),
                "options": question.options.all(),
                "headline": _headline(reports.get(question.pk)),
            }
            for question in questions
        ],
        "imports": one.label_imports.select_related("by")[:RECENT_IMPORTS],
    }
    return render(request, "study.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_new(request: StaffRequest) -> HttpResponse:
    """Ask for a name and a title, and make the study."""
    form = StudyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return redirect(form.save())
    status = 422 if form.is_bound else 200
    return render(request, "study_new.html", {"form": form}, status=status)


def _headline(report: AgreementReport | None) -> dict[str, object]:
    """Return the item count and the people's headline numbers, as last computed."""
    if report is None:
        return {}
    people = {
        record["statistic"]: record
        for record in report.content["records"]
        if record["panel"] == "third_party" and record["against"] is None
    }
    numbers = [people[name] for name in HEADLINES if people.get(name, {}).get("value") is not None]
    return {"n_items": report.content["n_items"], "numbers": numbers}
