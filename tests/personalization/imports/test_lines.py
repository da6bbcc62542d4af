"""Which lines of label files are used, and what is said of the others."""

import pytest

from annotation.models import Judgment, Question, Record, Study
from personalization.imports.errors import ImportRefusedError
from personalization.imports.verb import import_labels
from tests.personalization.imports.files import (
    answers,
    bring,
    faults,
    json_lines,
    label_file,
    spec_of,
    table,
)

pytestmark = pytest.mark.django_db


def refusal(study: Study, human: str, **changes: object) -> str:
    with pytest.raises(ImportRefusedError) as caught:
        bring(study, human, spec=spec_of(**changes))
    return str(caught.value)


def test_good_lines_go_in_and_bad_ones_are_named(study: Study) -> None:
    """A value outside the options, half a row and a nameless rater cost their own lines only."""
    outcome = bring(study, table("x,ann,yes", "y,ann,maybe", "y,bob", "z,,no", "z,bob,no"))
    assert answers() == {("x", "ann", "yes"), ("z", "bob", "no")}
    assert faults(outcome) == {
        ("human.csv", 3): "the value 'maybe' is not among the options: no, yes.",
        ("human.csv", 4): "has 2 cells where the heading has 3.",
        ("human.csv", 5): "names no rater.",
    }
    assert (outcome.counts.new, outcome.counts.bad, outcome.counts.lines) == (2, 3, 4)


def test_an_unknown_column_refuses_the_file(study: Study) -> None:
    """The message says which column is missing, which there are, and where to name them."""
    message = refusal(study, table("x,ann,yes", heading="id,annotator,value"))
    assert message == (
        "human.csv has no column item, rater. It has: id, annotator, value."
        " Name its columns under [columns] in question.toml."
    )
    assert not Question.objects.exists()


def test_json_rows_may_differ(study: Study) -> None:
    """The row that lacks a field is named, and so is half a row."""
    whole = json_lines({"item": "x", "rater": "ann", "value": True}, {"item": "y", "value": True})
    outcome = import_labels(
        study,
        spec_of(options=["false", "true"]),
        human=label_file(whole + '{"item": "z", "rat', "human.jsonl"),
    )
    assert answers() == {("x", "ann", "true")}
    assert faults(outcome) == {
        ("human.jsonl", 2): "the field rater is missing.",
        ("human.jsonl", 3): "not a whole JSON object: is the line cut off?",
    }


def test_other_questions_lines(study: Study) -> None:
    """`where` leaves lines to other questions; they are counted, and never bad."""
    lines = table("x,ann,yes,a", "x,ann,5,b", "y,ann,no,a", heading="item,rater,value,dimension")
    outcome = bring(study, lines, spec=spec_of(where={"dimension": "a"}))
    assert answers() == {("x", "ann", "yes"), ("y", "ann", "no")}
    assert (outcome.counts.elsewhere, outcome.counts.lines, outcome.counts.bad) == (1, 2, 0)


def test_where_needs_its_column(study: Study) -> None:
    """A label that does not say which question it answers is not used."""
    assert "has no column dimension." in refusal(
        study, table("x,ann,yes"), where={"dimension": "a"}
    )
    rows = json_lines(
        {"item": "x", "rater": "ann", "value": "yes", "dimension": "a"},
        {"item": "y", "rater": "ann", "value": "yes"},
    )
    outcome = import_labels(
        study, spec_of(where={"dimension": "a"}), human=label_file(rows, "human.jsonl")
    )
    assert faults(outcome) == {("human.jsonl", 2): "the field dimension is missing."}


def test_identical_lines_are_read_once(study: Study) -> None:
    """A repeated line changes nothing, and is named."""
    outcome = bring(study, table("x,ann,yes", "y,ann,no", "x,ann,yes", "x,ann,yes"))
    assert answers() == {("x", "ann", "yes"), ("y", "ann", "no")}
    assert faults(outcome) == {
        ("human.csv", 4): "repeats line 2 (x, ann): read once.",
        ("human.csv", 5): "repeats line 2 (x, ann): read once.",
    }


def test_contradicting_lines_are_not_used(study: Study) -> None:
    """Of two different answers of one rater neither is right: both are named, none is used."""
    outcome = bring(study, table("x,ann,yes", "x,bob,yes", "x,ann,no", "y,ann,skip", "y,ann,no"))
    assert answers() == {("x", "bob", "yes")}
    assert {line for _file, line in faults(outcome)} == {2, 4, 5, 6}
    assert faults(outcome)["human.csv", 4].startswith("gives x, ann another content than line 2")


