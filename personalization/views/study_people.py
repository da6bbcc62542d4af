"""Who takes part in a study, and the links by which people come in."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, F, QuerySet, TextChoices
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import money
from annotation.invitation import invite_url
from annotation.leaving import release
from annotation.models import Enrollment, Invite, Slot, Study, Turn
from annotation.models.conversation import Speaker
from annotation.models.places import ANYBODYS
from annotation.models.slot import SlotRole
from annotation.permissions import StaffRequest, researcher_required
from annotation.progress import Standing, taking_part, with_standing
from personalization.views.lookup import start_after, study_named
from personalization.views.setup_forms import InviteForm

PAGE = 50
INVITES = 200


class InviteState(TextChoices):
    """Whether a link lets people in."""

    OPEN = "open", gettext_lazy("Open")
    EXPIRED = "expired", gettext_lazy("Expired")
    FULL = "full", gettext_lazy("Full")
    CLOSED = "closed", gettext_lazy("Closed")


@require_safe
@researcher_required
def people(request: StaffRequest, name: str) -> HttpResponse:
    """List the people of a study under their pseudonyms, the newest first; never their texts."""
    study = study_named(name)
    chosen = request.GET.get("standing", "")
    if chosen and chosen not in Standing.values:
        raise Http404
    everybody = with_standing(taking_part(study))
    asked = everybody.filter(standing=chosen) if chosen else everybody
    if last := start_after(request):
        asked = asked.filter(pk__lt=last)
    page = list(asked.select_related("participant", "study").order_by("-pk")[: PAGE + 1])
    context = {
        "study": study,
        "tab": "people",
        "standings": Standing,
        "chosen": chosen,
        "rows": _rows(study, page[:PAGE]),
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "later": bool(last),
    }
    return render(request, "study_people.html", context)


@require_POST
@researcher_required
def person_release(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Free the sheets that somebody holds who dropped out; the person may come back and go on."""
    person = get_object_or_404(Enrollment, pk=pk, study__name=name)
    count = release(person)
    if count:
        text = ngettext(
            "%(count)s sheet of %(person)s is free for other people. What was sent is kept.",
            "%(count)s sheets of %(person)s are free for other people. What was sent is kept.",
            count,
        )
        messages.success(request, text % {"count": count, "person": person.participant})
    else:
        text = _("%(person)s holds no sheet now: nothing was changed.")
        messages.info(request, text % {"person": person.participant})
    return redirect("people", name)


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def invites(request: StaffRequest, name: str) -> HttpResponse:
    """List the invites with their links, and make new ones."""
    study = study_named(name)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        invite = form.invite(study)
        invite.by = request.user
        invite.save()
        messages.success(request, _("The invite is ready: copy its link."))
        return redirect("invites", study.name)
    newest = list(study.invites.select_related("by")[: INVITES + 1])
    context = {
        "study": study,
        "tab": "invites",
        "form": form,
        "invites": [_shown(request, one) for one in newest[:INVITES]],
        "most_shown": INVITES if len(newest) > INVITES else None,
    }
    return render(request, "study_invites.html", context, status=422 if form.is_bound else 200)


@require_POST
@researcher_required
def invite_close(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Let nobody come in by an invite any more."""
    invite = get_object_or_404(Invite, pk=pk, study__name=name)
    Invite.objects.filter(pk=invite.pk, closed_at=None).update(closed_at=timezone.now())
    messages.success(request, _("The invite is closed. Who came in by it goes on."))
    return redirect("invites", name)


def _shown(request: StaffRequest, invite: Invite) -> dict[str, object]:
    """Return an invite with its whole link and its state."""
    state = _state(invite)
    return {
        "invite": invite,
        "name": invite.label or _("Invite %(number)s") % {"number": invite.pk},
        "link": request.build_absolute_uri(invite_url(invite)),
        "state": state,
        "tone": "good" if state == InviteState.OPEN else "warn",
    }


def _state(invite: Invite) -> InviteState:
    """Return whether an invite lets people in by itself; a closed study stops them all."""
    if invite.closed_at is not None:
        return InviteState.CLOSED
    if invite.expires_at is not None and invite.expires_at <= timezone.now():
        return InviteState.EXPIRED
    if invite.most is not None and invite.used >= invite.most:
        return InviteState.FULL
    return InviteState.OPEN


def _rows(study: Study, page: list[Any]) -> list[dict[str, object]]:
    """Return people with what they have done and hold, by four queries for the whole page."""
    who = [one.participant_id for one in page]
    messages_of = _counted(
        Turn.objects.filter(
            conversation__study=study, conversation__participant__in=who, speaker=Speaker.USER
        ),
        "conversation__participant",
    )
    sheets_of = _counted(
        Slot.objects.filter(
            sheet__study=study, rater__participant__in=who, submitted_at__isnull=False
        ),
        "rater__participant",
    )
    here = Slot.objects.filter(sheet__study=study)
    held_by = _counted(
        here.filter(rater__participant__in=who, submitted_at=None), "rater__participant"
    )
    kept_for = _counted(
        here.filter(
            reserved_for__participant__in=who,
            rater=None,
            role=SlotRole.THIRD_PARTY,
            purpose__in=ANYBODYS,
        ),
        "reserved_for__participant",
    )
    return [
        {
            "person": one,
            "held": held_by.get(one.participant_id, 0) + kept_for.get(one.participant_id, 0),
            "standing": Standing(one.standing),
            "messages": messages_of.get(one.participant_id, 0),
            "sheets": sheets_of.get(one.participant_id, 0),
            "earned": money.written(money.earned(one), study.pay_currency),
        }
        for one in page
    ]


def _counted(rows: QuerySet[Turn] | QuerySet[Slot], person: str) -> dict[int, int]:
    counted = rows.order_by().values(who=F(person)).annotate(count=Count("pk"))
    return {row["who"]: row["count"] for row in counted}
