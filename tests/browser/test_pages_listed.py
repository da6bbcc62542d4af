"""Every page that exists is on the list that all browser tests walk."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from django.urls.resolvers import RoutePattern
from django.views.decorators.http import require_POST

from tests.browser.pages import DETOURS, FILES, PAGES

EXAMPLES = {"int": "1", "slug": "x", "str": "x", "anything": "x"}
LISTED = {page.url for page in PAGES if page.url} | FILES | DETOURS


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and an example address of every URL pattern."""
    for one in resolver.url_patterns:
        route = before + example(one)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        elif isinstance(one, URLPattern):
            yield one.name or f"nameless: /{route}", f"/{route}"


@pytest.fixture(autouse=True)
def no_collected_files() -> Iterator[None]:
    """Find static files where they lie: only a start of the server collects them."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


def example(one: URLResolver | URLPattern) -> str:
    """Return a pattern's route with its parts filled in."""
    assert isinstance(one.pattern, RoutePattern)
    route = str(one.pattern)
    for name, converter in one.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        route = route.replace(f"<{kind}:{name}>", EXAMPLES["str" if kind == "string" else kind])
        route = route.replace(f"<str:{name}>", EXAMPLES["str"])
    assert "<" not in route
    return route


def answering_get() -> set[str]:
    """Return the names of all URL patterns that do not refuse GET."""
    client = Client(raise_request_exception=False)
    return {
        name
        for name, address in patterns(get_resolver())
        if client.get(address).status_code != HTTPStatus.METHOD_NOT_ALLOWED
    }


def a_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("new")


urlpatterns = [
    path("", include("config.urls")),
    path("new/<int:pk>/", a_page, name="planted"),
    path("nameless/", a_page),
    path("post/", require_POST(a_page), name="planted_post"),
]


@pytest.mark.django_db
def test_every_page_is_listed() -> None:
    found = answering_get()
    assert found - LISTED == set(), "add them to tests/browser/pages.py"
    assert LISTED - found == set(), "tests/browser/pages.py lists what is not there"


@pytest.mark.django_db
def test_a_new_page_that_nobody_listed_is_found() -> None:
    with override_settings(ROOT_URLCONF=__name__):
        assert answering_get() - LISTED == {"planted", "nameless: /nameless/"}


def test_names_of_pages_are_unique() -> None:
    named = [page.name for page in PAGES]
    assert len(set(named)) == len(named)
