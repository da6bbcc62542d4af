"""The front door."""

import pytest
from django.test import Client

from annotation.models import User


def test_a_stranger_reads_what_this_is(client: Client, db: None) -> None:
    """Open to everybody, with the way in for researchers."""
    response = client.get("/")
    assert response.status_code == 200
    assert b'href="/signin/"' in response.content


def test_a_researcher_goes_on_to_the_studies(researcher: Client) -> None:
    assert researcher.get("/")["Location"] == "/studies/"


def test_an_inactive_account_is_a_stranger(researcher: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get("/").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_wrong_method(client: Client, db: None, method: str) -> None:
    assert getattr(client, method)("/").status_code == 405


def test_an_unknown_page_is_not_found(client: Client, db: None) -> None:
    """The page repeats the address as text."""
    response = client.get("/no/<b>such</b>/page/")
    assert response.status_code == 404
    assert b"/no/&lt;b&gt;such&lt;/b&gt;/page/" in response.content
