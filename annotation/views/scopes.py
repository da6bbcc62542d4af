"""What a person may agree to, one by one, in words."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext as _

from annotation.apart import apart
from annotation.models import ConsentText
from annotation.models.consent import Way
from annotation.models.person import Scope


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to agree to: what it says, what follows from it, and how it was answered."""

    scope: Scope
    label: str
    help: str
    is_chosen: bool
    was_given: bool


def choices(
    way: str,
    scopes: Iterable[Scope],
    text: ConsentText,
    chosen: Collection[str],
    before: Collection[str],
) -> list[Choice]:
    """Return the choices of a consent page; nothing is chosen beforehand."""
    return [
        Choice(scope, *_words(scope, way, text), scope in chosen, scope in before)
        for scope in scopes
    ]


def _words(scope: Scope, way: str, text: ConsentText) -> tuple[str, str]:
    match scope:
        case Scope.USE:
            return (
                _("The study team may use what I write and answer for this study."),
                _("You can only take part if you agree to this."),
            )
        case Scope.RELEASE if way == Way.LABELS:
            return (
                _("My answers may be published for other researchers."),
                _("Under a random name, never under yours. You can take part without this."),
            )
        case Scope.RELEASE:
            return (
                _("My conversation and my answers may be published for other researchers."),
                _("Under a random name, never under yours. You can take part without this."),
            )
        case Scope.SHOW:
            return (
                _("Other people in this study may read my conversation and judge it too."),
                _("They do not learn who you are. You can take part without this."),
            )
        case Scope.PROVIDER:
            return (
                format_html(
                    _("What I write may be sent to %(provider)s, who runs the assistant.")
                    % {"provider": "{}"},
                    apart(text.provider),
                ),
                _(
                    "Without this you cannot talk to the assistant. You would check sentences"
                    " about other people instead."
                ),
            )
