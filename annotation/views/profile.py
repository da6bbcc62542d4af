"""The page on which a person says something of themself, and what of it others may read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation import profiles
from annotation.answers import translated
from annotation.apart import apart
from annotation.models import ProfileField
from annotation.profiles import LONGEST, PLACE, ProfileError, Said, Shared
from annotation.visits import ParticipantRequest, participant_required

SHARE, SKIP, NOTHING = "share", "skip", "nothing"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is asked: the answer, the tick that shares it, and what others read then."""

    asked: ProfileField
    say: BoundField
    share: BoundField
    example: str


class ProfileForm(forms.Form):
    """What a study asks its people about themselves; every answer may be left out."""

    use_required_attribute = False

    def __init__(
        self, asked: Sequence[ProfileField], told: dict[str, Said], data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.asked = asked
        for one in asked:
            value, shared = told.get(one.key, ("", False))
            say = self.fields[f"say-{one.pk}"] = _field(one)
            say.initial = value
            self.fields[f"share-{one.pk}"] = forms.BooleanField(
                label=gettext_lazy("Others may read this"), required=False, initial=shared
            )

    def rows(self) -> Iterator[Row]:
        """Yield what is asked, in order."""
        for one in self.asked:
            say = self[f"say-{one.pk}"]
            value = str(say.value() or "")
            example = in_words(one.sentence, value or "…", is_chosen=bool(one.choices))
            yield Row(one, say, self[f"share-{one.pk}"], example)

    def said(self, *, share_open: bool) -> dict[str, Said]:
        """Return what a valid form says, by key; `share_open` ticks all that no law protects."""
        data = self.cleaned_data
        return {
            one.key: (
                data[f"say-{one.pk}"],
                data[f"share-{one.pk}"] or (share_open and not one.sensitive),
            )
            for one in self.asked
        }


def in_words(sentence: str, value: str, *, is_chosen: bool) -> str:
    """Return a sentence about somebody in the reader's language; own words stay as they are.

    An answer that is written the other way round turns itself alone.
    """
    before, _place, after = translated(sentence).partition(PLACE)
    answer = translated(value) if is_chosen else value
    return format_html("{}{}{}", before, apart(answer), after)


def sentences(shared: Sequence[Shared]) -> list[str]:
    """Return what somebody shares as other people read it."""
    return [in_words(one.sentence, one.value, is_chosen=one.is_chosen) for one in shared]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@participant_required
def profile(request: ParticipantRequest) -> HttpResponseBase:
    """Ask a person about themself, or take what they say; nothing has to be said."""
    enrollment = request.enrollment
    study = enrollment.study.name
    action = request.POST.get("action")
    asked = profiles.open_fields(enrollment.study)
    if not asked or not profiles.may_tell(enrollment):
        return redirect("part", study)
    if action == NOTHING:
        profiles.share_nothing(enrollment)
        messages.success(request, _("You share nothing any more. What you said is kept."))
        return redirect("profile", study)
    if not profiles.may_change(enrollment):
        return _over(request)
    if action == SKIP:
        profiles.pass_by(enrollment)
        return redirect("part", study)
    form = ProfileForm(
        asked, profiles.told(enrollment), request.POST if request.method == "POST" else None
    )
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else 200)
    try:
        profiles.keep(enrollment, form.said(share_open=action == SHARE))
    except ProfileError:
        # The study team has closed a field or the study since the form was checked.
        messages.warning(
            request, _("Nothing was saved: this page has just changed. Please look once more.")
        )
        return redirect("profile", study)
    messages.success(request, _kept(request))
    return redirect("profile" if action == SHARE else "part", study)


def _field(asked: ProfileField) -> forms.Field:
    label = translated(asked.label)
    if asked.choices:
        named = [(one, translated(one)) for one in asked.choices]
        return forms.ChoiceField(
            label=label,
            required=False,
            choices=[("", _("Rather not say")), *named],
            error_messages={"invalid_choice": _("Choose one of the answers in the list.")},
        )
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


def _shares(request: ParticipantRequest) -> list[Shared]:
    person = request.enrollment
    return profiles.shared_by(person.study_id, [person.participant_id]).get(
        person.participant_id, []
    )


def _kept(request: ParticipantRequest) -> str:
    n = len(_shares(request))
    if n == 0:
        return _("Saved. You share nothing with others.")
    return ngettext(
        "Saved. You share %(n)s answer with others.",
        "Saved. You share %(n)s answers with others.",
        n,
    ) % {"n": n}


def _page(request: ParticipantRequest, form: ProfileForm, status: int) -> HttpResponse:
    context = {
        "form": form,
        "rows": list(form.rows()),
        "is_first": request.enrollment.profile_at is None,
    }
    return render(request, "profile.html", context, status=status)


def _over(request: ParticipantRequest) -> HttpResponse:
    """Show what is shared once nothing can change any more; that it is shared can end."""
    posted = request.method == "POST"
    context = {"shared": sentences(_shares(request))}
    return render(
        request, "profile_over.html", context, status=HTTPStatus.CONFLICT if posted else 200
    )
