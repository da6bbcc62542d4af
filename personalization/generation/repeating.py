"""Whether a text repeats another one word for word: words alone count, in their order; pure."""

import re
from collections.abc import Sequence

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
# What stands before the fact itself in an attribute ("The user often ...").
SUBJECT = re.compile(r"\A\W*the user(?:'s|\u2019s)?\b\s*", re.IGNORECASE)
# One and the same person in the words of an attribute and in words to the user.
PERSON = {
    "their": "your", "theirs": "yours", "them": "you", "they": "you", "themselves": "yourself",
    "themself": "yourself", "his": "your", "her": "your", "him": "you", "he": "you", "she": "you",
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself",
    "is": "be", "are": "be", "am": "be", "has": "have", "does": "do",
}  # fmt: skip
# Fewer words in a row, or fewer that carry meaning, are chance: "likes to cook".
MOST_CHANCE, LEAST_MEANING = 4, 3
EMPTY_WORDS = (
    "a an the and or but of in on at to for with from by as be do have it its this that these those"
    " you your yours not no so very more most often usually always never who which when while about"
    " into than then also like likes want wants use uses"
)
EMPTY = frozenset(EMPTY_WORDS.split())


def attribute_in(text: str, attribute: str, but: str = "") -> bool:
    """Return whether a text repeats an attribute word for word, and `but` does not.

    >>> attribute_in("As you always carry your own cup to work, ...",
    ...     "The user always carries their own cup to work.")
    True
    >>> attribute_in("Carry a cup.", "The user always carries their own cup to work.")
    False
    """
    fact = _words(SUBJECT.sub("", attribute))
    # The verb changes with the person: "carries", "carry".
    tail = fact[1:] if len(fact) > 1 else fact
    for wanted in (fact, _after_verb(fact), tail):
        if _is_telling(wanted) and _has(_words(text), wanted):
            return not _has(_words(but), wanted)
    return False


def passage_in(text: str, source: str, length: int, but: str = "") -> bool:
    """Return whether so many words of `source` stand in a row in a text, and not in `but`."""
    own, words, other = _words(text), _words(source), f" {' '.join(_words(but))} "
    there = {tuple(own[at : at + length]) for at in range(len(own) - length + 1)}
    for at in range(len(words) - length + 1):
        wanted = tuple(words[at : at + length])
        if wanted in there and f" {' '.join(wanted)} " not in other:
            return True
    return False


def _words(text: str) -> list[str]:
    found = (word.casefold() for word in WORD.findall(text.replace("\u2019", "'")))
    return [PERSON.get(word, word) for word in found]


def _after_verb(words: Sequence[str]) -> Sequence[str]:
    """Leave out words before the first one that may be a changed verb: adverbs, and the verb."""
    for at, word in enumerate(words[:3]):
        if word.endswith("s") and word not in EMPTY:
            return words[at + 1 :]
    return words


def _is_telling(words: Sequence[str]) -> bool:
    meaning = sum(word not in EMPTY for word in words)
    return len(words) >= MOST_CHANCE and meaning >= LEAST_MEANING


def _has(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return f" {' '.join(wanted)} " in f" {' '.join(words)} "
