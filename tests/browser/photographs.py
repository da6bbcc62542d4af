"""Takes the pictures for `screens.py`, which says of what; no test by its name, so never run as one."""

import json
import os
import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.utils.html import format_html, format_html_join
from playwright.sync_api import Browser, BrowserContext

from tests.browser.content import Content
from tests.browser.pages import PAGES, Page
from tests.browser.visitor import HEIGHT, cookies_of, open_page


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `screens.py` was asked for."""

    page: list[str] | None
    role: list[str]
    language: list[str]
    width: list[str]
    theme: list[str]
    folder: str

    def pages(self) -> list[Page]:
        known = {page.name for page in PAGES}
        unknown = sorted(set(self.page or []) - known)
        assert not unknown, f"no page {', '.join(unknown)}; there are: {', '.join(sorted(known))}"
        named = [page for page in PAGES if self.page is None or page.name in self.page]
        return [page for page in named if page.role in self.role]


def test_take_pictures(browser: Browser, site: str, content: Content, db: None) -> None:
    """Picture the pages that are wanted, and put them on one sheet."""
    wanted = Wanted(**json.loads(os.environ["CONCORD_SCREENS"]))
    folder = Path(wanted.folder)
    pages = wanted.pages()
    taken = 0
    for language in wanted.language:
        for role in sorted({page.role for page in pages}):
            context = browser.new_context(base_url=site, reduced_motion="reduce")
            for page in pages:
                if page.role == role:
                    taken += picture(context, page, content, site, language, wanted, folder)
            context.close()
    sheet = contact_sheet(folder)
    sys.stdout.write(f"\n{taken} pictures in {folder}\nAll at a glance: file://{sheet}\n")


def picture(
    context: BrowserContext,
    page: Page,
    content: Content,
    site: str,
    language: str,
    wanted: Wanted,
    folder: Path,
) -> int:
    """Take the pictures of one page in one language, and return how many."""
    sys.stdout.write(f"{page.name} {language}\n")
    sys.stdout.flush()
    (folder / page.name).mkdir(parents=True, exist_ok=True)
    tab = context.new_page()
    for theme in wanted.theme:
        session = page.session(content)
        context.clear_cookies()
        context.add_cookies(cookies_of(session, site, page.role, language, theme))
        open_page(tab, page, content)
        for width in wanted.width:
            tab.set_viewport_size({"width": int(width), "height": HEIGHT})
            name = f"{page.role}-{language}-{width}-{theme}.png"
            tab.screenshot(path=folder / page.name / name, full_page=True, animations="disabled")
    tab.close()
    return len(wanted.theme) * len(wanted.width)


def contact_sheet(folder: Path) -> Path:
    """Write a page with all pictures of the folder, also those of earlier runs."""
    found = sorted(file.relative_to(folder) for file in folder.glob("*/*.png"))
    sections = format_html_join(
        "\n",
        "<h2>{}</h2><p>{}</p>",
        (
            (
                name,
                format_html_join(
                    "\n",
                    '<a href="{0}"><img src="{0}" alt="" loading="lazy">{1}</a>',
                    ((file.as_posix(), file.stem) for file in files),
                ),
            )
            for name, files in groupby(found, key=lambda file: file.parts[0])
        ),
    )
    sheet = folder / "index.html"
    sheet.write_text(format_html(SHEET, sections), encoding="utf-8")
    return sheet


SHEET = """<!doctype html>
<meta charset="utf-8"><title>Screens of Concord</title>
<style>
  body {{ font: 14px system-ui; margin: 2rem; background: #888; color: #000; }}
  p {{ display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; }}
  a {{ width: 200px; color: inherit; overflow-wrap: anywhere; }}
  img {{ display: block; width: 100%; max-height: 320px; object-fit: cover; object-position: top; }}
</style>
{}
"""
