"""One sheet of a study: facts and actions. What stands on it is shown by the preview alone.

A flagged sheet is shown again only here, beside the reasons for which people flagged it.
"""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotation import banks, hiding
from annotation.answers import translated
from annotation.banks import BankError, Known, NoBank
from annotation.models import Lapse, Sheet, Slot
from annotation.models.sheet import SheetUse, Stage
from annotation.permissions import StaffRequest, researcher_required
from annotation.preview import NoPreview, NoPreviewError, no_preview, preview_place, preview_slot
from personalization.views.sheet_forms import StratumForm, WhyForm

# A sheet has some dozen places at most, but may be given back any number of times.
MOST_LAPSES = 200
NO_PREVIEW: dict[NoPreview, Promise] = {
    NoPreview.NO_TEXT: gettext_lazy(
        "Write the consent text first: it stands before everything that raters see."
    ),
    NoPreview.NO_PAGE: gettext_lazy("This sheet was imported: raters do not see it here."),
    NoPreview.WITHDRAWN: gettext_lazy("The person whom this sheet is about took everything back."),
}
NO_BANK: dict[NoBank, Promise] = {
    NoBank.UNKNOWN: gettext_lazy(
        "The right answer to everything that must be answered is not known yet. Nothing was changed."
    ),
    NoBank.BEGUN: gettext_lazy(
        "Somebody has begun this sheet and not sent it. Try again when it is sent, or use another sheet. Nothing was changed."
    ),
    NoBank.NO_PAGE: NO_PREVIEW[NoPreview.NO_PAGE],
}


@require_safe
@researcher_required
def study_sheet(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Show one sheet: whose it is, its places, who gave it back and why, what is right at it."""
    return _page(request, _sheet(name, pk))


@require_POST
@researcher_required
def study_sheet_preview(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Open the sheet as a rater sees it, at a place that never counts."""
    sheet = _sheet(name, pk)
    try:
        _person, slot = preview_place(request.user, sheet, again="again" in request.POST)
    except NoPreviewError as error:
        messages.error(request, str(NO_PREVIEW[error.why]))
        return redirect("study_sheet", name, pk)
    return redirect("sheet", name, slot.pk)


@require_POST
@researcher_required
def study_sheet_shown(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Show a hidden sheet to raters again, or hide one."""
    sheet = _sheet(name, pk)
    match request.POST.get("shown"):
        case "yes" if hiding.has_withdrawn(sheet):
            messages.error(request, str(NO_PREVIEW[NoPreview.WITHDRAWN]))
        case "yes":
            hiding.show_again(sheet)
            messages.success(request, _("Raters get this sheet again."))
        case "no":
            hiding.hide(sheet)
            messages.success(request, _("Nobody gets this sheet now. What was sent stays."))
        case _:
            raise Http404
    return redirect("study_sheet", name, pk)


@require_POST
@researcher_required
def study_sheet_right(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let the researcher's own preview answers be the right ones."""
    sheet = _sheet(name, pk)
    form = WhyForm(request.POST)
    if not form.is_valid():
        return _page(request, sheet, why=form)
    try:
        count = banks.take_answers(request.user, sheet, form.cleaned_data["why"])
    except BankError:
        messages.error(
            request,
            _("Answer everything that must be answered, and decide everywhere, before you use it."),
        )
    else:
        text = ngettext(
            "%(count)s answer is kept as right.", "%(count)s answers are kept as right.", count
        )
        messages.success(request, text % {"count": count})
    return redirect("study_sheet", name, pk)


@require_POST
@researcher_required
def study_sheet_use(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Ask for a sheet as a check from now on, or for labels again."""
    sheet = _sheet(name, pk)
    chosen = request.POST.get("use", "")
    if chosen not in SheetUse.values:
        raise Http404
    try:
        changed = banks.put(sheet, SheetUse(chosen))
    except BankError as error:
        messages.error(request, str(NO_BANK[error.why]))
    else:
        if not changed:
            messages.info(request, _("It is used for that already."))
        elif chosen == SheetUse.LABEL:
            messages.success(request, _("It is asked for labels again."))
        else:
            messages.success(request, _("From now on it is a check, and its quota is closed."))
    return redirect("study_sheet", name, pk)


@require_POST
@researcher_required
def study_sheet_stratum(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Put the sheet into another group."""
    sheet = _sheet(name, pk)
    form = StratumForm(request.POST)
    if not form.is_valid():
        return _page(request, sheet, stratum=form)
    Sheet.objects.filter(pk=sheet.pk).update(stratum=form.cleaned_data["stratum"])
    messages.success(request, _("The group is saved."))
    return redirect("study_sheet", name, pk)


def _sheet(name: str, pk: int) -> Sheet:
    sheets = Sheet.objects.select_related("study", "owner__participant")
    return get_object_or_404(sheets, pk=pk, study__name=name)


def _page(
    request: StaffRequest,
    sheet: Sheet,
    stratum: StratumForm | None = None,
    why: WhyForm | None = None,
) -> HttpResponse:
    refused = no_preview(sheet)
    items = banks.known(sheet)
    context = {
        "study": sheet.study,
        "tab": "sheets",
        "sheet": sheet,
        "withdrawn": refused is NoPreview.WITHDRAWN,
        "no_preview": NO_PREVIEW[refused] if refused else "",
        "no_text": refused is NoPreview.NO_TEXT,
        "mine": preview_slot(request.user, sheet),
        "items": [_item(one) for one in items],
        "has_page": sheet.stage in Stage.values,
        "ready": banks.is_ready(items),
        "uses": [use for use in SheetUse.values if use != sheet.use],
        "places": _places(sheet),
        "lapses": _lapses(sheet)[:MOST_LAPSES],
        "stratum": stratum or StratumForm(initial={"stratum": sheet.stratum}),
        "why": why or WhyForm(),
    }
    status = 422 if stratum or why else 200
    return render(request, "study_sheet.html", context, status=status)


def _item(known: Known) -> dict[str, Any]:
    """Return an item with its right answers in words."""
    words = {
        one.code: translated(one.label or one.key) for one in known.item.question.options.all()
    }
    right = known.reference.accepted if known.reference else []
    return {
        "item": known.item,
        "must": known.must,
        "reference": known.reference,
        "right": [words[code] for code in right],
    }


def _places(sheet: Sheet) -> list[Slot]:
    """Return the places of raters; researchers' own are none."""
    places = sheet.slots.filter(reserved_for__participant__user=None)
    return list(places.select_related("rater", "reserved_for", "cohort").order_by("role", "pk"))


def _lapses(sheet: Sheet) -> QuerySet[Lapse]:
    ended = Lapse.objects.select_related("rater").filter(sheet=sheet, rater__participant__user=None)
    return ended.order_by("-pk")
