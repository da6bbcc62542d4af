"""question.toml: what it may say, and what is told to whoever gets it wrong."""

from typing import Any

import pytest

from personalization.imports.errors import ImportRefusedError
from personalization.imports.specification import OptionSpecification, from_mapping, parse
from tests.personalization.imports.files import FIVE, YES_NO, spec_of

FULL = """
key = "preference"
wording = "Which one do you prefer?"
wording_third_party = "Which one would they prefer?"
kind = "choice"
level = "nominal"
worse = true
stage = "pilot"
identity = "positions"
candidates = ["first", "second"]
invalid = ["invalid", 9]
skipped = ["-"]

[[options]]
key = "first"
label = "The first one"
[[options]]
key = "tie"
audience = "people"
[[options]]
key = "second"

[columns]
item = ["subset", "id"]
rater = "slot"
value = "winner"
certainty = "sure"

[where]
dimension = "Fluency"
round = 2
"""


def refusal(**changes: object) -> str:
    """Return what is said of question.toml with these keys changed."""
    with pytest.raises(ImportRefusedError) as caught:
        spec_of(**changes)
    return str(caught.value)


def test_every_key_is_read() -> None:
    """A file that uses every key says what it says; texts and whole numbers are both texts."""
    spec = parse(FULL)
    assert (spec.key, spec.kind, spec.level, spec.stage) == (
        "preference", "choice", "nominal", "pilot",
    )  # fmt: skip
    assert (spec.wording_third_party, spec.worse) == ("Which one would they prefer?", True)
    assert spec.codes == {"first": 0, "tie": 1, "second": 2}
    assert [option.side for option in spec.options] == ["a", None, "b"]
    assert spec.options[1] == OptionSpecification("tie", audience="people")
    assert (spec.columns.item, spec.columns.rater) == (("subset", "id"), ("slot",))
    assert (spec.columns.value, spec.columns.certainty) == ("winner", "sure")
    assert spec.where == {"dimension": "Fluency", "round": "2"}
    assert (spec.identity, sorted(spec.invalid)) == ("positions", ["9", "invalid"])
    assert spec.skipped == {"-"}


def test_little_is_needed() -> None:
    """Key, level and options are enough: the rest has plain defaults."""
    spec = parse('key = "fits"\nlevel = "nominal"\noptions = ["no", "yes"]')
    assert (spec.wording, spec.kind, spec.identity) == ("fits", "custom", "people")
    assert (spec.columns.item, spec.columns.rater) == (("item",), ("rater",))
    assert (spec.columns.order1, spec.columns.order2) == ("winner_order1", "winner_swapped")


def test_a_byte_order_mark_does_no_harm() -> None:
    """Notepad's question.toml is read like any other."""
    assert parse("\ufeff" + FULL) == parse(FULL)


def test_what_is_not_toml_is_told_by_line() -> None:
    """The message of a syntax error names the line."""
    with pytest.raises(ImportRefusedError, match=r"not valid TOML: .*line 2"):
        parse('key = "fits"\nlevel = \n')


@pytest.mark.parametrize(
    ("options", "scores"),
    [
        ([1, 2, 5], [1.0, 2.0, 5.0]),
        (["1.0", "2.0"], [1.0, 2.0]),
        (["-1", "0", "1"], [-1.0, 0.0, 1.0]),
        (["low", "high"], [None, None]),
        (["1", "2", "more"], [None, None, None]),
        (["1", "inf"], [None, None]),
        ([{"key": "low", "score": 0}, {"key": "high", "score": 2.5}], [0, 2.5]),
    ],
    ids=str,
)
def test_scores_are_read_off_numeric_options(options: list[Any], scores: list[float]) -> None:
    """Where all options of a scale are finite numbers they are its scores, unless it gives some."""
    assert [one.score for one in spec_of(FIVE, options=options).options] == scores


def test_a_nominal_question_has_no_scores() -> None:
    """Numbers that only name things are no scale."""
    spec = spec_of(FIVE, level="nominal")
    assert [option.score for option in spec.options] == [None] * 5


