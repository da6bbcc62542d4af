"""A researcher's tokens: made once, shown once, revoked for good."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from annotation.models import User
from personalization.models import ApiToken
from personalization.tokens import new_token
from personalization.views.tokens import MOST_TOKENS
from tests import factories as make

TOKEN = re.compile(r"concord_[0-9a-f]{64}")


def opens(token: str) -> bool:
    client = Client(headers={"authorization": f"Token {token}"})
    return client.get("/api/v1/me/").status_code == 200


def test_a_token_is_shown_once(researcher: Client) -> None:
    """In the answer to its own form, and in no page after it."""
    made = researcher.post("/tokens/", {"name": "judge on the server", "days": "7"})
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    (token,) = TOKEN.findall(made.content.decode())
    assert opens(token)
    left = ApiToken.objects.get().expiry - timezone.now()
    assert timedelta(days=6.9) < left < timedelta(days=7)
    later = researcher.get("/tokens/").content.decode()
    assert "judge on the server" in later
    assert not TOKEN.search(later)
    assert token[15:] not in later


def test_a_revoked_token_is_gone(researcher: Client, user: User) -> None:
    token = new_token(user, "old")
    assert opens(token)
    assert researcher.post(f"/tokens/{token[:15]}/revoke/")["Location"] == "/tokens/"
    assert not opens(token)
    assert researcher.post(f"/tokens/{token[:15]}/revoke/").status_code == 404


def test_nobody_sees_or_revokes_another_s(researcher: Client) -> None:
    token = new_token(make.user(), "somebody else's")
    assert "somebody else" not in researcher.get("/tokens/").content.decode()
    assert researcher.post(f"/tokens/{token[:15]}/revoke/").status_code == 404
    assert opens(token)


def test_an_expired_token_says_so(researcher: Client, user: User) -> None:
    new_token(user, "old")
    ApiToken.objects.update(expiry=timezone.now() - timedelta(days=1))
    assert b"Expired" in researcher.get("/tokens/").content


def test_not_for_a_stranger(client: Client, db: None) -> None:
    for path in ("/tokens/", "/tokens/x/revoke/"):
        assert client.post(path, {"name": "x", "days": "7"})["Location"].startswith("/signin/")
    assert not ApiToken.objects.exists()


def test_not_without_the_token_of_the_form(careful: Client) -> None:
    assert careful.post("/tokens/", {"name": "x", "days": "7"}).status_code == 403
    assert careful.post("/tokens/x/revoke/").status_code == 403


def test_wrong_method(researcher: Client) -> None:
    assert researcher.put("/tokens/").status_code == 405
    assert researcher.get("/tokens/x/revoke/").status_code == 405


@pytest.mark.parametrize("sent", [
    {}, {"name": "", "days": "7"}, {"name": "x" * 101, "days": "7"}, {"name": "a\0b", "days": "7"},
    {"name": "x", "days": "36500"}, {"name": "x", "days": "-1"}, {"name": "x"}, {"name": "x", "days": "²"},
])  # fmt: skip
def test_bad_input_makes_nothing(researcher: Client, sent: dict[str, str]) -> None:
    assert researcher.post("/tokens/", sent).status_code == 422
    assert not ApiToken.objects.exists()


def test_nobody_has_too_many(researcher: Client, user: User) -> None:
    for _each in range(MOST_TOKENS):
        new_token(user, "one")
    refused = researcher.post("/tokens/", {"name": "one more", "days": "7"})
    assert refused.status_code == 422
    assert ApiToken.objects.count() == MOST_TOKENS


def test_the_command_prints_one(user: User) -> None:
    out = StringIO()
    call_command("api_token", user=user.username, days=1, stdout=out)
    assert opens(out.getvalue().strip())


@pytest.mark.parametrize("wrong", [{"user": "nobody"}, {"days": 0}, {"days": 366}, {"name": " "}])
def test_the_command_refuses(user: User, wrong: dict[str, object]) -> None:
    with pytest.raises(CommandError):
        call_command("api_token", **{"user": user.username, **wrong})
    assert not ApiToken.objects.exists()
