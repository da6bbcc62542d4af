"""Verdicts made elsewhere: what their lines mean, and what they settle to."""

from typing import Any

import pytest

from annotation.models import Judgment, Rater, Reference, Study
from personalization.models import JudgeRun, ModelCall, Verdict
from tests.personalization.imports import files
from tests.personalization.imports.files import faults, json_lines, table
from tests.personalization.imports.verdict_files import (
    HEADING,
    PAIR,
    SIDED,
    bring,
    counts,
    settled,
    verdicts,
)

pytestmark = pytest.mark.django_db
WIDE: dict[str, Any] = {
    **{key: SIDED[key] for key in ("question", "invalid", "refused")},
    "sides": {"ab": "order1", "ba": "swapped"},
}
FIVE: dict[str, Any] = {
    "key": "stars", "level": "ordinal", "options": [1, 2, 3, 4, 5], "candidates": [1, 5],
}  # fmt: skip
SAMPLED: dict[str, Any] = {**SIDED, "columns": {"side": "side", "sample": "sample"}, "samples": 3}
SAMPLES = "item,judge,side,sample,value"


def test_both_orders_in_long_rows(study: Study) -> None:
    """Each line is a reading; two of them settle an item as protocols 0.2 says."""
    lines = [
        "u,gpt,ab,first", "u,gpt,ba,first", "v,gpt,ab,first", "v,gpt,ba,second",
        "w,gpt,ba,tie", "w,gpt,ab,tie", "x,gpt,ab,?", "x,gpt,ba,first",
        "y,gpt,ab,refused", "y,gpt,ba,refused", "z,gpt,ab,?", "z,gpt,ba,refused",
    ]  # fmt: skip
    outcome = bring(study, table(*lines, heading=HEADING))
    assert settled() == {
        "u": 0, "v": "inconsistent", "w": 2, "x": "unparsed", "y": "refused", "z": "unparsed",
    }  # fmt: skip
    assert {("x", "ab", 0, None, "unparsed"), ("x", "ba", 0, 0, None)} < verdicts()
    said = counts(outcome)
    assert (said.new, said.settled, said.without_value, said.waiting) == (12, 6, 4, 0)
    assert (said.unparsed, said.refused, said.inconsistent, said.bad) == (2, 1, 1, 0)
    run = JudgeRun.objects.get()
    assert (run.source, run.planned, run.settled) == ("imported", 12, 12)
    assert run.questions == [study.questions.get().pk]
    assert run.finished_at is not None


def test_wide_rows_say_the_same_as_long_ones(study: Study) -> None:
    """A column for each order: all readings of the long rows are there already."""
    heading = "item,judge,order1,swapped"
    wide = ["u,gpt,first,first", "v,gpt,first,second", "x,gpt,?,first", "y,gpt,refused,refused"]
    bring(study, table(*wide, heading=heading), WIDE)
    assert settled() == {"u": 0, "v": "inconsistent", "x": "unparsed", "y": "refused"}
    long = [
        f"{item},gpt,{side},{value}"
        for item, _gpt, *values in (line.split(",") for line in wide)
        for side, value in zip(("ab", "ba"), values, strict=True)
    ]
    again = counts(bring(study, table(*long, heading=HEADING)))
    assert (again.new, again.unchanged, again.settled, again.bad) == (0, 8, 0, 0)


def test_the_label_import_reads_wide_rows_alike(study: Study) -> None:
    """The same judges, readings and answers, whichever command brought them."""
    lines = table(
        "u,gpt,first,first", "v,gpt,tie,second", "x,gpt,?,first", heading="item,judge,one,two"
    )
    columns = {"order1": "one", "order2": "two"}
    spec = files.spec_of(PAIR, invalid=["?"], columns=columns)
    files.bring(study, judges=lines, spec=spec)
    known = Judgment.objects.count()
    sides = {"ab": "one", "ba": "two"}
    again = counts(bring(study, lines, WIDE, question="better", sides=sides))
    assert (again.new, again.unchanged, again.raters, again.bad) == (0, 6, 0, 0)
    assert (Judgment.objects.count(), JudgeRun.objects.count()) == (known, 1)


