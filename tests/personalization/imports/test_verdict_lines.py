"""Lines of verdicts that cannot be used, each told by its number, and files brought in parts."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from annotation.models import Item, Judgment, Question, Rater, Study
from personalization.imports.errors import ImportRefusedError
from personalization.models import JudgeRun, ModelCall, Verdict
from tests import factories
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
LINE = "u,gpt,ab,tie"
AUTHORED: dict[str, Any] = {**SIDED, "authors": {"a": "by_a", "b": "by_b"}}
BY = f"{HEADING},by_a,by_b"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("u,gpt,ab,", "the value '' is not among the options: first, second, tie."),
        ("u,gpt,ab,third", "the value 'third' is not among the options"),
        (",gpt,ab,tie", "names no item."),
        ("u,,ab,tie", "names no judge."),
        ("u,gpt,,tie", "the side '' is none of ab, ba and none"),
        ("u,gpt,AB,tie", "the side 'AB' is none of ab, ba and none"),
        ("u,gpt,ab", "has 3 cells where the heading has 4."),
        (f"{'u' * 501},gpt,ab,tie", "names a item with more than 500 characters"),
    ],
)
def test_a_bad_line(study: Study, line: str, why: str) -> None:
    """It is left out and told; the others go in."""
    outcome = bring(study, table("x,gpt,ab,tie", line, heading=HEADING))
    assert why in faults(outcome)["verdicts.csv", 3]
    assert [one[0] for one in verdicts()] == ["x"]


def test_an_answer_for_people_alone(study: Study) -> None:
    """What judges are not offered, they cannot have chosen; it may still be right."""
    options = ["first", "second", {"key": "tie", "audience": "people"}]
    outcome = bring(
        study,
        table("u,gpt,ab,tie,tie", "u,gpt,ba,first,tie", heading=f"{HEADING},gold"),
        question={**PAIR, "options": options},
        columns={"side": "side", "reference": "gold"},
    )
    assert "'tie' is an answer for people" in faults(outcome)["verdicts.csv", 2]
    assert outcome.counts.references == 1


def test_the_same_line_twice(study: Study) -> None:
    """Read once; of lines that contradict each other none is used."""
    lines = [LINE, "v,gpt,ab,tie", LINE, "v,gpt,ab,first"]
    outcome = bring(study, table(*lines, heading=HEADING))
    told = faults(outcome)
    assert told["verdicts.csv", 4] == "repeats line 2 (u, gpt): read once."
    assert sorted(line for _file, line in told) == [3, 4, 5]
    assert [one[0] for one in verdicts()] == ["u"]


def test_with_a_side_and_without(study: Study) -> None:
    """One judge is asked in both orders or once, not both: in a file, and in two."""
    outcome = bring(study, table(LINE, "u,gpt,none,tie", "v,gpt,none,tie", heading=HEADING))
    assert sorted(line for _file, line in faults(outcome)) == [2, 3]
    later = bring(study, table("v,gpt,ab,tie", heading=HEADING))
    assert "has already answered item v otherwise" in faults(later)["verdicts.csv", 2]
    assert verdicts() == {("v", "none", 0, 2, None)}


def test_a_changed_answer_is_refused(study: Study) -> None:
    """A judge answers once: the line is told, and what was there stays."""
    bring(study, table(LINE, "u,gpt,ba,tie", heading=HEADING))
    outcome = bring(study, table("u,gpt,ab,first", "v,gpt,ab,tie", heading=HEADING))
    assert faults(outcome) == {
        ("verdicts.csv", 2): "judge gpt has already answered item u otherwise:"
        " import the new answers under another judge name."
    }
    assert settled() == {"u": 2}
    assert (counts(outcome).new, counts(outcome).waiting) == (1, 1)
    unreadable = bring(study, table("u,gpt,ab,?", heading=HEADING))
    assert unreadable.counts.bad == 1


def test_authors_of_the_candidates(study: Study) -> None:
    """They stand with the record, come again unharmed, and never change."""
    bring(study, table(f"{LINE},Ann,gpt-4", "v,gpt,ab,tie,,", heading=BY), AUTHORED)
    records = dict(study.records.values_list("key", "authors"))
    assert records == {"u": {"a": "Ann", "b": "gpt-4"}, "v": {}}
    lines = table("u,gpt,ba,tie,Ann,gpt-4", "u,new,ba,tie,Ann,gpt-5", heading=BY)
    outcome = bring(study, lines, AUTHORED)
    assert list(faults(outcome)) == [("verdicts.csv", 3)]
    assert (outcome.counts.new, settled()) == (1, {"u": 2})
    bring(study, table("v,gpt,ba,tie,Ann,Ben", heading=BY), AUTHORED)
    assert study.records.get(key="v").authors == {"a": "Ann", "b": "Ben"}


def test_authors_that_lines_dispute(study: Study) -> None:
    """Neither line is believed: which one comes first must not decide."""
    lines = table(f"{LINE},Ann,Ben", "u,gpt,ba,tie,Ann,Cem", "v,gpt,ab,tie,Ann,Ben", heading=BY)
    outcome = bring(study, lines, AUTHORED)
    assert sorted(line for _file, line in faults(outcome)) == [2, 3]
    assert study.records.get().authors == {"a": "Ann", "b": "Ben"}


def test_the_author_of_a_single_text(study: Study) -> None:
    """Where one text is judged, its author has no side."""
    question = {"key": "fits", "level": "nominal", "options": ["no", "yes"]}
    lines = table("u,gpt,yes,Ann", heading="item,judge,value,by")
    bring(study, lines, columns={}, question=question, authors={"text": "by"})
    assert study.records.get().authors == {"": "Ann"}


def pair_items(study: Study, count: int) -> tuple[Question, list[Item]]:
    """Return items that compare two responses each, and their question."""
    question = factories.question(study=study, key="gain", options=("a", "b"))
    question.options.filter(key="a").update(side="a")
    question.options.filter(key="b").update(side="b")
    query = factories.query(study=study)
    pairs = [factories.response_pair(query=query) for _number in range(count)]
    return question, [factories.item(question=question, subject=one) for one in pairs]


def test_items_by_their_numbers(study: Study) -> None:
    """As exports and the REST API name them, whatever they are about."""
    question, (one, two) = pair_items(study, 2)
    other = factories.item()
    lines = [
        f"{one.pk},gpt,ab,a", f"{one.pk},gpt,ba,a", f"{two.pk},gpt,ab,b", f"{other.pk},gpt,ab,a",
        "12345678,gpt,ab,a", "u,gpt,ab,a", f"{10**30},gpt,ab,a", f"00{two.pk},gpt,ab,b",
    ]  # fmt: skip
    outcome = bring(study, table(*lines, heading=HEADING), question="gain", items="numbers")
    answer = Judgment.objects.get()
    assert (answer.item, answer.question, answer.value) == (one, question, 0)
    assert Verdict.objects.filter(item=two).count() == 1
    told = faults(outcome)
    assert sorted(line for _file, line in told) == [5, 6, 7, 8, 9]
    assert "repeats line 4" in told["verdicts.csv", 9]
    assert "does not ask this question in this study" in told["verdicts.csv", 5]
    assert "the item 'u' is not a number." in told["verdicts.csv", 7]
    assert study.records.count() == 0


def test_people_who_have_left(study: Study) -> None:
    """No number may rest on what is theirs."""
    person = factories.enrolled(study=study)
    question, _items = pair_items(study, 0)
    for key in ("hers", "nobodys"):
        record = factories.record(study=study, key=key)
        if key == "hers":
            study.records.filter(key=key).update(participant=person.participant)
        factories.item(question=question, subject=record)
    type(person).objects.filter(pk=person.pk).update(withdrawn_at="2026-01-01T00:00Z")
    lines = table("hers,gpt,ab,a", "nobodys,gpt,ab,a", heading=HEADING)
    outcome = bring(study, lines, question="gain")
    assert "whose data stay inside" in faults(outcome)["verdicts.csv", 2]
    assert [one[0] for one in verdicts()] == ["nobodys"]


def test_numbers_of_a_question_without_items(study: Study) -> None:
    """Numbers can only name what is there: nothing is made."""
    with pytest.raises(ImportRefusedError, match="No item of this study asks this question"):
        bring(study, table("7,gpt,ab,tie", heading=HEADING), items="numbers")
    assert not study.questions.exists()


def test_numbers_need_no_items_file(study: Study) -> None:
    pair_items(study, 1)
    with pytest.raises(ImportRefusedError, match="leave out the items file"):
        bring(study, LINE, texts="item\n1\n", items="numbers")


def test_nothing_is_kept_of_a_dry_run(study: Study) -> None:
    """The counts are those of the real run."""
    columns = {"side": "side", "value": "value", "raw": "said"}
    lines = table(f"{LINE},so", "u,gpt,ba,tie,so", "v,gpt,ab,no,so", heading=f"{HEADING},said")
    outcome = bring(study, lines, columns=columns, dry_run=True)
    said = counts(outcome)
    assert (said.new, said.settled, said.items, said.raters, said.bad) == (2, 1, 1, 1, 1)
    kept = (Verdict, Judgment, Question, Rater, JudgeRun, ModelCall, Item)
    assert not any(model.objects.exists() for model in kept)


def test_one_bad_line_refuses_all_if_strict(study: Study) -> None:
    lines = table(LINE, "u,gpt,ba,no", heading=HEADING)
    outcome = bring(study, lines, strict=True)
    assert outcome.counts.bad == 1
    assert not Verdict.objects.exists()
    assert not study.questions.exists()


def test_a_file_without_a_column(study: Study) -> None:
    """What every line needs is looked for at once; other columns, in all of the lines."""
    with pytest.raises(ImportRefusedError, match=r"has no column side. It has: item, judge, value"):
        bring(study, table("u,gpt,tie", heading="item,judge,value"))
    columns = {"side": "side", "certainty": "sure"}
    rows = [{"item": "u", "judge": "gpt", "side": side, "value": "tie"} for side in ("ab", "ba")]
    with pytest.raises(ImportRefusedError, match=r"has no column sure in any of its lines"):
        bring(study, json_lines(*rows), columns=columns, name="v.jsonl")
    bring(study, json_lines(rows[0], {**rows[1], "sure": 7}), columns=columns, name="v.jsonl")
    assert set(Verdict.objects.values_list("side", "certainty")) == {("ab", None), ("ba", 7)}


def test_tabs_and_bytes(study: Study) -> None:
    """A table with tabs is read; one that is not UTF-8 is refused whole."""
    bring(study, "item\tjudge\tside\tvalue\nu\tgpt\tab\ttie\n", name="v.tsv")
    assert verdicts() == {("u", "ab", 0, 2, None)}
    with pytest.raises(ImportRefusedError, match="not UTF-8"):
        bring(study, f"{HEADING}\nJos\xe9,gpt,ab,tie\n".encode("latin-1"))


READINGS = st.lists(
    st.tuples(
        st.sampled_from("uvw"),
        st.sampled_from(["gpt", "llama"]),
        st.sampled_from(["ab", "ba"]),
        st.integers(0, 1),
        st.sampled_from(["first", "second", "tie", "?"]),
    ),
    min_size=1,
    max_size=10,
    unique_by=lambda one: one[:4],
)


class ImportedParts(TestCase):
    """A TestCase, so that every example starts from an empty database."""

    def imported(self, *parts: list[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
        study = factories.study()
        mapping = {**SIDED, "columns": {"side": "side", "sample": "n"}, "samples": 2}
        for part in parts:
            lines = [",".join(map(str, one)) for one in part]
            bring(study, table(*lines, heading="item,judge,side,n,value"), mapping)
        answers = Judgment.objects.filter(item__study=study)
        return set(answers.values_list("item__record__key", "rater__name", "value", "reason"))

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(READINGS, st.integers(1, 6), st.randoms())
    def test_parts_add_up(
        self,
        rows: list[tuple[Any, ...]],
        size: int,
        random: Any,  # noqa: ANN401
    ) -> None:
        """In pieces, in any order, a file settles to what it settles to at once."""
        whole = self.imported(rows)
        shuffled = list(rows)
        random.shuffle(shuffled)
        parts = [shuffled[start : start + size] for start in range(0, len(rows), size)]
        assert self.imported(*parts) == whole
