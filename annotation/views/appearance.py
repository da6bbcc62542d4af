"""Theme and language of every page."""

from django.http import HttpRequest


def appearance(request: HttpRequest) -> dict[str, object]:
    """Return the theme for templates, from the visitor's cookie."""
    return {}
