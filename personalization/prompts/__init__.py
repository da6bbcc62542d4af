"""The prompts: what one is made of, and the shipped ones as files.

A file has a head (name, version) and sections `## system` and `## user`. `{word}` is replaced by an
instruction of ours or of the study's researchers, as it is. `{{word}}`, alone on its line, is
replaced by a text that other people or models have written, as fenced data; `{mark}` by the mark of
these fences. A paragraph with a place whose text is empty is left out.

`parse` reads a text; `prompt(name)` the newest shipped file of a name. Versions that a laboratory
has written itself are rows (personalization/prompt_versions.py).
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, cast

from personalization.llm.backend import Message
from personalization.llm.fences import fence, mark_of

FOLDER = Path(__file__).parent
PLACE = re.compile(r"^\{\{(?P<data>\w+)\}\}$|\{(?P<said>\w+)\}", re.MULTILINE)
MEANT = re.compile(r"\{\{\s*\w+\s*\}\}")
HEAD = re.compile(r"\A---\n(?P<head>.*?)\n---\n", re.DOTALL)
SECTION = re.compile(r"^## (system|user)\n", re.MULTILINE)
MARK = "mark"

Part = Literal["system", "user"]
# What may be wrong with a prompt; a form says it in words.
Wrong = Literal[
    "no_head", "other_head", "no_section", "section_twice", "empty_section", "text_before",
    "not_alone", "unknown_place", "place_missing", "not_data", "data_in_system", "no_mark",
    "place_twice", "extra_section", "section_order",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PromptFault:
    """One thing that is wrong with a prompt, and where: a place, a section, a line."""

    wrong: Wrong
    where: str = ""

    def __str__(self) -> str:
        return f"{self.wrong}: {self.where}" if self.where else self.wrong


class PromptError(ValueError):
    """A text that is no prompt, with all its faults."""

    def __init__(self, name: str, version: int, faults: Sequence[PromptFault]) -> None:
        super().__init__(f"prompt {name} v{version}: {'; '.join(map(str, faults))}")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of a prompt; `hash` is that of the whole file, so that no change goes unseen."""

    name: str
    version: int
    hash: str
    sections: tuple[tuple[Part, str], ...]

    @property
    def data(self) -> frozenset[str]:
        """Return the names of the places for texts of others, which are fenced."""
        return frozenset(place["data"] for place in self._all() if place["data"])

    @property
    def instructions(self) -> frozenset[str]:
        """Return the names of the places that are filled in as they are, without the mark."""
        return frozenset(place["said"] for place in self._all() if place["said"]) - {MARK}

    @property
    def places(self) -> frozenset[str]:
        """Return the names of all places to fill in."""
        return _places(self.sections)

    def fill(self, **texts: str) -> tuple[Message, ...]:
        """Return the messages, with a text at every place; ValueError for other places."""
        if texts.keys() != self.places:
            wrong = ", ".join(sorted(texts.keys() ^ self.places))
            raise ValueError(f"prompt {self.name} v{self.version}: missing or unknown: {wrong}")
        mark = mark_of(texts.values())
        said = {**texts, MARK: mark}

        def put(place: re.Match[str]) -> str:
            if name := place["data"]:
                return fence(name, texts[name], mark)
            return said[place["said"]]

        messages = []
        for role, text in self.sections:
            paragraphs = [
                each
                for each, places in _paragraphs(text)
                if all(said[name].strip() for name in places)
            ]
            # One pass over the whole: what a text brings in is never filled in itself.
            messages.append(Message(role, PLACE.sub(put, "\n\n".join(paragraphs))))
        return tuple(messages)

    def _all(self) -> Iterator[re.Match[str]]:
        return (place for _role, text in self.sections for place in PLACE.finditer(text))


# A run fills the same few prompts thousands of times.
@lru_cache(maxsize=256)
def _paragraphs(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the paragraphs of a section, each with the names of its places."""
    return tuple(
        (each, tuple(place["data"] or place["said"] for place in PLACE.finditer(each)))
        for each in text.split("\n\n")
    )


@lru_cache(maxsize=256)
def _places(sections: tuple[tuple[Part, str], ...]) -> frozenset[str]:
    return frozenset(
        name for _role, text in sections for _each, names in _paragraphs(text) for name in names
    ) - {MARK}


@cache
def prompt(name: str, version: int | None = None) -> Prompt:
    """Return a shipped prompt, its newest version unless one is named; LookupError for none."""
    files = _files(name)
    chosen = version or max(files, default=0)
    if chosen not in files:
        raise LookupError(f"no prompt {name} v{chosen}")
    return parse(name, chosen, files[chosen].read_text(encoding="utf-8"))


def shipped() -> Iterator[tuple[str, int, str]]:
    """Yield name, version and text of every shipped file, in order."""
    for folder in sorted(one for one in FOLDER.iterdir() if one.is_dir()):
        for version, file in sorted(_files(folder.name).items()):
            yield folder.name, version, file.read_text(encoding="utf-8")


def _files(name: str) -> dict[int, Path]:
    return {int(file.stem[1:]): file for file in (FOLDER / name).glob("v*.md")}


def hash_of(text: str) -> str:
    """Return the hash of a prompt's whole text."""
    return hashlib.sha256(text.encode()).hexdigest()


def headed(name: str, version: int, body: str) -> str:
    """Return a prompt's whole text: its head, and the sections as they are."""
    return f"---\nname: {name}\nversion: {version}\n---\n{body}"


def body_of(text: str) -> str:
    """Return a prompt's text without its head."""
    head = HEAD.match(text)
    return text[head.end() :] if head else text


@lru_cache(maxsize=256)
def parse(name: str, version: int, text: str) -> Prompt:
    """Return the prompt that a text is; PromptError where its form is wrong.

    What a prompt of this name must hold is another matter (personalization/prompt_rules.py).
    """
    faults = [*_faults_of_head(name, version, text), *_faults_of_body(body_of(text))]
    if faults:
        raise PromptError(name, version, faults)
    return Prompt(name, version, hash_of(text), _sections(body_of(text))[1])


def _faults_of_head(name: str, version: int, text: str) -> Iterator[PromptFault]:
    head = HEAD.match(text)
    if head is None:
        yield PromptFault("no_head")
        return
    said = dict(line.partition(": ")[::2] for line in head["head"].splitlines())
    if said != {"name": name, "version": str(version)}:
        yield PromptFault("other_head", ", ".join(head["head"].splitlines()))


def _sections(body: str) -> tuple[str, tuple[tuple[Part, str], ...]]:
    before, *parts = SECTION.split(body)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return before.strip(), tuple((cast("Part", role), text.strip()) for role, text in pairs)


def _faults_of_body(body: str) -> Iterator[PromptFault]:
    before, sections = _sections(body)
    if before:
        yield PromptFault("text_before", before.splitlines()[0][:80])
    if not sections:
        yield PromptFault("no_section")
    roles = [role for role, _text in sections]
    for role in sorted(set(roles)):
        if roles.count(role) > 1:
            yield PromptFault("section_twice", f"## {role}")
    for role, text in sections:
        if not text:
            yield PromptFault("empty_section", f"## {role}")
        # Written among other words, a place for somebody's text would not be fenced.
        for line in text.split("\n"):
            if MEANT.search(line) and not PLACE.fullmatch(line):
                yield PromptFault("not_alone", line[:80])
