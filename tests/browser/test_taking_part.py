"""A person takes part without a mouse: a real server, real workers, a model over HTTP, axe at each step."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.browser.test_accessible import RULES, TOO_WIDE
from tests.browser.test_keyboard import button, press, reach
from tests.llm_server import LLMServer
from tests.running import Copy

SAID = [
    "I am a vegetarian and I cook for my two children every evening.",
    "I work as a nurse on night shifts, so I have little time. I like hiking in the Alps.",
]
LIMIT = 60_000  # milliseconds for what a worker prepares
# The key that answers each question of a stage.
KEY = {"Check what was noticed": "1", "Say what matters": "1", "Compare answers": "4"}
THE_END = "That was all. Thank you!"
MOST_SHEETS = 8


@pytest.fixture(scope="module")
def model() -> Iterator[LLMServer]:
    with LLMServer(pause=0.01) as server:
        yield server


def start(folder: Path, model: LLMServer, port: int | None = None) -> Copy:
    """Return everything that `make run` starts, with the model as its endpoint."""
    asked = {"CONCORD_LLM_URL": model.url, "CONCORD_LLM_KEY": "sk-a-secret-key"}
    return Copy(folder, port, **asked, CONCORD_LLM_MODEL="small-talk", CONCORD_LEASE_SECONDS="3")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, model: LLMServer) -> Iterator[Copy]:
    """A copy for the tests of this file; the last of them kills it."""
    copy = start(tmp_path_factory.mktemp("copy") / "data", model)
    yield copy.ready()
    if copy.process.poll() is None:
        copy.stop()


@pytest.fixture
def tab(browser: Browser, running: Copy) -> Iterator[Tab]:
    context = browser.new_context(base_url=running.site, reduced_motion="reduce", locale="en")
    context.set_default_timeout(LIMIT)
    yield context.new_page()
    context.close()


def check(tab: Tab, title: str) -> None:
    """The page is this one, whole, within its window, and clean for axe."""
    expect(tab.get_by_role("heading", level=1)).to_have_text(title, timeout=LIMIT)
    assert tab.evaluate(TOO_WIDE) == []
    assert [one["id"] for one in Axe().run(tab, options=RULES).response["violations"]] == []


def title(tab: Tab) -> str:
    return (tab.get_by_role("heading", level=1).text_content() or "").strip()


def invitation(running: Copy) -> str:
    (link,) = re.findall(r"http://\S+/join/\S+", running.said)
    return str(link)


def agree(tab: Tab) -> None:
    for box in tab.get_by_role("checkbox").all():
        reach(tab, box)
        tab.keyboard.press("Space")
    press(tab, button(tab, "Agree and begin"))
    check(tab, "Thank you. Welcome!")
    press(tab, tab.get_by_role("main").get_by_role("link", name="Begin"))


def talk(tab: Tab) -> None:
    """Say two things; what is typed outlives a reload, and the answers are streamed."""
    tab.wait_for_load_state()
    box = tab.get_by_label("Your message")
    for number, text in enumerate(SAID, 1):
        reach(tab, box)
        tab.keyboard.type(text)
        if number == 1:
            tab.reload()
            expect(box).to_have_value(text)
            reach(tab, box)
        tab.keyboard.press("Enter")
        expect(tab.locator(".turn")).to_have_count(2 * number, timeout=LIMIT)
        expect(tab.locator(".turn-pending")).to_have_count(0, timeout=LIMIT)
    check(tab, "Talk to the assistant")
    press(tab, button(tab, "Finish the conversation"))


def label(tab: Tab) -> list[str]:
    """Answer sheet after sheet until the end, with digits and J alone; return the stages seen."""
    seen: list[str] = []
    asked = re.compile("|".join([*KEY, THE_END]))
    for _sheet in range(MOST_SHEETS):
        expect(tab.get_by_role("heading", level=1)).to_have_text(asked, timeout=LIMIT)
        stage = title(tab)
        check(tab, stage)
        if stage == THE_END:
            return seen
        if stage not in seen:
            see_evidence(tab)
        address = tab.url
        for _item in tab.locator("[data-item]:visible").all():
            tab.keyboard.press("j")
            tab.keyboard.press(KEY[stage])
        if not seen:
            fail_to_send(tab)
        tab.keyboard.press("Control+Enter")
        tab.wait_for_url(re.compile(f"^(?!{re.escape(address)}$)"), timeout=LIMIT)
        seen.append(stage)
    pytest.fail(f"no end after {seen}")


def fail_to_send(tab: Tab) -> None:
    """Without a connection the page stays, says so, and keeps what was entered."""
    address = tab.url
    tab.context.set_offline(True)
    tab.keyboard.press("Control+Enter")
    expect(
        tab.get_by_role("status").get_by_text("Not sent: there is no connection.")
    ).to_be_visible()
    assert tab.url == address
    assert tab.locator("[data-item] :checked").count() > 0
    tab.context.set_offline(False)


def see_evidence(tab: Tab) -> None:
    """Where a sentence names its place in the conversation, that place is marked and shown."""
    links = tab.locator("[data-evidence]")
    if links.count() == 0:
        return
    (turn, *_more) = (links.first.get_attribute("data-evidence") or "").split()
    reach(tab, links.first)
    tab.keyboard.press("Enter")
    marked = tab.locator(f"#{turn}")
    expect(marked).to_be_in_viewport()
    expect(marked.locator(".turn-mark")).to_be_visible()


def test_the_whole_way_by_keyboard(tab: Tab, running: Copy, model: LLMServer) -> None:
    """From the invitation to the completion code: the person's own sheets of all three stages."""
    tab.goto(invitation(running))
    check(tab, "Try it: take part yourself")
    agree(tab)
    check(tab, "Talk to the assistant")
    talk(tab)
    seen = label(tab)
    assert list(dict.fromkeys(seen)) == list(KEY)
    code = tab.locator("[data-code], .completion-code, code").first.text_content() or ""
    assert re.search(r"[A-Z2-9]{10}", code)
    # Two replies, one extraction, two responses for each of two queries; nothing was asked twice.
    assert model.count() == len(SAID) + 1 + 2 * seen.count("Compare answers")


def test_the_page_outlives_the_server(tab: Tab, running: Copy, model: LLMServer) -> None:
    """Killed in the middle of an answer and started again: the open page gets the rest by itself."""
    tab.goto(invitation(running))
    agree(tab)
    tab.wait_for_load_state()  # a key that falls between two pages is lost
    model.misbehave("slow", None, pause=0.3)
    reach(tab, tab.get_by_label("Your message"))
    tab.keyboard.type("I sail every summer, and I have two dogs who like the water.")
    tab.keyboard.press("Enter")
    expect(tab.locator("[data-stream-text]")).to_have_text(re.compile(r"\w+ \w+"), timeout=LIMIT)
    reach(tab, tab.get_by_label("Your message"))
    tab.keyboard.type("One more thing")
    for process in running.family():
        process.kill()
    running.process.wait()
    asked = model.count()
    model.behave()
    again = start(running.folder, model, running.port).ready()
    try:
        expect(tab.locator(".turn-pending")).to_have_count(0, timeout=LIMIT)
        expect(tab.locator(".turn")).to_have_count(2)
        expect(tab.get_by_label("Your message")).to_have_value("One more thing")
        # The answer that was in flight is asked for once more; nothing else is.
        assert model.count() == asked + 1
    finally:
        assert again.stop() == 0
