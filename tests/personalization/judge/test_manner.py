"""The manners in which judges are asked: read back as they were written, and checked."""

import json
from dataclasses import replace

import pytest

from personalization.judge.manner import MOST_SAMPLES, MOST_SHOTS, Manner

FULL = Manner("certainty", 1, False, False, "Be fair.", ("age", "sex"), "both", ((7, 1), (9, 0)))


@pytest.mark.parametrize("manner", [Manner(), FULL, Manner("samples", 5, persona="all")])
def test_a_manner_is_read_back(manner: Manner) -> None:
    """Also through JSON, as the database gives it."""
    assert Manner.read({"manner": json.loads(json.dumps(manner.to_json()))}) == manner
    assert manner.wrong() == []


def test_the_first_judges_had_none() -> None:
    assert Manner.read({"model": "big", "sampling": {}}) == Manner()


def test_an_unknown_word_is_refused() -> None:
    """A judge that was asked in some other way must not pass for a plain one."""
    with pytest.raises(ValueError, match="unknown in a judge's manner: mood"):
        Manner.read({"manner": {"mood": "good"}})


@pytest.mark.parametrize(
    ("manner", "word"),
    [
        (Manner("guess"), "Answer"),  # type: ignore[arg-type]
        (Manner(context="all"), "Context"),  # type: ignore[arg-type]
        (Manner("samples"), "Samples"),
        (Manner("samples", MOST_SAMPLES + 1), "Samples"),
        (Manner("value", 3), "Samples"),
        (Manner("logprobs"), "no reasons"),
        (Manner(persona="some"), "Persona"),  # type: ignore[arg-type]
        (Manner(persona=()), "Persona"),
        (Manner(rubric="x" * 10_001), "Rubric"),
        (Manner(shots=tuple((at, 0) for at in range(MOST_SHOTS + 1))), "Examples"),
        (Manner(shots=((1, 0), (1, 1))), "twice"),
    ],
)
def test_what_makes_no_sense(manner: Manner, word: str) -> None:
    """One sentence for each fault."""
    (fault,) = manner.wrong()
    assert word in fault.said()
    assert fault.said(lambda text: f"<{text}>").startswith("<")
    assert fault.said().endswith(".")


@pytest.mark.parametrize(
    ("manner", "form", "source"),
    [
        (Manner(), "form_value_reasons", None),
        (Manner(reasons=False), "form_value", None),
        (Manner("certainty"), "form_certainty_reasons", None),
        (Manner("shares", reasons=False), "form_shares", "verbalized"),
        (Manner("samples", 5), "form_value_reasons", "samples"),
        (Manner("logprobs", reasons=False), "form_short", "logprobs"),
        (replace(FULL, answer="shares", reasons=True), "form_shares_reasons", "verbalized"),
    ],
)
def test_form_and_source(manner: Manner, form: str, source: str | None) -> None:
    assert (manner.form, manner.source) == (form, source)
