"""The sheets that people answer: own ones and other people's, their drafts, and giving them back."""

from collections.abc import Sequence
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotation.answers import SheetForm
from annotation.assignment import (
    Refusal,
    SheetError,
    beat,
    claim_ahead,
    give_back,
    hold,
    place_of,
    submit,
)
from annotation.drafts import save_draft
from annotation.models import Slot
from annotation.models.sheet import STRANGERS_ONLY, Stage
from annotation.models.slot import LapseReason, Purpose, SlotRole
from annotation.profiles import shared_by_owner
from annotation.sheets import rater_of
from annotation.steps import progress
from annotation.views.profile import sentences
from annotation.views.sheet_page import Change, changes, contents
from annotation.visits import ParticipantRequest, go, is_part, participant_required

PAGES = {
    Stage.REVIEW: "sheet_review.html",
    Stage.RELEVANCE: "sheet_relevance.html",
    Stage.COMPARISON: "sheet_comparison.html",
    Stage.MENTION: "sheet_mention.html",
}
STATUS = {
    Refusal.NOT_THEIRS: HTTPStatus.NOT_FOUND,
    Refusal.SENT: HTTPStatus.CONFLICT,
    Refusal.TOO_LATE: HTTPStatus.GONE,
    Refusal.TAKEN_AWAY: HTTPStatus.GONE,
    Refusal.LEFT: HTTPStatus.FORBIDDEN,
}
NOTE_LENGTH = 500
# An open page says that somebody is at it so often in the time of a lease, but not more often than this.
BEATS, MOST_BEAT = 4, 15


