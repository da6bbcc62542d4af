"""The stand-in as extractor: plain statements that people make about themselves."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from personalization.llm.standin.words import (
    ADVERBS,
    OTHERS,
    common,
    exchanged,
    sentences,
    third,
)

TURN = re.compile(r"^\[(\d+)\] (\w+): ((?:.*)(?:\n {4}.*)*)", re.MULTILINE)
# Where a clause about the speaker begins: not after "if", "when" and the like.
CLAUSE = re.compile(
    r"(?:^|[,;:(]\s*|[-–—]\s+|\b(?:and|but|because|since|as|well|so|that|yes|no)\s+)"
    r"(?P<clause>I(?:'m|'ve|'d|'ll)?\s+\w.*|[Mm]y\s+[\w' -]{2,40}?\s(?:is|are|was|has|have)\s.*)"
)
END = re.compile(
    r"\s*(?:[.!?;:(]|\s[-–—]\s|,\s*(?:so|but|and|which|though|because|if|when)\b"
    r"|\s(?:and|but|because)\s+(?=I\b|[Mm]y\b))"
)
NOT_A_FACT = re.compile(
    r"^I(?:'d|'ll)\b|^I\s+(?:(?:would|will|can|can't|cannot|could|should|may|might|must)\b"
    r"|(?:just\s+|really\s+)?(?:want|need|wonder|wondered|guess|mean|see|hope|wish|agree|thank|ask|forgot"
    r"|understand|suppose|know|think|believe|said|say|told|meant|asked|heard)\b)"
    r"|^I(?:'m| am)\s+(?:sorry|sure|not sure|glad|asking|wondering|looking|trying|afraid|fine|ok|okay"
    r"|thinking|here|told|done|happy to)\b"
)
HEDGED = re.compile(r"\b(maybe|perhaps|probably|sometimes|kind of|sort of|might|used to)\b", re.I)
CONTRACTED = re.compile(r"^I'(m|ve|d|ll)\b")
CONVERSATION = re.compile(r"^conversation (\d+):$", re.MULTILINE)
MOST = 12
SUPPORTS = 0.6  # of the words that matter


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says about themself: in their words, and as a sentence about "the user"."""

    words: str
    attribute: str
    confidence: float


def statements(text: str) -> list[Statement]:
    """Return the statements of a text; questions, wishes and conditions are none.

    >>> [one.attribute for one in statements("Well, I work nights, so mornings are hard. Can I ask?")]
    ['The user works nights.']
    """
    found = []
    for sentence in sentences(text):
        for clause in [] if sentence.endswith("?") else _clauses(sentence):
            if len(clause.split()) < 3 or NOT_A_FACT.search(clause):
                continue
            confidence = 0.6 if HEDGED.search(clause) else 0.9
            found.append(Statement(clause, _about_user(clause), confidence))
    return found


def _clauses(sentence: str) -> Iterator[str]:
    """Yield the clauses in which the speaker is the one spoken of."""
    begun = CLAUSE.search(sentence)
    while begun:
        clause = END.split(begun["clause"], maxsplit=1)[0]
        yield clause.strip(" ,'\"")
        begun = CLAUSE.search(sentence, begun.start("clause") + max(len(clause), 1))


def _about_user(clause: str) -> str:
    if clause[:2].lower() == "my":
        return f"The user's {exchanged(clause[3:], OTHERS)}."
    words = CONTRACTED.sub(r"I '\1", clause).split(" ")[1:]
    at = next((at for at, word in enumerate(words) if word.lower() not in ADVERBS), 0)
    rest = exchanged(" ".join(words[at + 1 :]), OTHERS)
    return " ".join(["The user", *words[:at], third(words[at]), *([rest] if rest else [])]) + "."


def extract(conversation: str, evidence: bool = True) -> str:
    """Return the answer to an extraction prompt, as JSON; with the turns where they are asked for."""
    found: dict[str, dict[str, object]] = {}
    places: dict[str, list[int]] = {}
    for number, speaker, text in TURN.findall(conversation):
        if speaker != "user":
            continue
        for one in statements(text):
            known = one.attribute.lower()
            found.setdefault(
                known,
                {
                    "attribute": one.attribute,
                    "reason": f"The user says so in turn {number}.",
                    "confidence": one.confidence,
                },
            )
            turns = places.setdefault(known, [])
            if int(number) not in turns:
                turns.append(int(number))
    if evidence:
        found = {known: {**one, "evidence": places[known]} for known, one in found.items()}
    return json.dumps({"attributes": list(found.values())[:MOST]}, ensure_ascii=False)


def point(attribute: str, conversations: str) -> str:
    """Return the answer to the evidence prompt: turns of the user that hold most of its words."""
    places = []
    parts = CONVERSATION.split(conversations)[1:]
    for number, text in zip(parts[::2], parts[1::2], strict=True):
        turns = [
            int(turn)
            for turn, speaker, said in TURN.findall(text)
            if speaker == "user" and common(attribute, said) >= SUPPORTS
        ]
        if turns:
            places.append({"conversation": int(number), "turns": turns})
    return json.dumps({"evidence": places})