def test_answers_as_they_were_shown(study: Study) -> None:
    """What stood first in the swapped order is the second candidate; a tie stays a tie."""
    values = {"A": "first", "B": "second", "C": "tie"}
    lines = ["u,gpt,ab,A", "u,gpt,ba,B", "v,gpt,ab,B", "v,gpt,ba,B", "w,gpt,ab,C", "w,gpt,ba,C"]
    bring(study, table(*lines, heading=HEADING), as_shown=True, values=values)
    assert settled() == {"u": 0, "v": "inconsistent", "w": 2}
    assert {("v", "ab", 0, 1, None), ("v", "ba", 0, 0, None)} < verdicts()


def test_a_scale_as_it_was_shown(study: Study) -> None:
    """Swapped, 5 means 1; the score is the mean of both orders."""
    lines = ["u,gpt,ab,2", "u,gpt,ba,4", "v,gpt,ab,4", "v,gpt,ba,1"]
    bring(study, table(*lines, heading=HEADING), question=FIVE, as_shown=True)
    scores = Judgment.objects.values_list("item__record__key", "value", "reason", "score")
    assert set(scores) == {("u", 1, None, 2.0), ("v", None, "inconsistent", 4.5)}


def test_a_file_for_each_order(study: Study) -> None:
    """The second one completes what the first one left open, and settles it."""
    one, two = "u,gpt,first", "v,gpt,second"
    heading = "item,judge,value"
    first = bring(study, table(one, two, heading=heading), columns={}, side="ab")
    assert (counts(first).waiting, settled()) == (2, {})
    second = bring(study, table(one, heading=heading), columns={}, side="ba")
    assert (counts(second).new, counts(second).settled, counts(second).waiting) == (1, 1, 0)
    assert settled() == {"u": 0}
    again = bring(study, table(one, heading=heading), columns={}, side="ba")
    assert (counts(again).new, counts(again).unchanged, counts(again).settled) == (0, 1, 0)


def test_sides_by_other_names(study: Study) -> None:
    """A map says what the words of the column mean; an unknown one is told by its line."""
    lines = table("u,gpt,original,tie", "u,gpt,swapped,tie", "u,gpt,3,tie", heading=HEADING)
    outcome = bring(study, lines, side_values={"original": "ab", "swapped": "ba"})
    assert settled() == {"u": 2}
    assert faults(outcome) == {
        ("verdicts.csv", 4): "the side '3' is none of ab, ba and none: say under [side_values]"
        " what it means."
    }


def test_a_single_reading(study: Study) -> None:
    """Where nothing was swapped, the one reading settles the item, for any question."""
    question = {"key": "fits", "level": "nominal", "options": ["no", "yes"]}
    lines = table("u,gpt,yes", "v,gpt,?", heading="item,judge,value")
    bring(study, lines, columns={}, question=question)
    assert settled() == {"u": 1, "v": "unparsed"}
    assert {side for _item, side, *_rest in verdicts()} == {"none"}


def test_samples_settle_order_by_order(study: Study) -> None:
    """Shares and strict majority of each order first; then the orders as always.

    u: first, first, tie | first, first, first -> first. v: no majority in one order -> inconsistent.
    w: an order without a readable sample -> unparsed.
    """
    said = {
        "u": ("first first tie", "first first first"),
        "v": ("first second tie", "first first first"),
        "w": ("? ? ?", "first first first"),
    }
    lines = [
        f"{item},gpt,{side},{number},{value}"
        for item, orders in said.items()
        for side, samples in zip(("ab", "ba"), orders, strict=True)
        for number, value in enumerate(samples.split())
    ]
    bring(study, table(*lines, heading=SAMPLES), SAMPLED)
    assert settled() == {"u": 0, "v": "inconsistent", "w": "unparsed"}
    shares = Judgment.objects.get(item__record__key="u")
    assert shares.distribution == pytest.approx([5 / 6, 0, 1 / 6])
    assert shares.distribution_source == "samples"
    assert Rater.objects.get().configuration["manner"] == {"answer": "samples", "samples": 3}


def test_samples_may_come_later(study: Study) -> None:
    """Nothing settles before the last sample of both orders; numbers may begin with 1."""
    lines = [f"u,gpt,{side},{number},tie" for side in ("ab", "ba") for number in (1, 2, 3)]
    first = bring(study, table(*lines[:5], heading=SAMPLES), SAMPLED, first_sample=1)
    assert (counts(first).waiting, settled()) == (1, {})
    later = bring(study, table(*lines[5:], heading=SAMPLES), SAMPLED, first_sample=1)
    assert (counts(later).new, settled()) == (1, {"u": 2})


