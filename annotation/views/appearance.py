"""Theme of every page, kept in a cookie: no account is needed to read in the dark."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "concord_theme"
THEMES = ("auto", "light", "dark", "contrast")
YEAR = 365 * 24 * 3600


def appearance(request: HttpRequest) -> dict[str, object]:
    """Return the visitor's theme for templates."""
    theme = request.COOKIES.get(COOKIE, "auto")
    if theme not in THEMES:
        theme = "auto"
    return {"appearance": {"theme": theme, "data_theme": "" if theme == "auto" else theme}}


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme and go back."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponse("Choose one of: " + ", ".join(THEMES), status=400)
    response = HttpResponseRedirect(_next(request))
    response.set_cookie(COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return response


def _next(request: HttpRequest) -> str:
    """Return where to go back to: only ever a page of this site."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours else "/"
