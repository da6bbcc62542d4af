"""Names and titles within a sentence: whatever their letters, the sentence around them stays in order."""

from django.utils.html import format_html


def apart(text: object) -> str:
    """Return a text for a page, escaped, that cannot turn the direction of what stands around it.

    >>> apart("<Bob>")
    '<bdi>&lt;Bob&gt;</bdi>'
    """
    return format_html("<bdi>{}</bdi>", text)
