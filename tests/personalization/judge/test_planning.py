"""What a run is to read: which items, in which orders; nobody's texts without consent."""

import pytest
from django.utils import timezone

from annotation import models as m
from personalization.judge.planning import plan, preview, standing
from personalization.judge.runs import cancel
from personalization.models import JudgeRun, Verdict
from tests import factories as make
from tests import laid
from tests.personalization.judge.judged import asked, run, study

pytestmark = pytest.mark.django_db
KINDS = ("attribute", "error_code", "relevance", "overall", "gain")


def sides(planned: JudgeRun, kind: str) -> list[str]:
    """Return the orders planned for one item of a kind."""
    item = m.Item.objects.filter(question__kind=kind, study=planned.study).first()
    return sorted(Verdict.objects.filter(item=item).values_list("side", flat=True))


def at(provider: str = "", *, refuses: bool = False, named: str | None = None) -> JudgeRun:
    """Plan a run over a whole study of one person, at an endpoint somewhere outside.

    `named`: whom the consent text names; the endpoint's provider, where nothing is said.
    """
    text = make.consent_text(provider=provider if named is None else named)
    scopes = ("use",) if refuses else ("use", "provider")
    whole = study(make.enrolled(study=text.study, scopes=scopes))
    outside = make.endpoint(url="https://m.example.org", provider=provider)
    return planned(run(whole, *KINDS, at=outside))


def planned(run: JudgeRun) -> JudgeRun:
    plan(run)
    run.refresh_from_db()
    return run


def test_pairs_are_read_in_both_orders_and_others_once() -> None:
    """Row 4: each pair has AB and BA; attributes and relevance have one reading."""
    one = at()
    assert sides(one, "overall") == sides(one, "gain") == ["ab", "ba"]
    assert sides(one, "attribute") == sides(one, "relevance") == ["none"]
    assert one.planned == 3 + 3 + 2 * (1 + 3) == one.verdicts.count()
    assert (one.settled, one.withheld) == (0, 0)


def test_what_is_wrong_is_asked_where_somebody_said_so() -> None:
    """An error code is planned for the one attribute that has one."""
    whole = study(make.enrolled())
    item = m.Item.objects.filter(question__kind="error_code").order_by("pk")[1]
    make.judgment(item=item, value=2)
    one = planned(run(whole, "error_code", at=make.endpoint(url="https://m.example.org")))
    assert list(one.verdicts.values_list("item", flat=True)) == [item.pk]


def test_a_plan_is_made_once() -> None:
    """A second plan adds nothing, also where items have come since."""
    one = at()
    laid.relevance(make.enrolled(study=one.study))
    assert plan(one) == 0
    assert one.verdicts.count() == one.planned


def test_the_same_judge_is_asked_for_what_is_missing_only() -> None:
    """A second run of the same configuration plans the new items; another configuration, all."""
    one = at()
    laid.relevance(make.enrolled(study=one.study))
    JudgeRun.objects.filter(pk=one.pk).update(finished_at=timezone.now())
    assert one.endpoint is not None
    again = planned(run(one.study, *KINDS, at=one.endpoint))
    assert (again.pk != one.pk, again.rater, again.planned) == (True, one.rater, 3)
    warm = planned(run(one.study, *KINDS, at=one.endpoint, temperature=0.7))
    assert (warm.rater != one.rater, warm.planned) == (True, one.planned + 3)


def test_what_a_cancelled_run_has_left_is_taken_over() -> None:
    """Its open readings come to the next run; the settled one does not."""
    one = at()
    done = one.verdicts.order_by("pk")[0]
    Verdict.objects.filter(pk=done.pk).update(value=0, settled_at=timezone.now())
    cancel(one)
    assert one.endpoint is not None
    again = planned(run(one.study, *KINDS, at=one.endpoint))
    assert again.planned == one.planned - 1
    assert list(one.verdicts.all()) == [done]


def test_what_failed_is_taken_over_with_another_attempt() -> None:
    one = at()
    Verdict.objects.filter(run=one).update(value=0, settled_at=timezone.now(), attempt=4)
    lost = one.verdicts.order_by("pk")[0]
    Verdict.objects.filter(pk=lost.pk).update(value=None, reason="failed")
    JudgeRun.objects.filter(pk=one.pk).update(finished_at=timezone.now())
    assert one.endpoint is not None
    again = planned(run(one.study, *KINDS, at=one.endpoint))
    (reading,) = again.verdicts.all()
    assert (reading.pk, reading.attempt, reading.settled_at) == (lost.pk, 5, None)


