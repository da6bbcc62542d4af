"""Share free places among people or invites: a preview, then the same numbers for good; and back."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from annotation import sharing
from annotation.kept import kept, release
from annotation.models import Enrollment, Invite, Study
from annotation.models.consent import Way
from annotation.permissions import StaffRequest, researcher_required
from annotation.shares import Preview
from personalization.views.lookup import study_named
from personalization.views.plan_share_form import ShareForm

MOST_KEPT = 200
# Pseudonyms to copy, the newest.
MOST_NAMES = 50
LONGEST = 20


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def study_share(request: StaffRequest, name: str) -> HttpResponse:
    """Show what a share would be, and give it away as shown; else list what is shared."""
    study = study_named(name)
    form = ShareForm(request.POST if request.method == "POST" else None, study=study)
    shown, status = None, 200
    if form.is_valid():
        stage = form.cleaned_data["stage"]
        seen = _seen(request)
        if seen is not None and len(seen) == len(form.shares):
            try:
                given = sharing.assign(study, stage, form.shares, seen)
            except sharing.ChangedError as error:
                messages.error(request, _changed(error.missing))
                status = 409
            else:
                messages.success(request, _given(given))
                return redirect("study_share", name)
        shown = sharing.preview(study, stage, form.shares)
        form.refuse(shown.problems)
    if form.errors:
        status = 422
    context = {
        "study": study,
        "tab": "plan",
        "form": form,
        "preview": shown,
        "rows": _rows(form, shown) if shown else [],
        "seen": ",".join(map(str, shown.gets)) if shown and not shown.problems else "",
        "kept": kept(study, MOST_KEPT),
        "names": _names(study),
    }
    return render(request, "study_share.html", context, status=status)


@require_POST
@researcher_required
def study_share_back(request: StaffRequest, name: str) -> HttpResponse:
    """Give what is kept for somebody, and not begun, back to everybody."""
    study, stage = study_named(name), request.POST.get("stage", "")
    who: str | Invite = request.POST.get("person", "")
    if not who:
        key = request.POST.get("invite", "")
        if not (key.isascii() and key.isdigit() and len(key) <= LONGEST - 2):
            raise Http404
        who = get_object_or_404(Invite, pk=int(key), study=study)
    if "\0" in stage or (isinstance(who, str) and "\0" in who):
        raise Http404
    count = release(study, stage, who)
    said = ngettext(
        "%(count)s place is free for everybody again.",
        "%(count)s places are free for everybody again.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect("study_share", name)


def _seen(request: StaffRequest) -> list[int] | None:
    """Return the numbers of the preview that is confirmed; None where none is."""
    numbers = request.POST.get("seen", "").split(",")
    fine = all(one.isascii() and one.isdigit() and len(one) < LONGEST for one in numbers)
    return [int(one) for one in numbers] if fine else None


def _rows(form: ShareForm, shown: Preview) -> list[dict[str, object]]:
    """Return what each would get, under the name that was written."""
    return [
        {"who": who or form[field].label, "gets": gets, "left_out": left_out}
        for (field, who), gets, left_out in zip(
            form.fields_of, shown.gets, shown.left_out, strict=True
        )
    ]


def _names(study: Study) -> "QuerySet[Enrollment, str]":
    """Return who may get a share, the newest first."""
    people = Enrollment.objects.filter(
        study=study, way=Way.LABELS, preview=False, consented_at__isnull=False,
        finished_at=None, withdrawn_at=None,
    )  # fmt: skip
    return people.order_by("-pk").values_list("participant__pseudonym", flat=True)[:MOST_NAMES]


def _changed(missing: int) -> str:
    return ngettext(
        "%(count)s of these places was taken meanwhile. Look at the preview again.",
        "%(count)s of these places were taken meanwhile. Look at the preview again.",
        missing,
    ) % {"count": missing}


def _given(count: int) -> str:
    return ngettext("%(count)s place is kept.", "%(count)s places are kept.", count) % {
        "count": count
    }
