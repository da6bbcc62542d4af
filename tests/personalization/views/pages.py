"""Read pages as a person does: links with their text, tables with their cells."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Protocol
from urllib.parse import urlencode

from django.test import Client

VOID = {"input", "link", "meta", "br", "img", "hr"}


class Node:
    """An element: its tag, attributes, and what is in it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.inside: list[Node | str] = []

    @property
    def text(self) -> str:
        """Return the text as it is read, with single spaces."""
        return " ".join(self.raw.split())

    @property
    def raw(self) -> str:
        return "".join(one if isinstance(one, str) else one.raw for one in self.inside)

    def all(self, tag: str, kind: str = "") -> Iterator["Node"]:
        """Yield the elements of a tag, and perhaps of a class, in order."""
        for one in self.inside:
            if isinstance(one, Node):
                if one.tag == tag and (not kind or kind in one.attributes.get("class", "").split()):
                    yield one
                yield from one.all(tag, kind)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


class Response(Protocol):
    """What the test client returns."""

    content: bytes


def read(response: Response) -> Node:
    """Return a page as a tree."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.open[0]


def cards(client: Client, path: str, **asked: str) -> list[str]:
    """Return the items shown at `path` and on all further pages."""
    query: str | None = urlencode(asked)
    found: list[str] = []
    while query is not None:
        page = read(client.get(f"{path}?{query}"))
        found += [one.text.removesuffix(" differs") for one in page.all("h2", "card-title")]
        query = next_of(page)
    return found


def next_of(page: Node) -> str | None:
    """Return the query of the link to the next items, if there are any."""
    links = (a.attributes["href"] for a in page.all("a") if a.attributes.get("rel") == "next")
    return next((link.removeprefix("?") for link in links), None)
