"""The versions of a study's consent text."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation import preparation
from annotation.permissions import StaffRequest, researcher_required
from annotation.progress import taking_part
from personalization.readiness import models_asked, unnamed_providers
from personalization.views.lookup import study_named
from personalization.views.setup_forms import ConsentForm


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_consent(request: StaffRequest, name: str) -> HttpResponse:
    """List the versions of the consent text, and add the next one; no version ever changes."""
    study = study_named(name)
    versions = list(study.consent_texts.all())
    newest = versions[0] if versions else None
    initial = {"text": newest.text, "provider": newest.provider} if newest else {}
    form = ConsentForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        text = preparation.publish_consent(study, data["text"], data["provider"])
        if text is None:
            messages.info(request, _("Nothing was changed, so there is no new version."))
        else:
            messages.success(
                request,
                _("Version %(version)s holds from now on.") % {"version": text.version},
            )
        return redirect("study_consent", name)
    agreed = dict(
        taking_part(study)
        .filter(consent_version__isnull=False)
        .values_list("consent_version")
        .annotate(people=Count("pk"))
        .order_by()
    )
    context = {
        "study": study,
        "tab": "consent",
        "form": form,
        "versions": [(one, agreed.get(one.version, 0)) for one in versions],
        "unnamed": unnamed_providers(models_asked(study), newest.provider) if newest else [],
    }
    return render(request, "study_consent.html", context, status=422 if form.is_bound else 200)
