"""The stand-in as judge: it counts words in common, and says so, in the form that is asked of it."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from personalization.llm.standin.words import common

HEADING = re.compile(r"^Possible answers, key and meaning:\n((?:- .*\n?|    .*\n?)+)", re.MULTILINE)
OPTION = re.compile(r"^- ([^\s:]+): ", re.MULTILINE)
ENTRY = re.compile(r"^- ", re.MULTILINE)
USER_TURN = re.compile(r"^\[\d+\] user: ((?:.*)(?:\n {4}.*)*)", re.MULTILINE)
LITTLE, MUCH = 0.02, 0.12  # differences between two responses
# What marks the forms of an answer in the prompts form_*.
CERTAINTY, SHARES, ALONE, REASONS = "]] [[", "a JSON object with the keys", "the key alone", "Think"
# Of the fields of a record, those of the question whether a response names a fact.
FIELD = re.compile(r"^- (response|attribute): (.*(?:\n {4}.*)*)", re.MULTILINE)
NAMED = 0.6  # of a fact's words: so many are in a response that names it
FALL = 0.35  # how much less likely each step away from the answer is
NO_WORD = "There is no answer to choose from."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the stand-in finds: a key, why, and how likely it holds each key to be."""

    key: str
    why: str
    shares: Mapping[str, float]


def keys(instructions: str) -> list[str]:
    """Return the keys of the answers that a judge prompt allows, in their order."""
    listed = HEADING.search(instructions)
    return OPTION.findall(listed[1] if listed else instructions)


def verdict(task: str, options: Sequence[str], data: Mapping[str, str]) -> Verdict | None:
    """Return what the stand-in finds; None where there is nothing to choose from."""
    if not options:
        return None
    at = {
        "judge_attribute": _attribute, "judge_relevance": _relevance, "judge_record": _record,
    }.get(task, _pair)  # fmt: skip
    key, why = at(list(options), dict(data))
    return Verdict(key, why, _shares(options, key))


def judge(task: str, instructions: str, data: Mapping[str, str]) -> str:
    """Return a judge's answer in the demanded form: one sentence first, where reasons are asked."""
    found = verdict(task, keys(instructions), data)
    if found is None:
        return NO_WORD
    if ALONE in instructions:
        return found.key
    if CERTAINTY in instructions:
        said = f"[[{found.key}]] [[{max(1, round(100 * found.shares[found.key]))}]]"
    elif SHARES in instructions:
        said = json.dumps(_percent(found.shares))
    else:
        said = f"Answer: {found.key}"
    if REASONS not in instructions:
        return said
    return f"{found.why} I am a stand-in that counts words and understands none.\n{said}"


def logprobs(task: str, instructions: str, data: Mapping[str, str], most: int) -> dict[str, object]:
    """Return the log-probabilities of an answer that is one key, as endpoints give them."""
    found = verdict(task, keys(instructions), data)
    if found is None:
        return {"content": []}
    top = sorted(found.shares.items(), key=lambda one: -one[1])[:most]
    rows = [{"token": key, "logprob": math.log(share)} for key, share in top]
    token = {"token": found.key, "logprob": math.log(found.shares[found.key])}
    return {"content": [{**token, "top_logprobs": rows}]}


def _shares(options: Sequence[str], key: str) -> dict[str, float]:
    """Return how likely each key is: less with every step away from the answer."""
    at = options.index(key)
    weights = {one: FALL ** abs(place - at) for place, one in enumerate(options)}
    total = sum(weights.values())
    return {one: weight / total for one, weight in weights.items()}


def _percent(shares: Mapping[str, float]) -> dict[str, int]:
    """Return shares as whole numbers that add up to 100; the largest one takes up what is left."""
    whole = {key: round(100 * share) for key, share in shares.items()}
    largest = max(whole, key=lambda key: whole[key])
    whole[largest] += 100 - sum(whole.values())
    return whole


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


def _record(options: list[str], data: dict[str, str]) -> tuple[str, str]:
    fields = dict(FIELD.findall(data.get("fields", "")))
    if len(options) != 2 or fields.keys() != {"response", "attribute"}:
        return _pair(options, data)
    share = common(fields["attribute"], fields["response"])
    return options[
        -1 if share >= NAMED else 0
    ], f"The response has {share:.0%} of the fact's words."


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
