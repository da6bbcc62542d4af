"""The prompts, as files: `prompt(name)` reads the newest version of one and fills it in.

A file has a head (name, version) and sections `## system` and `## user`. `{word}` is replaced by an
instruction of ours or of the study's researchers, as it is. `{{word}}`, alone on its line, is
replaced by a text that other people or models have written, as fenced data; `{mark}` by the mark of
these fences. A paragraph with a place whose text is empty is left out.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from personalization.llm.backend import Message
from personalization.llm.fences import fence, mark_of

FOLDER = Path(__file__).parent
DATA = re.compile(r"^\{\{(\w+)\}\}$", re.MULTILINE)
PLACE = re.compile(r"^\{\{(?P<data>\w+)\}\}$|\{(?P<said>\w+)\}", re.MULTILINE)
HEAD = re.compile(r"\A---\n(?P<head>.*?)\n---\n", re.DOTALL)
SECTION = re.compile(r"^## (system|user)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of a prompt; `hash` is that of the whole file, so that no change goes unseen."""

    name: str
    version: int
    hash: str
    sections: tuple[tuple[Literal["system", "user"], str], ...]

    @property
    def places(self) -> frozenset[str]:
        """Return the names of all places to fill in."""
        found = (place for _role, text in self.sections for place in PLACE.finditer(text))
        return frozenset(place["data"] or place["said"] for place in found) - {"mark"}

    def fill(self, **texts: str) -> tuple[Message, ...]:
        """Return the messages, with a text at every place; ValueError for other places."""
        if texts.keys() != self.places:
            wrong = ", ".join(sorted(texts.keys() ^ self.places))
            raise ValueError(f"prompt {self.name} v{self.version}: missing or unknown: {wrong}")
        mark = mark_of(texts.values())
        said = {**texts, "mark": mark}

        def put(place: re.Match[str]) -> str:
            if name := place["data"]:
                return fence(name, texts[name], mark)
            return said[place["said"]]

        messages = []
        for role, text in self.sections:
            paragraphs = [each for each in text.split("\n\n") if _whole(each, said)]
            # One pass over the whole: what a text brings in is never filled in itself.
            messages.append(Message(role, PLACE.sub(put, "\n\n".join(paragraphs))))
        return tuple(messages)


def _whole(paragraph: str, texts: dict[str, str]) -> bool:
    places = (place["data"] or place["said"] for place in PLACE.finditer(paragraph))
    return all(texts[name].strip() for name in places)


@cache
def prompt(name: str, version: int | None = None) -> Prompt:
    """Return a prompt, its newest version unless one is named; LookupError where there is none."""
    files = {int(file.stem[1:]): file for file in (FOLDER / name).glob("v*.md")}
    chosen = version or max(files, default=0)
    if chosen not in files:
        raise LookupError(f"no prompt {name} v{chosen}")
    return _read(name, chosen, files[chosen].read_text(encoding="utf-8"))


def _read(name: str, version: int, text: str) -> Prompt:
    head = HEAD.match(text)
    said = dict(line.split(": ", 1) for line in head["head"].splitlines()) if head else {}
    if head is None or said != {"name": name, "version": str(version)}:
        raise ValueError(f"prompt {name} v{version}: its head names another prompt")
    _before, *parts = SECTION.split(text[head.end() :])
    sections = tuple(
        (role, body.strip()) for role, body in zip(parts[::2], parts[1::2], strict=True)
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Prompt(name, version, digest, sections)  # type: ignore[arg-type]
