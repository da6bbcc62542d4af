"""Every page is clean for axe (WCAG 2.2 A and AA), fits every width, and can be used by keyboard."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Tab
from playwright.sync_api import TimeoutError as Waited

from tests.browser.content import Content
from tests.browser.pages import PAGES, Page, page
from tests.browser.people import TITLE
from tests.browser.visitor import HEIGHT, Visit, open_page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
FORMS = ["signin-link", "study-new", "import-new"]
MAIN = ["agreement", "import-mapping", "votes", "chat-failed", "sheet-review"]
LOOKS = [
    {"theme": "dark"},
    {"theme": "contrast"},
    {"width": 360},
    {"language": "ar"},
]
# The page may not be wider than the window; a table may scroll inside its own frame.
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide <= 0) return [];
  const out = [...document.querySelectorAll("body *")].filter((one) => {
    for (let up = one.parentElement; up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") return false;
    }
    const box = one.getBoundingClientRect();
    return box.right > window.innerWidth + 1 || box.left < -1;
  });
  return [`${wide} px too wide`, ...out.slice(-4).map((one) => one.outerHTML.slice(0, 120))];
}"""
FEWER = """() => document.querySelectorAll("tbody tr:nth-child(n + 5), tbody:nth-child(n + 5)," +
  "article:nth-child(n + 4), figure:nth-child(n + 4)").forEach((one) => one.remove())"""
SHAPE = """() => ({
  title: document.title,
  headings: document.querySelectorAll("h1").length,
  lang: document.documentElement.lang,
  dir: document.documentElement.dir,
})"""
# What has the focus, and whether anything at it or around it is outlined and within the window.
FOCUS = """() => {
  const focused = document.activeElement;
  const box = focused.getBoundingClientRect();
  const outlined = (one) => getComputedStyle(one).outlineStyle !== "none"
    && parseFloat(getComputedStyle(one).outlineWidth) >= 2;
  const seen = outlined(focused) || Boolean(focused.closest(".filedrop, .choice") &&
    outlined(focused.closest(".filedrop, .choice")));
  return { what: focused.outerHTML.slice(0, 160), seen, on: box.bottom > 0 && box.top < innerHeight };
}"""


def names(pages: list[Page]) -> list[str]:
    return [one.name for one in pages]


def violations(tab: Tab) -> list[str]:
    """Return what axe finds: rule, and where. Of many rows or cards alike, it sees the first few."""
    tab.evaluate(FEWER)
    found: dict[str, Any] = Axe().run(tab, options=RULES).response
    return [
        f"{one['id']}: {json.dumps([node['target'] for node in one['nodes']][:4])}"
        for one in found["violations"]
    ]


@pytest.mark.parametrize("wanted", PAGES, ids=names(PAGES))
def test_a_page_is_clean_and_well_formed(visit: Visit, content: Content, wanted: Page) -> None:
    with visit(role=wanted.role, session=wanted.session(content)) as tab:
        open_page(tab, wanted, content)
        shape = tab.evaluate(SHAPE)
        assert re.fullmatch(rf"(.+ · )?(Concord|{TITLE})", shape.pop("title"))
        assert shape == {"headings": 1, "lang": "en", "dir": "ltr"}
        for width in (320, 1280):
            tab.set_viewport_size({"width": width, "height": HEIGHT})
            assert tab.evaluate(TOO_WIDE) == []
        assert violations(tab) == []


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look.values())))
@pytest.mark.parametrize("name", MAIN)
def test_a_main_page_is_clean_however_it_looks(
    visit: Visit, content: Content, name: str, look: dict[str, Any]
) -> None:
    wanted = page(name)
    with visit(role=wanted.role, session=wanted.session(content), **look) as tab:
        open_page(tab, wanted, content)
        assert violations(tab) == []


@pytest.mark.parametrize(
    ("language", "lang", "direction"),
    [("en", "en", "ltr"), ("zh-hans", "zh-hans", "ltr"), ("ar", "ar", "rtl")],
)
def test_the_page_says_its_language_and_direction(
    visit: Visit, content: Content, language: str, lang: str, direction: str
) -> None:
    """Also for narrow windows: nothing sticks out, whichever side text starts on."""
    with visit(language=language, width=320) as tab:
        for name in ["agreement", "votes", "study", "import-mapping"]:
            open_page(tab, page(name), content)
            shape = tab.evaluate(SHAPE)
            assert (shape["lang"], shape["dir"]) == (lang, direction)
            assert tab.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_drawings_are_in_place_in_every_language(
    visit: Visit, content: Content, language: str
) -> None:
    """A number in a drawing is written with a point: no browser reads a decimal comma."""
    attributes = """() => [...document.querySelectorAll("svg.plot *, progress")].flatMap((one) =>
      ["x", "x1", "x2", "width", "value"].map((name) => one.getAttribute(name)).filter(Boolean))"""
    with visit(language=language) as tab:
        open_page(tab, page("agreement"), content)
        numbers = tab.evaluate(attributes)
    assert len(numbers) > 50
    assert [one for one in numbers if not re.fullmatch(r"-?\d+(\.\d+)?%?", one)] == []


