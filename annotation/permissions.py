"""Who may do what, as predicates; importing this module registers them."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from rules.permissions import add_perm
from rules.predicates import predicate

from annotation.models import User
from annotation.models.user import UserRole

RESEARCH = "annotation.research"
SEE_STUDY = "annotation.see_study"
P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request whose user is signed in, as views behind `researcher_required` get it."""

    user: User


def is_researcher(user: object) -> bool:
    """Return whether the account may see studies and import labels; admins may as well."""
    return getattr(user, "role", None) in UserRole.values


def may_see(user: object, study: object) -> bool:
    """Return whether the account may see this study: so far, researchers see all of the site's."""
    return study is not None and is_researcher(user)


add_perm(RESEARCH, predicate(is_researcher))
add_perm(SEE_STUDY, predicate(may_see))


def researcher_required(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Send strangers to the sign-in page, and refuse accounts that are not researchers."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.has_perm(RESEARCH):
            raise PermissionDenied
        return view(cast(StaffRequest, request), *args, **kwargs)

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guarded)
