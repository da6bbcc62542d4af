"""Manners are read and written as JSON, and say what cannot be."""

import pytest

from personalization.arms.configuration import (
    Extracting,
    Generating,
    Manner,
    Revising,
    fingerprint,
)

MANNERS: list[Manner] = [
    Extracting(floor=0.5, embedder="", threshold=0.8, evidence="second"),
    Revising(flagged_by="owner", rounds=1),
    Generating("verified", matched=True, profile="ours", verified_by="majority"),
]


@pytest.mark.parametrize("manner", MANNERS)
def test_what_is_written_is_read(manner: Manner) -> None:
    """Also where an older configuration says less, or a newer one more."""
    assert type(manner).read({"manner": manner.to_json()}) == manner
    assert type(manner).read({}) == type(manner)()
    assert type(manner).read({"manner": {"colour": "red"}}) == type(manner)()


def test_rh_s_values_are_the_usual_ones() -> None:
    """Row 13's floor 0.4, row 14's threshold 0.7, at most two rounds."""
    usual = Extracting()
    assert (usual.floor, usual.threshold, usual.embedder) == (0.4, 0.7, "tfidf")
    assert Revising().rounds == 2


@pytest.mark.parametrize(
    ("manner", "faults"),
    [
        (Extracting(), []),
        (Extracting(floor=0, threshold=1), []),
        (Extracting(floor=-0.1), ["floor"]),
        (Extracting(floor=1.1, threshold=0), ["floor", "threshold"]),
        (Extracting(evidence="sometimes"), ["evidence"]),  # type: ignore[arg-type]
        (Revising(rounds=1), []),
        (Revising(rounds=0), ["rounds"]),
        (Revising(flagged_by="cat", rounds=3), ["flagged_by", "rounds"]),  # type: ignore[arg-type]
        (Generating("all", matched=True), []),
        (Generating("none", matched=True), ["matched"]),
        (Generating("some"), ["condition"]),
    ],
)
def test_what_cannot_be_is_named(manner: Manner, faults: list[str]) -> None:
    assert manner.wrong() == faults


def test_a_fingerprint_is_of_the_content() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1}) != fingerprint({"a": 1})
