"""Swapped candidates: what was chosen is mapped back to the candidates, for every kind."""

import pytest

from annotation.models.question import Kind
from annotation.questions import KINDS
from personalization.judge.choices import Choice, Scale, swapped_fields

PAIRS = (Kind.GAIN, Kind.OVERALL, Kind.CHOICE, Kind.RECOGNITION)


def scale_of(kind: Kind) -> Scale:
    usual = KINDS[kind]
    choices = tuple(
        Choice(code, one.key, one.label, one.audience, one.side, one.score)
        for code, one in enumerate(usual.answers)
    )
    return Scale(choices, ordered=usual.level != "nominal", pairs=kind in PAIRS)


MAPPED = [
    # kind, what was chosen in the swapped order, what it means
    (Kind.GAIN, [0, 1, 2, 3, 4], [4, 3, 2, 1, 0]),
    (Kind.OVERALL, [0, 1, 2, 3, 4], [4, 3, 2, 1, 0]),
    (Kind.CHOICE, [0, 1, 2], [1, 0, 2]),
    (Kind.RECOGNITION, [0, 1, 2], [1, 0, 2]),
    (Kind.ATTRIBUTE, [0, 1, 2], [0, 1, 2]),
    (Kind.RELEVANCE, [0, 1], [0, 1]),
    (Kind.RATING, [0, 4], [0, 4]),
    (Kind.MENTION, [0, 1], [0, 1]),
    (Kind.RECOGNITION_SINGLE, [0, 1], [0, 1]),
    (Kind.ERROR_CODE, [0, 5], [0, 5]),
]


@pytest.mark.parametrize(("kind", "seen", "meant"), MAPPED, ids=[kind for kind, _, _ in MAPPED])
def test_answers_are_mapped_back(kind: Kind, seen: list[int], meant: list[int]) -> None:
    """A scale is turned round, a candidate becomes the other one, a tie stays; twice is once."""
    scale = scale_of(kind)
    assert [scale.seen_as(code, "ba") for code in seen] == meant
    assert [scale.seen_as(code, "ab") for code in seen] == seen
    assert [scale.seen_as(scale.seen_as(code, "ba"), "ba") for code in seen] == seen


def test_options_for_people_are_not_on_offer() -> None:
    """They keep their codes; a tie that judges may give is offered to those who are asked with it."""
    assert [one.key for one in scale_of(Kind.RECOGNITION).offered] == ["a", "b"]
    assert [one.key for one in scale_of(Kind.CHOICE).offered] == ["a", "b", "tie"]
    assert len(scale_of(Kind.GAIN).offered) == 5


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        (Kind.GAIN, ["1", "2", "4", "5"]),
        (Kind.OVERALL, ["1", "2", "4", "5"]),
        (Kind.CHOICE, ["a", "b"]),
        (Kind.RECOGNITION, ["a", "b"]),
        # Where two candidates are not compared there is no tie to leave out.
        (Kind.RATING, ["1", "2", "3", "4", "5"]),
        (Kind.ATTRIBUTE, ["rejected", "uncertain", "accepted"]),
        (Kind.RELEVANCE, ["no", "yes"]),
    ],
)
def test_row_2_without_a_tie(kind: Kind, offered: list[str]) -> None:
    """Row 2: the options that choose no candidate are left out, on a scale the one in the middle."""
    scale = scale_of(kind)
    assert [one.key for one in scale.offered_for(tie=False)] == offered
    assert scale.offered_for(tie=True) == scale.offered


def test_a_tie_for_everybody_is_offered_on_request() -> None:
    choices = (Choice(0, "a", "A", candidate="a"), Choice(1, "b", "B", candidate="b"))
    scale = Scale((*choices, Choice(2, "tie", "Tie")), ordered=False, pairs=True)
    assert [one.key for one in scale.offered_for(tie=True)] == ["a", "b", "tie"]
    assert [one.key for one in scale.offered_for(tie=False)] == ["a", "b"]


def test_four_points_have_no_middle() -> None:
    four = Scale(tuple(Choice(code, str(code), "") for code in range(4)), True, True)
    assert four.offered_for(tie=False) == four.choices


def test_an_option_for_people_is_no_point_of_the_scale() -> None:
    """Five points and "I can't say": the scale that judges see is turned round in itself."""
    points = tuple(Choice(code, str(code), "") for code in range(5))
    scale = Scale((*points, Choice(5, "cannot_say", "", audience="people")), True, True)
    assert [scale.seen_as(code, "ba") for code in range(5)] == [4, 3, 2, 1, 0]
    assert [one.code for one in scale.offered_for(tie=False)] == [0, 1, 3, 4]


def test_shares_are_mapped_back() -> None:
    """One for each option of the question, whatever was offered."""
    choice = scale_of(Kind.CHOICE)
    assert choice.spread({0: 0.75, 1: 0.25}, "ab") == (0.75, 0.25, 0.0)
    assert choice.spread({0: 0.75, 1: 0.25}, "ba") == (0.25, 0.75, 0.0)
    assert scale_of(Kind.GAIN).spread({0: 0.5, 1: 0.5}, "ba") == (0.0, 0.0, 0.0, 0.5, 0.5)
    assert scale_of(Kind.RATING).spread({4: 1.0}, "none") == (0.0, 0.0, 0.0, 0.0, 1.0)


def test_a_scale_without_scores_counts_places() -> None:
    """The score of an option is its own, or its code."""
    assert scale_of(Kind.GAIN).score(4) == 5.0
    assert Scale((Choice(0, "low", ""), Choice(1, "high", "")), True, False).score(1) == 1.0


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        (["prompt", "response_a", "response_b"], {"response_a": "response_b"}),
        (["Answer A", "Answer B"], {"Answer A": "Answer B"}),
        (["output1", "output2", "instruction"], {"output1": "output2"}),
        (["left", "right"], {"left": "right"}),
        (["first_text", "second_text"], {"first_text": "second_text"}),
        (["a", "b"], {"a": "b"}),
        (["text_1", "text_2", "author_1", "author_2"], {"text_1": "text_2", "author_1": "author_2"}),
        (["text"], None),
        (["banana", "bbnana"], None),
        (["output_1", "output_12"], None),
        ([], None),
    ],
)  # fmt: skip
def test_the_candidates_of_a_record(names: list[str], pairs: dict[str, str] | None) -> None:
    """Fields whose names differ in one mark change places; other records have one order."""
    both = pairs and pairs | {second: first for first, second in pairs.items()}
    assert swapped_fields(names) == both
