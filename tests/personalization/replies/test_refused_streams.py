"""Who gets no stream; the database is not asked for any of this."""

from contextlib import closing

import pytest
from django.core import signing

from annotation.models import Turn
from annotation.streams import SALT, stream_token
from tests.personalization.replies.browser import Reader, Site

TOKEN = stream_token(Turn(pk=1))


@pytest.mark.parametrize(
    "token",
    ["x", "1:2:3", signing.dumps(1), signing.dumps(1, salt=SALT)[:-1] + "_"],
    ids=range(4),
)
def test_a_stranger(site: Site, token: str) -> None:
    """A pass is made by the chat page alone."""
    with closing(Reader(site, token)) as reader:
        assert reader.status == 404
        assert reader.headers["cache-control"] == "no-store"


def test_an_old_pass(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that made it is more than an hour old."""
    monkeypatch.setattr("annotation.streams.VALID_SECONDS", -1)
    with closing(Reader(site, TOKEN)) as reader:
        assert reader.status == 404


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT"])
def test_a_wrong_method(site: Site, method: str) -> None:
    with closing(Reader(site, TOKEN, method=method)) as reader:
        assert (reader.status, reader.headers["allow"]) == (405, "GET")


def test_other_addresses_are_pages(site: Site) -> None:
    """Everything that is no stream goes to Django."""
    with closing(Reader(site, "x/y")) as reader:
        assert reader.status == 404
        assert "content-security-policy" in reader.headers