def test_another_number_of_samples_is_another_judge(study: Study) -> None:
    """What three samples began, five do not complete; a sample beyond the last one is told."""
    bring(study, table("u,gpt,ab,0,tie", heading=SAMPLES), SAMPLED)
    lines = table("u,gpt,ba,0,tie", "u,other,ba,5,tie", "u,x,ab,0000005,tie", heading=SAMPLES)
    outcome = bring(study, lines, SAMPLED, samples=5)
    told = faults(outcome)
    assert "judge gpt is here already with another configuration" in told["verdicts.csv", 2]
    assert told["verdicts.csv", 3] == "the sample '5' is not a number from 0 to 4."
    assert told["verdicts.csv", 4] == "the sample '0000005' is not a number from 0 to 4."


def test_raw_answers_are_read_by_the_ladder(study: Study) -> None:
    """Without a column of values; what names nothing is unparsed, and a refusal is refused."""
    rows = [
        {"item": item, "judge": "gpt", "side": side, "said": said}
        for item, said in {
            "u": "Both are fine.\nAnswer: A", "v": "[[B]]", "w": "no idea",
            "x": "I'm sorry, but I can't help with that.", "y": "", "z": "tie",
        }.items()
        for side in ("ab", "ba")
    ]  # fmt: skip
    columns = {"side": "side", "raw": "said"}
    values = {"A": "first", "B": "second"}
    bring(study, json_lines(*rows), name="v.jsonl", columns=columns, values=values)
    assert settled() == {
        "u": 0, "v": 1, "w": "unparsed", "x": "refused", "y": "unparsed", "z": 2,
    }  # fmt: skip


def test_raw_answers_are_kept(study: Study) -> None:
    """Word for word, as calls that nobody made here, which their readings point to."""
    columns = {"side": "side", "raw": "said"}
    line = 'u,gpt,ab,first,"I choose\nthe first, ""of course"""'
    bring(study, table(line, heading=f"{HEADING},said"), columns=columns)
    call, verdict = ModelCall.objects.get(), Verdict.objects.get()
    assert verdict.call == call
    assert (call.step, call.work_id, call.attempt) == ("imported_verdict", verdict.pk, 0)
    assert (call.endpoint, call.model, call.request, call.request_hash) == ("", "gpt", {}, "")
    assert call.answer == {"text": 'I choose\nthe first, "of course"'}


def test_raw_answers_may_come_later(study: Study) -> None:
    """To readings that had none; another text than before is another judge."""
    heading = f"{HEADING},said"
    columns = {"side": "side", "value": "value", "raw": "said"}
    bring(study, table("u,gpt,ab,first", heading=HEADING))
    later = bring(study, table("u,gpt,ab,first,A!", heading=heading), columns=columns)
    assert (later.counts.new, later.counts.unchanged, faults(later)) == (0, 1, {})
    assert ModelCall.objects.get().work_id == Verdict.objects.get().pk
    again = bring(study, table("u,gpt,ab,first,A!", heading=heading), columns=columns)
    assert (again.counts.unchanged, ModelCall.objects.count()) == (1, 1)
    other = bring(study, table("u,gpt,ab,first,B!", heading=heading), columns=columns)
    assert "has already answered item u otherwise" in faults(other)["verdicts.csv", 2]
    assert ModelCall.objects.get().answer == {"text": "A!"}


def test_certainty(study: Study) -> None:
    """Readings keep what was said; the answer has the lower one, where the orders agree."""
    columns = {"side": "side", "certainty": "sure"}
    lines = ["u,gpt,ab,tie,80", "u,gpt,ba,tie,60", "v,gpt,ab,tie,80", "v,gpt,ba,first,90",
             "w,gpt,ab,tie,101", "w,gpt,ba,tie,01000"]  # fmt: skip
    outcome = bring(study, table(*lines, heading=f"{HEADING},sure"), columns=columns)
    assert set(Judgment.objects.values_list("value", "certainty")) == {(2, 60), (None, None)}
    assert set(Verdict.objects.values_list("certainty", flat=True)) == {80, 60, 90}
    assert list(faults(outcome)) == [("verdicts.csv", 6), ("verdicts.csv", 7)]


