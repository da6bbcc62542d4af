"""What responses give away, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

LEAKS: dict[str, str | Promise] = {
    "error": gettext_lazy("an error in place of an answer"),
    "unfinished": gettext_lazy("breaks off before its end"),
    "prompt": gettext_lazy("shows words of the prompt"),
    "author": gettext_lazy("names its model or who made it"),
    "profile": gettext_lazy("says that it was given a profile"),
    "known": gettext_lazy("repeats an attribute that its author was not given"),
    "knows": gettext_lazy("says that it knows the person"),
    "machine": gettext_lazy("says that it is an AI"),
    "verbatim": gettext_lazy("repeats an attribute word for word"),
}


def leak_name(kind: str) -> str:
    """Return what a kind of leak is; one that nobody knows keeps its name.

    >>> leak_name("knows"), leak_name("other")
    ('says that it knows the person', 'other')
    """
    return str(LEAKS.get(kind, kind))
