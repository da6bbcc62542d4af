"""Theme and language: kept in cookies, for everybody."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "",
]


def test_a_theme_is_kept(client: Client) -> None:
    """The page comes back as it was, in the new theme."""
    response = client.post("/theme/", {"theme": "dark", "next": "/signin/?a=1"})
    assert response["Location"] == "/signin/?a=1"
    assert b'data-theme="dark"' in client.get("/signin/").content


def test_a_language_is_kept(client: Client) -> None:
    """Arabic pages run from right to left."""
    response = client.post("/language/", {"language": "ar", "next": "/signin/"})
    assert response["Location"] == "/signin/"
    assert b'<html lang="ar" dir="rtl"' in client.get("/signin/").content


@pytest.mark.parametrize("theme", ["", "blue", '"><script>', "dark\r\nSet-Cookie: a=b"])
def test_an_unknown_theme_is_refused(client: Client, theme: str) -> None:
    """The answer names the themes and repeats nothing."""
    response = client.post("/theme/", {"theme": theme})
    assert response.status_code == 400
    assert b"script" not in response.content
    assert not response.cookies


def test_a_forged_cookie_is_ignored(client: Client) -> None:
    """What the browser sends is never put into the page as it is."""
    client.cookies["concord_theme"] = '"><script>alert(1)</script>'
    client.cookies["django_language"] = "xx<script>"
    response = client.get("/signin/")
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("path", ["/theme/", "/language/"])
@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_the_way_back_stays_on_this_site(client: Client, path: str, wanted: str) -> None:
    """No page of ours sends people to another."""
    answers = {"theme": "dark", "language": "ar", "next": wanted}
    assert client.post(path, answers)["Location"] == "/"


@pytest.mark.parametrize("path", ["/theme/", "/language/"])
def test_not_without_the_token(db: None, path: str) -> None:
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(path, {"theme": "dark", "language": "ar"}).status_code == 403


def test_wrong_method(client: Client) -> None:
    """Reading a page changes no theme; the language page then only leads back."""
    assert client.get("/theme/").status_code == 405
    response = client.get("/language/?language=ar&next=//evil.example/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert not response.cookies
