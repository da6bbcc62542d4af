"""A researcher's tokens for the REST API."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotation.models import User
from annotation.permissions import StaffRequest, researcher_required
from personalization.models import ApiToken
from personalization.tokens import USUAL_DAYS, new_token

MOST_TOKENS = 20
DAYS = [(7, _("7 days")), (30, _("30 days")), (90, _("90 days"))]


class TokenForm(forms.Form):
    """A new token: what it is for, and how long it works."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=100,
        help_text=_(
            "So that you know later which program to look at, such as judge on the server."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("How long does it work?"),
        choices=DAYS,
        coerce=int,
        initial=USUAL_DAYS,
        widget=forms.RadioSelect,
    )

    def __init__(self, user: User, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type] # a QueryDict or nothing
        self.user = user

    def clean(self) -> None:
        """Refuse more tokens than somebody can keep an eye on."""
        if self.user.auth_token_set.count() >= MOST_TOKENS:
            raise forms.ValidationError(
                _("You have %(count)s tokens already. Revoke one that you do not use."),
                params={"count": MOST_TOKENS},
            )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def tokens(request: StaffRequest) -> HttpResponse:
    """List my tokens, and make one: it is shown in this one answer and nowhere else."""
    form = TokenForm(request.user, request.POST if request.method == "POST" else None)
    made, status = None, 200
    if form.is_valid():
        made = new_token(request.user, form.cleaned_data["name"], form.cleaned_data["days"])
        form = TokenForm(request.user)
    elif form.is_bound:
        status = 422
    context = {"form": form, "made": made, "tokens": _mine(request), "now": timezone.now()}
    return render(request, "tokens.html", context, status=status)


@require_POST
@researcher_required
def token_revoke(request: StaffRequest, key: str) -> HttpResponse:
    """End one of my tokens: from now on it opens nothing."""
    ended, _rows = request.user.auth_token_set.filter(token_key=key).delete()
    if not ended:
        raise Http404
    return redirect("tokens")


def _mine(request: StaffRequest) -> list[ApiToken]:
    return list(request.user.auth_token_set.all())