def test_one_judge_in_all_lines(study: Study) -> None:
    """The mapping names it; several columns together may name it, too."""
    lines = table("u,ab,tie", "u,ba,tie", heading="item,side,value")
    bring(study, lines, judge="gpt, prompt 3")
    assert Rater.objects.get().name == "gpt, prompt 3"
    columns = {"side": "side", "judge": ["model", "prompt"], "item": ["set", "item"]}
    more = table("s,u,gpt,v2,ab,tie", heading="set,item,model,prompt,side,value")
    bring(study, more, columns=columns)
    assert Rater.objects.filter(name="gpt/v2", kind="judge").count() == 1
    assert Verdict.objects.filter(item__record__key="s/u").count() == 1


def test_what_is_known_of_the_judge(study: Study) -> None:
    """A configuration is kept with the judge; the same name with another one is refused by line."""
    known = {"model": "meta-llama/Llama-3.3-70B-Instruct", "temperature": 0.7}
    bring(study, table("u,llama,ab,tie", heading=HEADING), configuration=known)
    assert Rater.objects.get().configuration == known
    other = bring(study, table("u,llama,ba,tie", heading=HEADING), configuration={"model": "x"})
    assert (other.counts.new, other.counts.bad, Verdict.objects.count()) == (0, 1, 1)
    same = bring(study, table("u,llama,ba,tie", heading=HEADING), configuration=known)
    assert (same.counts.new, settled()) == (1, {"u": 2})


def test_references(study: Study) -> None:
    """What is right may stand in the same lines, written as the answers are."""
    columns = {"side": "side", "reference": "gold"}
    lines = table("u,gpt,ab,tie,1", "v,gpt,ab,tie,", heading=f"{HEADING},gold")
    bring(study, lines, columns=columns, values={"1": "first"})
    assert Reference.objects.get().accepted == [0]
    twice = table("u,gpt,ba,tie,1", "u,gpt2,ba,tie,tie", heading=f"{HEADING},gold")
    with pytest.raises(Exception, match="several references"):
        bring(study, twice, columns=columns, values={"1": "first"})


def test_items_with_their_texts(study: Study) -> None:
    """A file of items brings them; verdicts on others are left out by line."""
    lines = table("u,gpt,ab,tie", "v,gpt,ab,tie", heading=HEADING)
    outcome = bring(study, lines, texts="item,text_a,text_b\nu,Hi,Ho\n")
    assert study.records.get().fields == {"text_a": "Hi", "text_b": "Ho"}
    assert faults(outcome) == {("verdicts.csv", 3): "item v is not in items.csv."}


def test_lines_of_other_questions(study: Study) -> None:
    """`where` takes some of the lines; the others are counted."""
    lines = table("u,gpt,ab,tie,x", "u,gpt,ab,first,y", heading=f"{HEADING},set")
    outcome = bring(study, lines, where={"set": "y"})
    assert verdicts() == {("u", "ab", 0, 0, None)}
    assert (outcome.counts.lines, outcome.counts.elsewhere) == (1, 1)


def test_a_question_of_the_study(study: Study) -> None:
    """Its key is enough, with a version where there are several; it is not made anew."""
    files.bring(study, "item,rater,value\nu,ann,tie\n", spec=files.spec_of(PAIR))
    files.bring(study, "item,rater,value\nu,ann,1\n", spec=files.spec_of({**FIVE, "key": "better"}))
    lines = table("u,gpt,ab,tie", heading=HEADING)
    bring(study, lines, question={"key": "better", "version": 1})
    assert Verdict.objects.get().question.version == 1
    newest = bring(study, lines, question="better")
    assert "is not among the options: 1, 2, 3, 4, 5" in faults(newest)["verdicts.csv", 2]
    assert study.questions.count() == 2


def test_a_changed_question_is_a_new_version(study: Study) -> None:
    """As with labels: verdicts belong to the version whose options they name."""
    bring(study, table("u,gpt,ab,tie", heading=HEADING))
    changed = {**PAIR, "options": ["first", "second"]}
    outcome = bring(study, table("u,gpt,ab,first", heading=HEADING), question=changed)
    assert (outcome.version, outcome.new_version) == (2, True)


def test_a_large_file_is_settled_in_pieces(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers whose readings are fetched in two pieces settle all the same."""
    monkeypatch.setattr("personalization.imports.verdict_settling.AT_ONCE", 3)
    lines = [f"i{n},gpt,{side},tie" for n in range(10) for side in ("ab", "ba")]
    outcome = bring(study, table(*lines, heading=HEADING))
    assert counts(outcome).settled == 10
    assert settled() == {f"i{n}": 2 for n in range(10)}
