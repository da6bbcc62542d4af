"""The stand-in as judge: it counts words in common, and says so."""

import re

from personalization.llm.standin.words import common

OPTION = re.compile(r"^- ([^\s:]+): ", re.MULTILINE)
ENTRY = re.compile(r"^- ", re.MULTILINE)
USER_TURN = re.compile(r"^\[\d+\] user: ((?:.*)(?:\n {4}.*)*)", re.MULTILINE)
LITTLE, MUCH = 0.02, 0.12  # differences between two responses


def keys(instructions: str) -> list[str]:
    """Return the keys of the answers that a judge prompt allows, in their order."""
    return OPTION.findall(instructions)


def judge(task: str, options: list[str], data: dict[str, str]) -> str:
    """Return a judge's answer: one sentence, then the line with the key."""
    if not options:
        return "There is no answer to choose from."
    at = {"judge_attribute": _attribute, "judge_relevance": _relevance}.get(task, _pair)
    key, why = at(options, data)
    return f"{why} I am a stand-in that counts words and understands none.\nAnswer: {key}"


def _place(options: list[str], share: float) -> str:
    """Return the option at a share from 0 (first) to 1 (last)."""
    return options[min(int(share * len(options)), len(options) - 1)]


def _attribute(options: list[str], data: dict[str, str]) -> tuple[str, str]:
    said = " ".join(USER_TURN.findall(data.get("conversation", "")))
    share = common(data.get("attribute", ""), said)
    return _place(options, share), f"{share:.0%} of the statement's words are the user's own."


def _relevance(options: list[str], data: dict[str, str]) -> tuple[str, str]:
    share = common(data.get("attribute", ""), data.get("query", ""))
    why = f"{share:.0%} of the fact's words are in the request."
    return options[-1 if share > 0 else 0], why


def _pair(options: list[str], data: dict[str, str]) -> tuple[str, str]:
    known = data.get("attribute") or ENTRY.sub("", data.get("attributes", ""))
    wanted = f"{known} {data.get('query', '')}" if not data.get("attribute") else known
    a, b = (common(wanted, data.get(f"response_{side}", "")) for side in "ab")
    why = f"Response A has {a:.0%} of the words that matter, response B {b:.0%}."
    ordered = ["a", "tie", "b"] if set(options) >= {"a", "b", "tie"} else options
    return _place(ordered, _share(b - a, len(ordered), data)), why


def _share(difference: float, places: int, data: dict[str, str]) -> float:
    """Return how far towards B: 0.5 in the middle; without a middle, the shorter one wins a draw."""
    if places % 2 == 0 and abs(difference) < LITTLE:
        shorter = len(data.get("response_b", "")) < len(data.get("response_a", ""))
        return 0.75 if shorter else 0.25
    for least, step in ((MUCH, 0.5), (LITTLE, 0.25)):
        if abs(difference) >= least:
            return 0.5 + step if difference > 0 else 0.5 - step
    return 0.5
