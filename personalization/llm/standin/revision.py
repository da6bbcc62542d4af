"""The stand-in as verifier, and as extractor to whom an attribute comes back: by words in common."""

import json
import re
from collections.abc import Mapping

from personalization.llm.standin.extraction import TURN, statements
from personalization.llm.standin.words import WORD, common

SWEEPING = (
    "all", "always", "any", "anything", "constantly", "entirely", "every", "everybody", "everyone",
    "everything", "never", "nobody", "nothing", "only",
)  # fmt: skip
LEAST = 0.3  # of the words of an attribute, that the user has used too
SPEAKER = "user"


def verify(data: Mapping[str, str]) -> str:
    """Return the answer to the prompt `verify`, as JSON."""
    why = _wrong(data.get("attribute", ""), _said(data))
    return json.dumps({"why": why, "problematic": bool(why)})


def refine(data: Mapping[str, str]) -> str:
    """Return the answer to the prompt `refine`: the nearest thing that the user says, or nothing."""
    attribute = data.get("attribute", "")
    near = sorted(
        (one.attribute for one in statements(_said(data))),
        key=lambda one: (-common(one, attribute), len(one)),
    )
    nearest = next((one for one in near if common(one, attribute) > 0), "")
    if not nearest:
        return json.dumps({"attribute": "", "reason": "", "withdraw": True})
    reason = "The user says so in these words."
    return json.dumps(
        {"attribute": nearest, "reason": reason, "withdraw": False}, ensure_ascii=False
    )


def _wrong(attribute: str, said: str) -> str:
    """Return what the stand-in finds wrong with an attribute; nothing where it finds nothing."""
    if not said:
        return "No turn of the user was named for it."
    words = {word.lower() for word in WORD.findall(attribute)}
    if sweeping := sorted(words & set(SWEEPING) - {word.lower() for word in WORD.findall(said)}):
        return f"It says too much: the user did not say {sweeping[0]!r}."
    if common(attribute, said) < LEAST:
        return "Few of its words are the user's own."
    return ""


def _said(data: Mapping[str, str]) -> str:
    """Return what the user says in the turns that an attribute rests on."""
    turns = TURN.findall(data.get("evidence", ""))
    texts = (text for _number, speaker, text in turns if speaker == SPEAKER)
    return "\n".join(re.sub(r"\n {4}", "\n", text) for text in texts)
