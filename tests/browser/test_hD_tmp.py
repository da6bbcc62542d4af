from tests.browser.content import Content
from tests.browser.visitor import Visit
from annotation.models import Slot

def test_keyboard(visit: Visit, content: Content) -> None:
    one = content.crowd.by["left out"]
    with visit(role="participant", session=one.session, width=1280) as page:
        page.goto(f"/part/{one.study}/others/")
        print(page.locator("#news").inner_text())
        page.locator("button", has_text="Finish here").focus()
        Slot.objects.filter(sheet__study=one.enrollment.study_id, role="third_party").update(rater=None, leased_until=None, leased_at=None)
        page.evaluate("htmx.ajax('GET', document.querySelector('#news').getAttribute('hx-get'), {target:'#news', swap:'outerHTML'}).then(() => 1)")
        page.wait_for_selector("#news .alert-good")
        print(page.locator("#news").inner_text())
        print("focus:", page.evaluate("document.activeElement.textContent"))
        print("live:", page.locator("#news").evaluate("e => e.parentElement.getAttribute('aria-live')"))
        page.screenshot(path="/tmp/hD/free.png", full_page=True)
        page.keyboard.press("Enter")
        page.wait_for_url("**/thanks/")
        print(page.locator("h1").inner_text(), page.locator("#completion").inner_text())
