"""Signing in by a one-time link, and out again."""

from django.contrib import messages
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from sesame.utils import get_user

from annotation.models import User


@require_safe
def signin(request: HttpRequest) -> HttpResponse:
    """Say how to sign in; there is no sign-up and no password to guess."""
    return render(request, "signin.html", status=200)


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def signin_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first, sign in on the button: a mail program that follows links must not use it up."""
    user = get_user(token, update_last_login=False)
    if not isinstance(user, User):
        return render(request, "signin.html", {"failed": True}, status=403)
    if request.method != "POST":
        return render(request, "signin.html", {"account": user})
    with transaction.atomic():
        # One press at a time: of two at the same moment, the second finds the link used up.
        User.objects.select_for_update().get(pk=user.pk)
        user = get_user(token, update_last_login=False)
        if not isinstance(user, User):
            return render(request, "signin.html", {"failed": True}, status=403)
        login(request, user)  # which also uses the link up
    messages.success(request, _("You are signed in."))
    return redirect("home")


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("home")
