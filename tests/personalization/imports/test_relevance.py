"""What a matcher elsewhere found relevant comes in as a rater, beside our judges."""

import pytest
from django.utils import timezone

from annotation import models as m
from annotation.models.rater import RaterKind
from personalization.agreement import report
from personalization.imports.errors import ImportRefusedError
from personalization.imports.outcome import Outcome, VerdictCounts
from personalization.models import JudgeRun, Verdict
from tests import factories as make
from tests.personalization.imports.outputs import Someone, asked, matched, messages, query, someone

SAILS, CHILDREN, NIGHT = "The user sails.", "The user has children.", "The user works at night."


@pytest.fixture
def one(study: m.Study) -> Someone:
    person = someone(study)
    asked(person, query(study, "trip"), SAILS, CHILDREN, NIGHT)
    return person


def counts(outcome: Outcome) -> VerdictCounts:
    assert isinstance(outcome.counts, VerdictCounts)
    return outcome.counts


def settled() -> dict[str, tuple[str | None, str | None, int | None]]:
    """Return each machine's answer by attribute: option, reason and certainty."""
    current = m.Judgment.objects.filter(role="machine", superseded_at=None)
    found: dict[str, tuple[str | None, str | None, int | None]] = {}
    for each in current.select_related("item__relevance_pair__attribute", "question"):
        assert each.item.relevance_pair
        key = None
        if each.value is not None:
            key = each.question.options.get(code=each.value).key
        found[each.item.relevance_pair.attribute.text] = (key, each.reason, each.certainty)
    return found


def test_a_selector_is_a_rater_like_any_judge(study: m.Study, one: Someone) -> None:
    """Yes, no and nothing; by text or number, by key or text of the query; reports see it."""
    sails = m.Attribute.objects.get(text=SAILS)
    trip = m.Query.objects.get(key="trip")
    outcome = matched(
        study,
        one.says(attribute=sails.pk, query="trip", relevant=True, certainty=80, score=0.71),
        one.says(attribute="the user has children", query=trip.text, relevant="NO", raw="Answer: NO"),
        one.says(attribute=NIGHT, query="trip", relevant=None, reason="refused"),
        of_model="roberta-base",
    )  # fmt: skip
    assert messages(outcome) == {}
    assert (counts(outcome).new, counts(outcome).settled, counts(outcome).refused) == (3, 3, 1)
    assert settled() == {
        SAILS: ("yes", None, 80),
        CHILDREN: ("no", None, None),
        NIGHT: (None, "refused", None),
    }
    rater = m.Rater.objects.get(kind="model")
    assert (rater.name, rater.configuration) == ("selector", {"model": "roberta-base"})
    run = JudgeRun.objects.get(rater=rater)
    assert (run.source, run.planned, run.settled) == ("imported", 3, 3)
    assert run.finished_at
    raw = Verdict.objects.filter(call__isnull=False).values_list("call__answer", flat=True)
    assert sorted(each["text"] for each in raw if each) == ["Answer: NO", '{"score": 0.71}']
    made = report.of_question(m.Question.objects.get(kind="relevance", study=study))
    assert [each.panel for each in made.shares] == ["judge:selector"]


def test_a_second_import_adds_nothing_and_another_answer_is_refused(
    study: m.Study, one: Someone
) -> None:
    line = one.says(attribute=SAILS, query="trip", relevant=True)
    matched(study, line)
    assert counts(matched(study, line)).unchanged == 1
    told = messages(matched(study, {**line, "relevant": False}))
    assert "otherwise" in told[1]
    assert "another configuration" in messages(matched(study, line, of_model="other"))[1]
    assert m.Judgment.objects.filter(role="machine").count() == 1


@pytest.mark.parametrize("kind", ["model", "judge", "baseline"])
def test_it_may_be_a_model_a_judge_or_a_baseline(study: m.Study, one: Someone, kind: str) -> None:
    matched(study, one.says(attribute=SAILS, query="trip", relevant=True), of_kind=RaterKind(kind))
    assert m.Judgment.objects.get(role="machine").rater.kind == kind


def test_lines_that_contradict_each_other_are_both_left_out(study: m.Study, one: Someone) -> None:
    yes = one.says(attribute=SAILS, query="trip", relevant=True)
    outcome = matched(study, yes, {**yes, "relevant": False}, one.says(attribute=NIGHT, query="trip", relevant=False))  # fmt: skip
    assert sorted(messages(outcome)) == [1, 2]
    assert settled() == {NIGHT: ("no", None, None)}


def test_bad_lines_are_named_and_the_others_go_in(study: m.Study, one: Someone) -> None:
    gone = someone(study)
    asked(gone, query(study, "gone"), SAILS)
    m.Enrollment.objects.filter(pk=gone.enrollment.pk).update(withdrawn_at=timezone.now())
    query(study, "other")
    good = {"attribute": SAILS, "query": "trip", "relevant": True}
    bad: list[tuple[dict[str, object], str]] = [
        (one.says(**good | {"relevant": "perhaps"}), "true, false"),
        (one.says(**good | {"relevant": True, "reason": "refused"}), "one of both"),
        (one.says(**good | {"relevant": None, "reason": "bored"}), "unparsed"),
        (one.says(**good | {"certainty": 101}), "1 to 100"),
        (one.says(**good | {"score": "high"}), "not a number"),
        (one.says(**good | {"query": "nowhere"}), "none of this study"),
        (one.says(**good | {"query": "other"}), "lay a relevance sheet"),
        (one.says(**good | {"attribute": "The user rows."}), "none of this participant"),
        (one.says(**good | {"attribute": 10**18}), "none of this participant"),
        (one.says(attribute=SAILS, query="trip"), "relevant is missing"),
        (one.says(**good | {"raw": "\0"}), "NUL"),
        (gone.says(**good | {"query": "gone"}), "has left"),
        (dict(good), "participant is missing"),
    ]
    outcome = matched(study, *(line for line, _why in bad), one.says(**good))
    told = messages(outcome)
    assert sorted(told) == list(range(1, len(bad) + 1))
    assert [why for line, (_said, why) in enumerate(bad, 1) if why not in told[line]] == []
    assert settled() == {SAILS: ("yes", None, None)}


def test_nothing_said_and_no_reason_is_unparsed(study: m.Study, one: Someone) -> None:
    """Missing is not wrong: null is no no."""
    matched(study, one.says(attribute=SAILS, query="trip", relevant=None))
    assert settled() == {SAILS: (None, "unparsed", None)}


def test_peoples_labels_stay_as_they_are(study: m.Study, one: Someone) -> None:
    item = m.Item.objects.filter(relevance_pair__attribute__text=SAILS).get()
    mine = make.judgment(item=item, rater=item.sheet.owner, role="first_person", value=0)
    matched(study, one.says(attribute=SAILS, query="trip", relevant=True))
    assert list(m.Judgment.objects.exclude(role="machine")) == [mine]


def test_a_study_that_does_not_ask_about_relevance(study: m.Study) -> None:
    with pytest.raises(ImportRefusedError, match="does not ask about relevance"):
        matched(study, {"participant": "x"})


def test_a_dry_run_keeps_nothing(study: m.Study, one: Someone) -> None:
    outcome = matched(study, one.says(attribute=SAILS, query="trip", relevant=True), dry_run=True)
    assert counts(outcome).new == 1
    assert not JudgeRun.objects.exists()
