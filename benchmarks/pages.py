"""What a browser does with a page of a sheet: find its form, and choose answers."""

import random
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode

FORM = re.compile(rb'<form\b[^>]*\bid="sheet"[^>]*>.*?</form>', re.DOTALL)
INPUT = re.compile(rb"<input\b[^>]*>")
ATTRIBUTE = re.compile(rb'\b(action|type|name|value)="([^"]*)"')
ITEM = "item-"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Form:
    """Where a form goes, what it holds already, and the answers that each item offers."""

    action: str
    hidden: dict[str, str]
    offered: dict[str, list[str]]

    def filled(self, chance: random.Random) -> dict[str, str]:
        """Return an answer to each item, drawn from those that it offers."""
        return {name: chance.choice(values) for name, values in self.offered.items()}

    def body(self, answers: dict[str, str]) -> bytes:
        """Return what a browser sends."""
        return urlencode({**self.hidden, **answers}).encode()


def form_of(page: bytes) -> Form | None:
    """Return the form of a sheet's page; None where the page is another one."""
    found = FORM.search(page)
    if found is None:
        return None
    form = found.group()
    hidden: dict[str, str] = {}
    offered: dict[str, list[str]] = {}
    for tag in INPUT.findall(form):
        has = _attributes(tag)
        if has.get("type") == "hidden":
            hidden[has["name"]] = has.get("value", "")
        elif has.get("name", "").startswith(ITEM):
            offered.setdefault(has["name"], []).append(has.get("value", ""))
    return Form(_attributes(form[: form.index(b">")])["action"], hidden, offered)


def _attributes(tag: bytes) -> dict[str, str]:
    return {name.decode(): unescape(value.decode()) for name, value in ATTRIBUTE.findall(tag)}
