"""A real Chromium and a running Concord with something to see, once for all tests of this folder."""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from django.db import connection, connections
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.browser import content as contents
from tests.browser.content import Content
from tests.browser.visitor import Visit, visiting

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """Return the path of the system's Chromium, or of the one that CONCORD_CHROMIUM names."""
    return os.environ.get("CONCORD_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start Chromium; without one, skip, or fail where CONCORD_BROWSER_REQUIRED=1."""
    path = chromium()
    if path is None:
        reason = f"no browser: install one of {', '.join(NAMES)}, or set CONCORD_CHROMIUM"
        if os.environ.get("CONCORD_BROWSER_REQUIRED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django would take for async code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="package")
def content(
    browser: Browser, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Content]:
    """Fill the database once; it stays open and filled until the last test of this folder."""
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_"), "a test asks for `db` first"
        yield contents.load()
        contents.unload()
        connections.close_all()  # those of this thread with Playwright's loop; others it has not


@pytest.fixture(scope="package")
def site(browser: Browser, content: Content) -> Iterator[str]:
    """Serve the pages; return the address of the site."""
    with pytest.MonkeyPatch.context() as patch:
        # A browser keeps its connections, and a thread behind each would keep the database's.
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        with override_settings(WHITENOISE_AUTOREFRESH=True):  # needs no collected static files
            server = LiveServer("localhost")
        yield server.url
        server.stop()


@pytest.fixture(scope="package")
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """Return one profile for all visits, so that files are fetched once; each sets its cookies."""
    context = browser.new_context(base_url=site, reduced_motion="reduce", locale="en")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, site: str, content: Content, db: None) -> Visit:
    """Return how a test opens the site as somebody, in a language, theme and width.

    `db` tells pytest-django that a test database is needed; what a test writes by itself stays
    in its own transaction, where the server does not see it.
    """

    def visit(**options: object) -> AbstractContextManager[Page]:
        return visiting(context, site, content, **options)  # type: ignore[arg-type]

    return visit
