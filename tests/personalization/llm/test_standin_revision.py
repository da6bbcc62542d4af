"""The stand-in as verifier and refiner: rules that a study can be tried out with."""

import json

import pytest

from personalization.llm.fences import numbered
from personalization.llm.standin import said
from personalization.prompts import prompt


def asked(name: str, attribute: str, *turns: str, **more: str) -> dict[str, object]:
    """Return what the stand-in answers to a prompt about an attribute."""
    evidence = numbered((n, "user", text) for n, text in enumerate(turns, 1))
    texts = {"attribute": attribute, "reason": "It was said.", "evidence": evidence, **more}
    answer: dict[str, object] = json.loads(said(prompt(name).fill(**texts)))
    return answer


@pytest.mark.parametrize(
    ("attribute", "turns", "why"),
    [
        ("The user sails every summer.", ["I sail every summer."], ""),
        ("The user always sails.", ["I sail in summer."], "'always'"),
        ("The user sails.", [], "No turn"),
        ("The user adores mountains.", ["I sail in summer."], "Few of its words"),
    ],
)
def test_a_check(attribute: str, turns: list[str], why: str) -> None:
    answer = asked("verify", attribute, *turns)
    assert answer["problematic"] is bool(why)
    assert why in str(answer["why"])


def test_a_rewrite_is_what_the_user_said() -> None:
    """The nearest statement, which then passes; nothing near it: withdrawn."""
    turns = ["I cook on Sundays. I sail in summer."]
    answer = asked("refine", "The user always sails.", *turns, wrong="Too much.")
    assert answer["attribute"] == "The user sails in summer."
    assert answer["withdraw"] is False
    assert asked("verify", str(answer["attribute"]), *turns)["problematic"] is False
    assert asked("refine", "The user flies.", *turns, wrong="Not so.")["withdraw"] is True