@pytest.mark.parametrize("name", [*FORMS, *MAIN])
def test_the_focus_starts_with_a_way_to_the_main_part_and_is_always_seen(
    visit: Visit, content: Content, name: str
) -> None:
    """The first stops of Tab; forms in high contrast."""
    wanted = page(name)
    theme = "contrast" if name in FORMS else "light"
    with visit(role=wanted.role, session=wanted.session(content), theme=theme) as tab:
        open_page(tab, wanted, content)
        seen = set()
        for stop in range(25):
            tab.keyboard.press("Tab")
            with suppress(Waited):  # the browser may scroll, or draw, a moment later
                tab.wait_for_function(f"() => ({FOCUS})().on", timeout=2000)
            focus = tab.evaluate(FOCUS)
            if focus["what"].startswith("<body") or (stop and "skip-link" in focus["what"]):
                break  # once around
            assert "skip-link" in focus["what"] or stop > 0
            assert focus["seen"], f"no outline: {focus['what']}"
            assert focus["on"], f"outside the window: {focus['what']}"
            seen.add(focus["what"])
        assert len(seen) > 5
        tab.reload()
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "main"


# How much of what has the focus is hidden, at nine points of it or of the choice around it.
CLEAR = """async () => {
  const focused = document.activeElement;
  const whole = focused.closest(".choice") ?? focused;
  const parts = [0.15, 0.5, 0.85];
  const look = () => {
    const box = whole.getBoundingClientRect();
    const points = parts.flatMap((down) => parts.map((along) =>
      document.elementFromPoint(box.left + box.width * along, box.top + box.height * down)));
    const seen = points.filter((one) => one && (whole.contains(one) || one.contains(whole)));
    return { what: focused.outerHTML.slice(0, 160), hidden: points.length - seen.length,
      body: focused === document.body, tall: box.height > innerHeight / 3 };
  };
  // The browser may scroll, or draw, a moment later.
  for (let frame = 0; frame < 9 && look().hidden; frame++) await new Promise(requestAnimationFrame);
  return look();
}"""


def look_clear(tab: Tab, key: str, most: int) -> dict[str, Any]:
    """Look at what the key gave the focus to; of something tall, `most` points may be hidden."""
    clear: dict[str, Any] = tab.evaluate(CLEAR)
    allowed = most if clear["tall"] else 0
    assert clear["body"] or clear["hidden"] <= allowed, (key, clear)
    return clear


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 640), (320, 256)])
@pytest.mark.parametrize("name", ["chat-failed", "sheet-review", "sheet-relevance"])
def test_nothing_that_stays_in_sight_hides_the_focus(
    visit: Visit, content: Content, name: str, width: int, height: int
) -> None:
    """Forwards, then backwards (WCAG 2.4.11); what is taller than a third of the window may reach out."""
    wanted = page(name)
    with visit(role=wanted.role, session=wanted.session(content), width=width) as tab:
        tab.set_viewport_size({"width": width, "height": height})
        open_page(tab, wanted, content)
        for key in ("Tab", "Shift+Tab"):
            for _stop in range(60):
                tab.keyboard.press(key)
                if look_clear(tab, key, 8)["body"]:
                    break  # once around
            else:
                pytest.fail("it never ends")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 640)])
@pytest.mark.parametrize("name", ["sheet-review", "sheet-relevance", "sheet-comparison"])
def test_the_card_in_focus_is_scrolled_clear(
    visit: Visit, content: Content, name: str, width: int, height: int
) -> None:
    """Down with J and up with K; the beginning of a card is always seen, and all of a low one."""
    wanted = page(name)
    with visit(role=wanted.role, session=wanted.session(content), width=width) as tab:
        tab.set_viewport_size({"width": width, "height": height})
        open_page(tab, wanted, content)
        for key in "jjjjjjjkkkkkkk":
            tab.keyboard.press(key)
            look_clear(tab, key, 6)