def test_missing_answers_keep_their_reason(study: Study) -> None:
    """An unreadable answer and a skip are no values, and no bad lines either."""
    outcome = bring(study, table("x,ann,invalid", "y,ann,skip", "z,ann,yes"))
    assert answers() == {
        ("x", "ann", "unparsed"), ("y", "ann", "skipped"), ("z", "ann", "yes"),
    }  # fmt: skip
    assert (outcome.counts.new, outcome.counts.without_value, outcome.counts.bad) == (3, 2, 0)


@pytest.mark.parametrize("value", ["0", "101", "-5", "7.5", "high", "٣", "1" * 5000])
def test_a_certainty_outside_its_range(study: Study, value: str) -> None:
    """Certainty is a whole number from 1 to 100; a line with another one is named."""
    lines = table(f"x,ann,yes,{value}", "y,ann,no,100", heading="item,rater,value,sure")
    outcome = bring(study, lines, spec=spec_of(columns={"certainty": "sure"}))
    assert answers() == {("y", "ann", "no")}
    assert "is not a whole number from 1 to 100." in faults(outcome)["human.csv", 2]


def test_certainty_is_kept_and_may_be_missing(study: Study) -> None:
    """An empty cell is no certainty, not one of 0."""
    lines = table("x,ann,yes,1", "y,ann,no,", heading="item,rater,value,sure")
    bring(study, lines, spec=spec_of(columns={"certainty": "sure"}))
    found = Judgment.objects.values_list("item__record__key", "certainty")
    assert dict(found) == {"x": 1, "y": None}


@pytest.mark.parametrize("kind", ["item", "rater"])
def test_a_name_that_no_index_holds(study: Study, kind: str) -> None:
    """A text in the column of names is named by line, and shown by its beginning."""
    name = "n" * 5000
    line = f"{name},ann,yes" if kind == "item" else f"x,{name},yes"
    outcome = bring(study, table(line, "y,ann,no"))
    assert answers() == {("y", "ann", "no")}
    assert f"names a {kind} with more than 500 characters: 'nnn" in faults(outcome)["human.csv", 2]


def test_items_and_raters_named_by_several_columns(study: Study) -> None:
    """The columns of a composite name are joined; a part may be empty, all may not."""
    lines = table("a,1,m,x,yes", "b,1,,y,no", ",,m,x,no", heading="set,id,team,who,value")
    columns = {"item": ["set", "id"], "rater": ["team", "who"]}
    outcome = bring(study, lines, spec=spec_of(columns=columns))
    assert answers() == {("a/1", "m/x", "yes"), ("b/1", "/y", "no")}
    assert faults(outcome) == {("human.csv", 4): "names no item."}


def test_a_formula_is_stored_as_it_is(study: Study) -> None:
    """Cells are text, whatever a spreadsheet would make of them; the export quotes, not we."""
    formula = "=cmd|'/c calc'!A1"
    items = table(f"x,{formula}", heading="item,text")
    bring(study, table(f"x,{formula},yes"), items=items)
    assert Record.objects.get().fields == {"text": formula}
    assert answers() == {("x", formula, "yes")}


def test_texts_in_any_script(study: Study) -> None:
    """Names and options keep their characters."""
    spec = spec_of(options=["否", "نعم 🙂"])
    bring(study, table("项目,أحمد,نعم 🙂"), spec=spec)
    assert answers() == {("项目", "أحمد", "نعم 🙂")}


def test_only_a_thousand_bad_lines_are_told(study: Study) -> None:
    """All are counted, so that a wholly wrong file takes no memory."""
    repeated = ["x,ann,yes"] * 1502
    outcome = bring(study, table("y,ann,maybe", *repeated))
    assert (outcome.faults.count, len(outcome.faults.kept)) == (1502, 1000)
    outcome = bring(study, table(*repeated))
    assert (outcome.faults.count, len(outcome.faults.kept)) == (1501, 1000)


def test_something_must_be_given(study: Study) -> None:
    """An import without a file says what to name."""
    with pytest.raises(ImportRefusedError, match="name items, human labels or judges"):
        bring(study)
