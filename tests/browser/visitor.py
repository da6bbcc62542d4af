"""Somebody with a browser, watched: any error, script of strangers or foreign address is a fault."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Request,
    Response,
)

from tests.browser.content import Content
from tests.browser.pages import RESEARCHER, STRANGER
from tests.browser.pages import Page as Wanted

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

HEIGHT = 900
UNFOLD = "() => document.querySelectorAll('details.fold').forEach((one) => { one.open = true; })"


class Visit(Protocol):
    """How a test opens a page: `with visit(language="ar") as page: page.goto("/studies/")`."""

    def __call__(
        self,
        *,
        role: str = RESEARCHER,
        session: str = "",
        language: str = "en",
        theme: str = "light",
        width: int = 1280,
    ) -> AbstractContextManager[Page]: ...


class Watch:
    """What went wrong on a page."""

    def __init__(self, page: Page, site: str) -> None:
        self.host = urlsplit(site).netloc
        self.faults: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # What cannot be loaded is known from the response, and expected of error pages.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _error(self, error: Error) -> None:
        self.faults.append(f"error: {error}")

    def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self.host:
            self.faults.append(f"foreign address: {request.url}")

    def _response(self, response: Response) -> None:
        asked_for = response.request.is_navigation_request() and response.status != 500
        # A form that a script sends is answered with what is wrong in it.
        asked_for |= response.request.method == "POST" and response.status == 422
        if response.status >= 400 and not asked_for:
            self.faults.append(f"{response.status}: {response.url}")


def cookies_of(
    session: str, site: str, role: str, language: str, theme: str
) -> "list[SetCookieParam]":
    """Return the cookies of somebody known to the site (or not) who chose language and theme."""
    cookies = {"django_language": language, "concord_theme": theme}
    if role != STRANGER:
        cookies["sessionid"] = session
    return [{"name": name, "value": value, "url": site} for name, value in cookies.items()]


def open_page(tab: Page, wanted: Wanted, content: Content) -> None:
    """Open a page, and do what brings it into its state."""
    if wanted.url == "chat":
        # Answers are streamed outside the request stack, which is not served here.
        piece = json.dumps({"at": 0, "text": content.crowd.streamed})
        events = f"retry: 60000\nevent: text\ndata: {piece}\n\n"
        kind = "text/event-stream"
        tab.route("**/stream/**", lambda route: route.fulfill(content_type=kind, body=events))
    response = tab.goto(wanted.address(content))
    assert response is not None
    assert response.status == wanted.status
    if wanted.url == "agreement":
        tab.evaluate(UNFOLD)  # what is folded away is looked at, too
    if wanted.act is not None:
        wanted.act(tab)


@contextmanager
def visiting(
    context: BrowserContext,
    site: str,
    content: Content,
    *,
    role: str = RESEARCHER,
    session: str = "",
    language: str = "en",
    theme: str = "light",
    width: int = 1280,
) -> Iterator[Page]:
    """Open a page for somebody; fail at the end if anything went wrong on it."""
    context.clear_cookies()
    context.add_cookies(cookies_of(session or content.session, site, role, language, theme))
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": HEIGHT})
    watch = Watch(page, site)
    try:
        yield page
    finally:
        page.close()
    assert not watch.faults, "\n".join(watch.faults)
