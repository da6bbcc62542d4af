"""The watch on every page of these tests does see faults: each is planted here once."""

import pytest
from playwright.sync_api import Page as Tab

from tests.browser.test_accessible import violations
from tests.browser.visitor import Visit

PLANTED = {
    "console: planted": "console.error('planted')",
    "error: planted": "setTimeout(() => { throw new Error('planted') })",
    "dialog: planted": "setTimeout(() => alert('planted'))",
    "Content Security Policy": "document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x')",
    "foreign address: http://127.0.0.2": "location.href = 'http://127.0.0.2:9/'",
    "404: ": "fetch('/nowhere/')",
}


def plant(tab: Tab, script: str) -> None:
    tab.goto("/signin/")
    tab.evaluate(script)
    tab.wait_for_timeout(300)


@pytest.mark.parametrize(("fault", "script"), PLANTED.items(), ids=list(PLANTED))
def test_a_planted_fault_is_seen(visit: Visit, fault: str, script: str) -> None:
    with pytest.raises(AssertionError, match=fault), visit() as tab:
        plant(tab, script)


def test_axe_sees_a_planted_fault(visit: Visit) -> None:
    with visit() as tab:
        plant(
            tab, "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"\">')"
        )
        assert [one for one in violations(tab) if one.startswith("image-alt")]


def test_an_innocent_page_has_no_fault(visit: Visit) -> None:
    with visit() as tab:
        plant(tab, "fetch('/signin/')")
