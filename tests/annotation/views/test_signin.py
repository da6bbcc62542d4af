"""Signing in by a one-time link, and out again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from sesame import tokens_v2

from annotation.models import User

Link = Callable[..., str]


@pytest.fixture
def link(db: None) -> Link:
    """Return how to make a sign-in link: the path that the command prints."""

    def make(**options: Any) -> str:  # noqa: ANN401 - as the command takes them
        out = StringIO()
        call_command("signin_link", site="http://here", stdout=out, **options)
        return out.getvalue().strip().removeprefix("http://here")

    return make


def signed_in(client: Client) -> bool:
    return client.get("/studies/").status_code == 200


def test_it_works_once(client: Client, link: Link) -> None:
    """Asked first, signed in on the button; then the link is used up, for everybody."""
    path = link()
    assert b"signs you in as <bdi>researcher</bdi>" in client.get(path).content
    assert client.post(path)["Location"] == "/"
    assert signed_in(client)
    for late in (client, Client()):
        assert late.get(path).status_code == late.post(path).status_code == 403
    assert not signed_in(Client())


def test_looking_does_not_use_it_up(client: Client, link: Link) -> None:
    """A mail program that opens every link, or asks for its head, leaves it whole."""
    path = link()
    for _look in range(3):
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert not signed_in(client)
    client.post(path)
    assert signed_in(client)


def test_the_session_is_a_new_one(client: Client, link: Link) -> None:
    """A session that somebody else planted in the browser does not become signed in."""
    client.session.save()
    planted = client.session.session_key
    client.post(link())
    assert client.session.session_key != planted


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_sign_in_once(link: Link) -> None:
    """Of several presses at the same moment, one wins."""
    path = link()

    def press(client: Client) -> int:
        try:
            return client.post(path).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(press, [Client() for _press in range(4)]))
    assert answers == [302, 403, 403, 403]


def test_it_expires_after_a_day(client: Client, link: Link) -> None:
    """One minute before it works, one minute after it does not."""
    path = link()
    now = tokens_v2.time.time()
    with patch.object(tokens_v2.time, "time", lambda: now + 24 * 3600 - 60):
        assert client.get(path).status_code == 200
    with patch.object(tokens_v2.time, "time", lambda: now + 24 * 3600 + 60):
        assert client.get(path).status_code == client.post(path).status_code == 403


@pytest.mark.parametrize("token", ["x", "a" * 5000, "%00", "..%2F", "<script>", "é", "AAAA-_=="])
def test_a_wrong_token_is_refused(client: Client, db: None, token: str) -> None:
    """403 with what to do, whatever the token looks like (404 where it is no single word)."""
    assert client.post(f"/signin/{token}/").status_code in {403, 404}
    assert not signed_in(client)


def test_a_changed_token_is_refused(client: Client, link: Link) -> None:
    """Each character counts."""
    path = link()
    token = path.split("/")[2]
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        if place < len(token) - 1:  # the last one holds spare bits
            assert client.get(f"/signin/{changed}/").status_code == 403


def test_an_inactive_account_is_refused(client: Client, link: Link) -> None:
    path = link()
    User.objects.update(is_active=False)
    assert client.get(path).status_code == client.post(path).status_code == 403


def test_the_answer_is_kept_nowhere(client: Client, link: Link) -> None:
    """No cache keeps the page, and no other site learns its address."""
    response = client.get(link())
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


def test_no_page_holds_a_token(client: Client, link: Link) -> None:
    """The page of a link that works no more repeats nothing of it, nor do the pages after it."""
    path = link()
    token = path.split("/")[2]
    client.post(path)
    for page in (path, "/studies/", "/signin/", "/"):
        response = client.get(page, follow=True)
        if page != path:
            assert token not in response.content.decode()


def test_not_without_the_csrf_token(link: Link) -> None:
    """Another site cannot sign a visitor in to an account of its own."""
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(link()).status_code == 403
    assert not signed_in(careful)


def test_wrong_method(client: Client, link: Link) -> None:
    assert client.put(link()).status_code == 405
    assert client.post("/signin/").status_code == 405
    assert client.get("/signout/").status_code == 405


def test_the_signin_page_says_how(client: Client, db: None) -> None:
    """There is nothing to fill in: no password, no registration."""
    content = client.get("/signin/?next=/studies/").content.decode()
    assert "signin_link" in content
    assert 'type="password"' not in content


def test_signing_out(researcher: Client) -> None:
    assert researcher.post("/signout/")["Location"] == "/"
    assert not signed_in(researcher)


def test_the_command_makes_an_account_once(link: Link) -> None:
    """The same name is the same account; a role is set where it is given."""
    link(user="maryam")
    link(user="maryam", role="admin")
    account = User.objects.get()
    assert (account.username, account.role) == ("maryam", "admin")
    assert not account.has_usable_password()
    assert not account.is_staff
    assert not account.is_superuser


def test_the_command_knows_its_roles(link: Link) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("signin_link", "--role", "owner")
