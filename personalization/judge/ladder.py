r"""Read which option a text chooses: a ladder of places where it may stand; pure, no Django.

The rungs (protocols, RH): the last line that begins with `Answer:`, the last \boxed{}, JSON, the
last words in bold, the last option named anywhere. Where there is an answer line, it decides: it
names exactly one option, or the answer is unreadable. An unreadable answer is never a vote.
"""

import json
import re
from collections.abc import Iterator, Sequence

from personalization.judge.choices import Choice

ANSWER_LINE = re.compile(
    r"^(?:[^\w\n]|_)*(?:final\s+)?answer[\s\"'*_]*[:=]\s*(?P<said>.*\S)\s*$", re.I | re.M
)
BOXED = re.compile(r"\\boxed\s*\{(?:\\text\s*\{)?(?P<said>[^{}]*)\}")
OBJECT = re.compile(r"\{[^{}]*\}", re.S)
BOLD = re.compile(r"\*\*(?P<said>[^*\n]+)\*\*|__(?P<bold>[^_\n]+)__")
NAMES = ("answer", "choice", "value", "label", "verdict")
EDGES = " \t\r\n*_`\"'“”‘’.,;:!()[]{}<>$"
REFUSALS = re.compile(
    r"^\W*(?:i'?m sorry|i am sorry|sorry|i apologi[sz]e|my apologies"
    r"|(?:unfortunately\W+|as an? (?:ai|assistant|language model)\b[^.\n]{0,60}?\W)?"
    r"i (?:can(?:not|'t)|won't|will not|refuse|decline|must decline|do not feel comfortable"
    r"|don't feel comfortable|am (?:not able|unable|not comfortable)|would rather not)"
    r"|i'(?:m (?:not able|unable|not comfortable)|d rather not)"
    r"|it (?:would be|is) (?:inappropriate|not appropriate))\b"
    r"|^\W*(?:抱歉|很抱歉|对不起|我无法|我不能|عذر|آسف|لا أستطيع|لا يمكنني)",
    re.I,
)


def read_answer(text: str, choices: Sequence[Choice]) -> int | None:
    """Return the code of the option that the text chooses, or None where none can be read."""
    if lines := [*ANSWER_LINE.finditer(text)]:
        return named(lines[-1]["said"], choices)
    for said in _rungs(text):
        if (code := named(said, choices)) is not None:
            return code
    return _last_named(text, choices)


def refuses(text: str) -> bool:
    """Return whether a text that chooses nothing says that it will not answer."""
    return REFUSALS.match(text.replace("’", "'")) is not None


def has_answer_line(text: str) -> bool:
    """Return whether a text has a line that says what its answer is."""
    return ANSWER_LINE.search(text) is not None


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
        fields = {str(key).casefold(): value for key, value in said.items()}
        for name in NAMES:
            if isinstance(fields.get(name), str | int | float):
                yield str(fields[name])
                return


def named(said: str, choices: Sequence[Choice]) -> int | None:
    """Return the one option that `said` names: alone, by its first words, or among other words."""
    if (code := exactly(said, choices)) is not None:
        return code
    bare, exact = plain(said), set()
    if bare:
        exact = {
            one.code
            for one in choices
            if any(re.match(rf"{re.escape(bare)}(?!\w)", name) for name in names(one))
        }
    if not exact:
        exact = {code for _place, code, _short in _mentions(said, choices)}
    return exact.pop() if len(exact) == 1 else None


def exactly(said: str, choices: Sequence[Choice]) -> int | None:
    """Return the one option whose key or label `said` is, and nothing else."""
    bare = plain(said)
    found = {one.code for one in choices if bare and bare in names(one)}
    return found.pop() if len(found) == 1 else None


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
    codes = {name: one.code for one in reversed(choices) for name in names(one)}
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


def names(one: Choice) -> list[str]:
    """Return what an option is called, as `plain` gives it back."""
    return [name for name in (plain(one.key), plain(one.label)) if name]


def plain(text: str) -> str:
    """Return a text without capitals and what may stand around it."""
    return text.strip(EDGES).casefold()
