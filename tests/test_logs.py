"""What the log may not hold."""

import logging

import pytest

from config.logs import HideLinks


@pytest.mark.parametrize(
    "address",
    [
        "/me/12.c2lnbmF0dXJl/",
        "/join/3.c2lnbmF0dXJl/",
        "/signin/c2lnbmF0dXJl/",
        "/stream/MTI:1abc:c2lnbmF0dXJl/",
    ],
)
def test_no_link_that_lets_its_holder_in(address: str) -> None:
    """Django logs the addresses of requests that were refused; ours reach the console cut."""
    (console,) = (
        handler
        for handler in logging.getLogger().handlers
        if any(isinstance(one, HideLinks) for one in handler.filters)
    )
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s: %s", ("Conflict", address), None
    )
    assert console.filter(record)
    said = record.getMessage()
    assert "c2lnbmF0dXJl" not in said
    assert said.startswith(f"Conflict: /{address.split('/')[1]}/")
