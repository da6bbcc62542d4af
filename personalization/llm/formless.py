"""Endpoints that do not know structured output: they are asked for the same without it."""

import re

from personalization.llm.backend import AskError

FORM = "response_format"
# How servers call it where they refuse it: our own word, or that of the program behind them.
NAMED = re.compile(
    r"response_?\s?format|json_?\s?schema|structured.?output|guided_|grammar", re.IGNORECASE
)


def refuses_form(error: AskError) -> bool:
    """Return whether a request was refused for the form that the answer was to have.

    >>> refuses_form(AskError("bad_request", "status 400: response_format is not supported here"))
    True
    >>> refuses_form(AskError("bad_request", "status 400: no such model"))
    False
    """
    return error.kind == "bad_request" and NAMED.search(error.message) is not None