def test_the_place_of_an_option_is_its_score_or_its_code() -> None:
    """A scale of words is read as equal steps from 0."""
    assert spec_of(FIVE).score(4) == 5
    assert spec_of(FIVE, options=["low", "mid", "high"]).score(2) == 2


def test_a_kind_brings_its_usual_question() -> None:
    """What question.toml leaves out comes from the kind; what it says wins."""
    usual = from_mapping({"key": "gain", "kind": "gain"})
    assert (usual.level, len(usual.options)) == ("ordinal", 5)
    assert from_mapping({"key": "gain", "kind": "gain", "wording": "Mine?"}).wording == "Mine?"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "unknown key colour. Known keys: candidates, columns,"),
        ({"key": ""}, "key is missing"),
        ({"level": None}, "level is missing"),
        ({"options": []}, "options is missing"),
        ({"kind": "mood"}, "kind is 'mood'; write one of attribute, error_code,"),
        ({"level": "metric"}, "level is 'metric'; write one of nominal, ordinal, interval"),
        ({"identity": "robots"}, "identity is 'robots'; write one of people, positions"),
        ({"options": "no, yes"}, "options must be a list, in their order"),
        ({"options": ["yes"]}, "at least two options"),
        ({"options": ["yes", "yes"]}, "an option is written twice"),
        ({"options": [1, "1"]}, "an option is written twice"),
        ({"options": ["", "yes"]}, "an option is empty"),
        ({"options": [True, False]}, "an option is a text, or a table"),
        ({"options": [{"label": "Yes"}, "no"]}, "an option is a text, or a table"),
        ({"options": [{"key": ["yes"]}, "no"]}, "an option is a text, or a table"),
        ({"options": [{"key": "yes", "audience": "cats"}, "no"]}, "audience is 'cats'; write"),
        ({"options": [{"key": "yes", "side": "left"}, "no"]}, "side is 'left'; write one of a, b"),
        (
            {"options": [{"key": "yes", "side": "a"}, {"key": "no", "side": "a"}]},
            "two options choose the same candidate",
        ),
        ({"options": [{"key": "yes", "score": "high"}, "no"]}, "score must be a number"),
        ({"options": [{"key": "yes", "score": float("nan")}, "no"]}, "score must be a number"),
        ({"options": [{"key": "yes", "score": 1}, "no"]}, "every option a score, or none"),
        ({"candidates": ["yes"]}, "candidates must name two of the options"),
        ({"candidates": ["yes", "maybe"]}, "candidates must name two of the options"),
        ({"candidates": "yes"}, "candidates must name two of the options"),
        ({"columns": {"person": "who"}}, r"[columns] has no person. Known: item, rater,"),
        ({"columns": "item"}, "columns must be a table: write [columns]"),
        ({"columns": {"item": 3}}, "[columns] item must be the name of a column"),
        ({"columns": {"item": []}}, "[columns] item must be the name of a column"),
        ({"columns": {"value": ["a", "b"]}}, "[columns] value must be the name of a column"),
        ({"where": "Fluency"}, "where must be a table: write [where]"),
        ({"where": {"dimension": ["a"]}}, "where.dimension must be a text"),
        ({"invalid": "invalid"}, 'invalid must be a list of texts, such as ["invalid"]'),
        ({"skipped": [True]}, "skipped must be a list of texts"),
        ({"invalid": ["yes"]}, "'yes' is in two of options, invalid and skipped"),
        ({"skipped": ["invalid"]}, "'invalid' is in two of options, invalid and skipped"),
        ({"worse": "no"}, "worse is true or false"),
    ],
    ids=str,
)
def test_a_fault_is_told(changes: dict[str, object], message: str) -> None:
    """Each fault is refused with what is wrong and what to write instead."""
    assert message in refusal(**changes)


def test_all_faults_are_told_at_once() -> None:
    """Nobody mends a file one error at a time."""
    said = refusal(key="", level="metric", options=["yes"], colour="red").splitlines()
    assert len(said) == 4
    assert all(line.startswith("question.toml: ") for line in said)


def test_the_mapping_itself_is_left_alone() -> None:
    """Reading changes nothing in what was read."""
    before = {**YES_NO}
    from_mapping(YES_NO)
    assert before == YES_NO
