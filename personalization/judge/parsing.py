r"""Read a judge's answer: a ladder of places where the answer may stand; pure, no Django.

The rungs (protocols, RH): the last line that begins with `Answer:`, the last \boxed{}, JSON, the
last words in bold, the last option named anywhere. Where there is an answer line, it decides: it
names exactly one option, or the answer is unreadable. An unreadable answer is never a vote.
"""

import json
import re
from collections.abc import Iterator, Sequence

from personalization.judge.choices import Choice

ANSWER_LINE = re.compile(
    r"^[\W_]*(?:final\s+)?answer[\s\"'*_]*[:=]\s*(?P<said>.*\S)\s*$", re.I | re.M
)
BOXED = re.compile(r"\\boxed\s*\{(?:\\text\s*\{)?(?P<said>[^{}]*)\}")
OBJECT = re.compile(r"\{[^{}]*\}", re.S)
BOLD = re.compile(r"\*\*(?P<said>[^*\n]+)\*\*|__(?P<bold>[^_\n]+)__")
NAMES = ("answer", "choice", "value", "label", "verdict")
EDGES = " \t\r\n*_`\"'“”‘’.,;:!()[]{}<>$"
REFUSALS = re.compile(
    r"^\W*(i'?m sorry|i am sorry|sorry|i apologi[sz]e|i can(?:no|['’])t|i won['’]t"
    r"|i am (?:not able|unable)|i['’]m (?:not able|unable))\b",
    re.I,
)


def read_answer(text: str, choices: Sequence[Choice]) -> int | None:
    """Return the code of the option that the text chooses, or None where none can be read."""
    if lines := [*ANSWER_LINE.finditer(text)]:
        return _named(lines[-1]["said"], choices)
    for said in _rungs(text):
        if (code := _named(said, choices)) is not None:
            return code
    return _last_named(text, choices)


def refuses(text: str) -> bool:
    """Return whether a text that chooses nothing says that it will not answer."""
    return REFUSALS.match(text.replace("’", "'")) is not None


def _rungs(text: str) -> Iterator[str]:
    """Yield what stands at other places where an answer is expected, the best place first."""
    if found := [*BOXED.finditer(text)]:
        yield found[-1]["said"]
    yield from _of_json(text)
    if found := [*BOLD.finditer(text)]:
        yield found[-1]["said"] or found[-1]["bold"]


def _of_json(text: str) -> Iterator[str]:
    for raw in reversed(OBJECT.findall(text)):
        try:
            said = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        named = {str(key).casefold(): value for key, value in said.items()}
        for name in NAMES:
            if isinstance(named.get(name), str | int | float):
                yield str(named[name])
                return


def _named(said: str, choices: Sequence[Choice]) -> int | None:
    """Return the one option that `said` names: alone, by its first words, or among other words."""
    plain = _plain(said)
    exact = {one.code for one in choices if plain and plain in _names(one)}
    if not exact and plain:
        exact = {
            one.code
            for one in choices
            if any(re.match(rf"{re.escape(plain)}(?!\w)", name) for name in _names(one))
        }
    if not exact:
        exact = {code for _place, code, _short in _mentions(said, choices)}
    return exact.pop() if len(exact) == 1 else None


def _last_named(text: str, choices: Sequence[Choice]) -> int | None:
    """Return the option named last; one of a single letter only in brackets or at the very end."""
    end = len(text.rstrip(EDGES))
    last = None
    for place, code, short in _mentions(text, choices):
        bracketed = text[: place.start()].endswith(("[", "(")) and text[place.end() :].startswith(
            ("]", ")")
        )
        if not short or bracketed or place.end() == end:
            last = code
    return last


def _mentions(text: str, choices: Sequence[Choice]) -> Iterator[tuple[re.Match[str], int, bool]]:
    """Yield where options are named as whole words; a long name hides the short ones in it."""
    codes = {name: one.code for one in reversed(choices) for name in _names(one)}
    if not codes:
        return
    longest = sorted(codes, key=len, reverse=True)
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)"
    for found in re.finditer(pattern, text, re.I):
        name = found[0].casefold()
        short = len(name) == 1
        if short and name.isalpha() and not found[0].isupper():
            continue  # an article, not an answer
        yield found, codes[name], short


def _names(one: Choice) -> list[str]:
    return [name for name in (_plain(one.key), _plain(one.label)) if name]


def _plain(text: str) -> str:
    return text.strip(EDGES).casefold()