def test_nothing_is_sent_to_a_provider_without_consent() -> None:
    """Items of a person without the scope are counted, and not planned."""
    one = at(provider="Models Ltd", refuses=True)
    assert (one.planned, one.withheld) == (0, 3 + 3 + 1 + 3)
    here = at(refuses=True)
    assert (here.planned, here.withheld) == (14, 0)
    willing = at(provider="Models Ltd")
    assert (willing.planned, willing.withheld) == (14, 0)


@pytest.mark.parametrize("named", ["", "Somebody Else"])
def test_nothing_is_sent_to_a_provider_whom_the_consent_text_did_not_name(named: str) -> None:
    """Who agreed to a text without providers has the scope, as nothing was said to leave."""
    one = at(provider="Models Ltd", named=named)
    assert (one.planned, one.withheld) == (0, 3 + 3 + 1 + 3)
    later = make.consent_text(study=one.study, version=2, provider="MODELS LTD, London")
    m.Enrollment.objects.update(consent_version=later.version)
    items = list(m.Item.objects.filter(study=one.study).values_list("pk", flat=True))
    assert standing(one, items) == set(items)


def test_people_who_left_and_hidden_sheets_are_left_out() -> None:
    """Nor are attributes that were withdrawn."""
    gone, here = make.enrolled(), make.enrolled()
    m.Enrollment.objects.filter(pk=here.pk).update(study=gone.study)
    here.refresh_from_db()
    whole = study(gone, here)
    m.Enrollment.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    mine = m.Sheet.objects.filter(owner__participant=here.participant)
    mine.filter(stage="comparison").update(hidden_at=timezone.now())
    first = m.Attribute.objects.filter(participant=here.participant).order_by("pk")[0]
    m.Attribute.objects.filter(pk=first.pk).update(withdrawn_at=timezone.now())
    one = planned(run(whole, *KINDS, at=make.endpoint(url="https://m.example.org")))
    assert one.planned == 2 + 3
    assert set(m.Item.objects.filter(verdicts__run=one).values_list("sheet__owner", flat=True)) == {
        mine[0].owner_id
    }


def test_a_plan_is_known_before_it_is_made() -> None:
    """The preview says what the plan will add, and what the judge has answered already."""
    one = at()
    questions = asked(one.study, *KINDS)
    before = preview(one.study, questions, provider="")
    assert (before.readings, before.items, before.withheld) == (14, 10, 0)
    assert preview(one.study, questions, provider="", rater=one.rater_id).readings == 0


def test_somebody_who_leaves_meanwhile_is_not_asked_about() -> None:
    one = at(provider="Models Ltd")
    items = list(one.verdicts.values_list("item", flat=True))
    assert standing(one, items) == set(items)
    m.Enrollment.objects.update(scopes=["use"])
    assert standing(one, items) == set()


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"prompt": "Where?", "answer_a": "Here.", "answer_b": "There."}, ["ab", "ba"]),
        ({"text": "One of them."}, ["none"]),
    ],
)
def test_records_are_swapped_where_they_can_be(fields: dict[str, str], found: list[str]) -> None:
    """A record whose fields name two candidates has both orders, another one has one."""
    question = make.question(options=())
    for code, side in enumerate("ab"):
        m.Option.objects.create(question=question, code=code, key=side, side=side)
    record = m.Record.objects.create(study=question.study, key="1", fields=fields)
    make.item(subject=record, question=question)
    place = make.endpoint(url="https://m.example.org", provider="Models Ltd")
    one = planned(run(question.study, "custom", at=place))
    assert sorted(one.verdicts.values_list("side", flat=True)) == found


def test_nobody_asks_an_imported_owner_for_consent() -> None:
    """Somebody without an enrollment came in by a file: whoever brought it answers for it."""
    whole = make.study()
    question = make.question(study=whole)
    record = make.record(study=whole)
    owner = make.person_rater()
    make.item(subject=record, question=question, sheet=make.sheet(study=whole, owner=owner))
    place = make.endpoint(url="https://m.example.org", provider="Models Ltd")
    assert planned(run(whole, "custom", at=place)).planned == 1