class GiveBackForm(forms.Form):
    """Why a person does not answer a sheet."""

    use_required_attribute = False
    why = forms.ChoiceField(
        label=_("Why do you not want to answer this sheet?"),
        choices=[
            ("unclear", _("I do not understand what is asked.")),
            ("unable", _("I cannot judge this.")),
            ("broken", _("Something on the page does not work.")),
            ("flagged", _("It makes me uncomfortable. Nobody else should see it for now.")),
            ("other", _("Another reason.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one reason.")},
    )
    note = forms.CharField(
        label=_("Do you want to tell us more?"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@participant_required
def sheet(request: ParticipantRequest, pk: int) -> HttpResponseBase:
    """Show a sheet that this person may answer, or take the answers."""
    try:
        if request.method == "POST":
            return _send(request, pk)
        slot = hold(request.enrollment, pk)
    except SheetError as error:
        return _closed(request, error.why, pk)
    if slot.pk != pk:
        return redirect("sheet", request.enrollment.study.name, slot.pk)
    return _page(request, slot, SheetForm(slot, draft=slot.draft), slot.draft_revision)


@never_cache
@require_POST
@participant_required
def sheet_draft(request: ParticipantRequest, pk: int) -> HttpResponseBase:
    """Keep what is entered so far; a script gets JSON, a plain form the page again."""
    by_script = request.headers.get("Accept") == "application/json"
    try:
        slot = hold(request.enrollment, pk)
        if slot.pk != pk:
            # Another place has its own sides: answers from the page of this one would be turned.
            raise SheetError(Refusal.TOO_LATE)
    except SheetError as error:
        if not by_script:
            return _closed(request, error.why, pk)
        # A saving that arrives after the sheet itself is no fault.
        status = HTTPStatus.OK if error.why is Refusal.SENT else STATUS[error.why]
        return JsonResponse({"why": error.why.value}, status=status)
    form = SheetForm(slot, request.POST)
    draft = save_draft(slot, rater_of(request.enrollment), _revision(request), form.entered())
    if by_script:
        status = HTTPStatus.OK if draft.saved else HTTPStatus.CONFLICT
        return JsonResponse({"revision": draft.revision}, status=status)
    if draft.saved:
        messages.success(request, _("Your answers are saved. You can go on later."))
        return redirect("sheet", request.enrollment.study.name, slot.pk)
    messages.warning(
        request,
        _(
            "You changed this sheet in another tab since. Below is what you entered in this tab."
            " Save again to keep this instead."
        ),
    )
    return _page(request, slot, form, draft.revision, status=HTTPStatus.CONFLICT)


@never_cache
@require_POST
@participant_required
def sheet_ahead(request: ParticipantRequest) -> HttpResponseBase:
    """Lease the sheet after this one and send its page, so that it is there in time; or nothing.

    The page keeps it back until the sheet before it is sent.
    """
    try:
        slot = claim_ahead(request.enrollment)
    except SheetError:
        slot = None
    return HttpResponse(status=HTTPStatus.NO_CONTENT) if slot is None else _next(request, slot)


@never_cache
@require_POST
@participant_required
def sheet_beat(request: ParticipantRequest, pk: int) -> HttpResponseBase:
    """Keep a page's place for somebody who still looks at it; after it was sent, do nothing."""
    if beat(request.enrollment, pk):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return JsonResponse({"why": Refusal.TOO_LATE.value}, status=HTTPStatus.GONE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@participant_required
def sheet_skip(request: ParticipantRequest, pk: int) -> HttpResponseBase:
    """Ask why a person does not want to answer a sheet, and give it back."""
    enrollment = request.enrollment
    data = request.POST if request.method == "POST" else None
    form = GiveBackForm(data, initial={"why": request.GET.get("why")})
    try:
        if form.is_valid() and enrollment.preview:
            messages.info(
                request, _("This was a preview: nothing is given back, nothing is hidden.")
            )
            return go(request, "sheet", enrollment.study.name, pk)
        if form.is_valid():
            chosen, note = form.cleaned_data["why"], form.cleaned_data["note"]
            flagged = chosen == LapseReason.FLAGGED.value
            why = LapseReason.FLAGGED if flagged else LapseReason.SKIPPED
            give_back(enrollment, pk, why, f"{chosen}: {note}" if note else chosen)
            messages.success(request, _("Thank you. You do not have to answer that sheet."))
            return go(request, "part", enrollment.study.name)
        slot = hold(enrollment, pk)
    except SheetError as error:
        return _closed(request, error.why, pk)
    context = {"slot": slot, "form": form, "progress": progress(enrollment)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "sheet_skip.html", context, status=status)


def _send(request: ParticipantRequest, pk: int) -> HttpResponseBase:
    enrollment = request.enrollment
    slot = place_of(enrollment, pk)
    if slot is None:
        raise SheetError(Refusal.NOT_THEIRS)
    form = SheetForm(slot, request.POST)
    if not form.is_valid():
        place, revision = hold(enrollment, pk), _revision(request)
        if place.pk == slot.pk:
            draft = save_draft(place, rater_of(enrollment), revision, form.entered())
            revision = draft.revision if draft.saved else revision
        # Of the page it came from, even where the person has another place by now: its sides count.
        return _page(request, slot, form, revision, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        sent = submit(enrollment, pk, form.answers())
    except SheetError as error:
        if error.why is not Refusal.SENT:
            raise
        changed = changes(slot, rater_of(enrollment), form)
        return _closed(request, error.why, pk, changed=changed)
    if not sent.in_time:
        messages.info(
            request,
            _("Your time for that sheet was over. Your answers are kept all the same. Thank you."),
        )
    if enrollment.preview:
        return go(request, "study_sheet", enrollment.study.name, slot.sheet_id)
    if sent.in_time and slot.purpose == Purpose.TRAINING:
        return go(request, "training", enrollment.study.name, slot.pk)
    if sent.next is None:
        return go(request, "part", enrollment.study.name)
    if is_part(request):
        request.enrollment = sent.person
        return _next(request, sent.next)
    return go(request, "sheet", enrollment.study.name, sent.next.pk)


def _next(request: ParticipantRequest, slot: Slot) -> HttpResponse:
    """Return a sheet's page for a script, with its address: no other request is needed for it.

    A script that has the page already gets what is new around it alone.
    """
    address = reverse("sheet", args=[request.enrollment.study.name, slot.pk])
    if request.headers.get("X-Ahead") == address:
        page = render(request, "around.html", {"progress": progress(request.enrollment)})
        page["X-Ahead"] = address
    else:
        page = _page(request, slot, SheetForm(slot, draft=slot.draft), slot.draft_revision)
    page["HX-Push-Url"] = address
    return page


def _page(
    request: ParticipantRequest, slot: Slot, form: SheetForm, revision: int, status: int = 200
) -> HttpResponse:
    context = {
        "slot": slot,
        "form": form,
        "is_own": slot.role == SlotRole.FIRST_PERSON,
        "about": _about(slot),
        "revision": revision,
        "progress": progress(request.enrollment),
        "beat_seconds": max(MOST_BEAT, slot.sheet.study.lease_minutes * 60 // BEATS),
        "layout": "part.html" if is_part(request) else "base.html",
        **contents(slot, form),
    }
    return render(request, PAGES[Stage(slot.sheet.stage)], context, status=status)


def _about(slot: Slot) -> list[str]:
    """Return what a stranger may know of the person, where it helps; its owner needs no telling."""
    if slot.role == SlotRole.FIRST_PERSON or slot.sheet.stage in STRANGERS_ONLY:
        return []
    return sentences(shared_by_owner(slot.sheet))


def _closed(
    request: ParticipantRequest, why: Refusal, pk: int, changed: Sequence[Change] = ()
) -> HttpResponse:
    """Say why a sheet cannot be answered, and how to go on."""
    seen = why is Refusal.SENT and request.method != "POST"
    context = {
        "why": why.value,
        "is_again": request.method == "POST",
        "pk": pk,
        "changed": changed,
        "layout": "part.html" if is_part(request) else "base.html",
    }
    return render(request, "sheet_closed.html", context, status=200 if seen else STATUS[why])


def _revision(request: ParticipantRequest) -> int:
    try:
        return int(request.POST.get("revision", ""))
    except ValueError:
        return -1
