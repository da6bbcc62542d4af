"""A training sheet without a mouse: what is right comes at once, and one key leads on."""

from playwright.sync_api import expect

from tests.browser.content import Content
from tests.browser.pages import PARTICIPANT
from tests.browser.test_keyboard import heading, link, press
from tests.browser.visitor import Visit


def test_from_a_training_sheet_to_the_next_one(visit: Visit, content: Content) -> None:
    person = content.crowd.by["practising"]
    with visit(role=PARTICIPANT, session=person.session) as tab:
        tab.goto(f"/part/{person.study}/sheets/{person.slot}/")
        heading(tab, "Say what matters")
        for _item in tab.locator("[data-item]:visible").all():
            tab.keyboard.press("j")
            tab.keyboard.press("1")
        tab.keyboard.press("Control+Enter")
        heading(tab, "What is right here")
        said = tab.get_by_role("main").locator("dd").first
        expect(said).to_have_text("Yes")
        press(tab, link(tab, "Go on"))
        expect(tab.get_by_role("heading", level=1)).not_to_have_text("What is right here")
        tab.go_back()
        heading(tab, "What is right here")
