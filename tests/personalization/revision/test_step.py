"""Verify and refine: what becomes of attributes, whatever models answer (protocols 2, B12)."""

import json
from functools import partial

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone

from annotation import models as m
from annotation.models.person import Scope
from personalization.asking import ask_once
from personalization.models import Arm, ModelCall, Revision
from personalization.preparing import NO_LONGER_WANTED
from personalization.revision.following import after_check
from personalization.revision.outcomes import Round, outcomes
from personalization.revision.reading import Check
from personalization.revision.step import RevisingStep
from personalization.steps import work
from personalization.work import claim, try_again
from tests import factories as make
from tests.annotation.test_assignment import together
from tests.llm_server import LLMServer
from tests.personalization.machine import PROVIDER, endpoint, person, study
from tests.personalization.revision.revised import (
    REFINE,
    VERIFY,
    about,
    asked_about,
    base_of,
    chain,
    check,
    go,
    left_out,
    revise,
    revising,
    rewrite,
    run_of,
)

pytestmark = pytest.mark.django_db
SAILS, ROWS, BETTER = "The user sails.", "The user rows.", "The user sails in July."


@pytest.fixture
def somebody(llm_server: LLMServer) -> m.Enrollment:
    return person(study(endpoint(llm_server)))


def arm_over(somebody: m.Enrollment, server: LLMServer, *texts: str, rounds: int = 2) -> Arm:
    return revising(base_of(somebody, *texts), endpoint(server), rounds=rounds)


def test_still_flagged_after_two_rounds_is_dropped(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """Row 26: still flagged after 2 rounds -> dropped; no third rewrite is asked for."""
    llm_server.say(VERIFY, check(True, "Too much."))
    llm_server.say(REFINE, rewrite("The user sails every year."))
    llm_server.say(about(REFINE, "every year"), rewrite(BETTER))
    arm = arm_over(somebody, llm_server, SAILS)
    run = revise(arm)
    attribute = m.Attribute.objects.get()
    assert chain(arm, attribute) == [
        ("check", 0, SAILS, True),
        ("rewrite", 1, SAILS, None),
        ("check", 1, "The user sails every year.", True),
        ("rewrite", 2, "The user sails every year.", None),
        ("check", 2, BETTER, True),
    ]
    assert left_out(arm) == {SAILS: "dropped"}
    assert (llm_server.count(VERIFY), llm_server.count(REFINE)) == (3, 2)
    assert run.planned == 5
    found = outcomes(arm)
    assert (found.dropped, found.all) == (1, 1)
    assert found.rounds == [
        Round(0, 1, 1, 0, 0, 0, 0), Round(1, 1, 1, 1, 0, 0, 0), Round(2, 1, 1, 1, 0, 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("passes_in", "asked"), [(1, 3), (2, 5)])
def test_what_passes_is_a_new_attribute(
    llm_server: LLMServer, somebody: m.Enrollment, passes_in: int, asked: int
) -> None:
    """Refined from the old one, with its evidence; the old one is left out."""
    llm_server.say(VERIFY, check(True, "Too much."))
    llm_server.say(REFINE, rewrite("The user sails every year." if passes_in == 2 else BETTER))
    llm_server.say(about(REFINE, "every year"), rewrite(BETTER))
    llm_server.say(about(VERIFY, BETTER), check(False))
    arm = arm_over(somebody, llm_server, SAILS)
    revise(arm)
    old, new = m.Attribute.objects.order_by("pk")
    assert (new.text, new.reason, new.confidence, new.refined_from) == (BETTER, "Better.", 0.8, old)
    assert (new.study, new.participant) == (old.study, old.participant)
    assert [one.turn for one in new.evidence.all()] == [one.turn for one in old.evidence.all()]
    assert left_out(arm) == {SAILS: "refined", BETTER: None}
    assert arm.base is not None
    assert left_out(arm.base) == {SAILS: None}
    assert llm_server.count() == asked
    assert outcomes(arm).refined == 1


def test_what_is_in_order_stays_as_it_is(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """And is no new attribute: both arms have it, people are asked about it once."""
    llm_server.say(VERIFY, check(False))
    arm = arm_over(somebody, llm_server, SAILS, ROWS)
    revise(arm)
    assert left_out(arm) == {SAILS: None, ROWS: None}
    assert m.Attribute.objects.count() == 2
    assert (outcomes(arm).kept, llm_server.count(REFINE)) == (2, 0)


def test_the_extractor_may_withdraw(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    llm_server.say(VERIFY, check(True, "Not about the user."))
    llm_server.say(REFINE, rewrite(""))
    arm = arm_over(somebody, llm_server, SAILS)
    revise(arm)
    assert left_out(arm) == {SAILS: "withdrawn"}
    assert outcomes(arm).withdrawn == 1
    assert outcomes(arm).rounds[1].withdrawn == 1


def test_what_was_said_to_be_wrong_is_told(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """The extractor gets attribute, reason, evidence and remark; each check the newest wording."""
    llm_server.say(VERIFY, check(True, "Too much, says the first."))
    llm_server.say(about(VERIFY, BETTER), check(True, "Says the second."))
    llm_server.say(REFINE, rewrite(BETTER, "In July."))
    llm_server.say(about(REFINE, "second"), rewrite(""))
    revise(arm_over(somebody, llm_server, SAILS))
    first, second = asked_about(llm_server, REFINE)
    for told in (SAILS, "It was said.", f"I say it: {SAILS}", "Too much, says the first."):
        assert told in first
    for told in (BETTER, "In July.", f"I say it: {SAILS}", "Says the second."):
        assert told in second
    assert "says the first" not in second
    assert [BETTER in one for one in asked_about(llm_server, VERIFY)] == [False, True]
    assert llm_server.asked[0]["response_format"]["json_schema"]["name"] == "check"


@pytest.mark.parametrize("same", [SAILS, "the user SAILS"], ids=["same", "as compared"])
def test_the_same_text_again_is_still_flagged(
    llm_server: LLMServer, somebody: m.Enrollment, same: str
) -> None:
    """It goes back once more without a check, and after the last round it is dropped."""
    llm_server.say(VERIFY, check(True, "Too much."))
    llm_server.say(REFINE, rewrite(f"The user{same[8:]}"))
    arm = arm_over(somebody, llm_server, SAILS)
    revise(arm)
    assert [row[:2] for row in chain(arm, m.Attribute.objects.get())] == [
        ("check", 0), ("rewrite", 1), ("rewrite", 2),
    ]  # fmt: skip
    assert left_out(arm) == {SAILS: "dropped"}
    assert "It came back as it was." in asked_about(llm_server, REFINE)[1]


def test_a_way_back_to_the_first_wording_is_none(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """What was flagged once is not acquitted by a second look."""
    llm_server.say(VERIFY, check(True))
    llm_server.say(REFINE, rewrite(BETTER))
    llm_server.say(about(REFINE, BETTER), rewrite(SAILS))
    arm = arm_over(somebody, llm_server, SAILS)
    revise(arm)
    assert left_out(arm) == {SAILS: "dropped"}
    assert llm_server.count(VERIFY) == 2


def test_the_same_text_of_another_attribute_is_there_once(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """Rule 2: two become one; a third one, of somebody else, has nothing to do with it."""
    llm_server.say(VERIFY, check(True))
    llm_server.say(about(VERIFY, "The user rows"), check(False))
    llm_server.say(REFINE, rewrite("The user rows"))
    arm = arm_over(somebody, llm_server, SAILS, ROWS)
    other = person(somebody.study)
    base_of(other, SAILS)
    revise(arm)
    assert m.Attribute.objects.filter(participant=somebody.participant).count() == 2
    mine = arm.attributes.filter(attribute__participant=somebody.participant)
    assert dict(mine.values_list("attribute__text", "left_out")) == {SAILS: "refined", ROWS: None}
    (new,) = m.Attribute.objects.filter(refined_from__participant=other.participant)
    assert (new.text, new.participant) == ("The user rows", other.participant)


@pytest.mark.django_db(transaction=True)
def test_two_that_come_to_the_same_text_at_once(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """Settled by two workers at the same moment, it is one new attribute."""
    arm = arm_over(somebody, llm_server, SAILS, ROWS)
    rows = [
        Revision(arm=arm, attribute=one, kind="check", round=1, text=text, reason="")
        for one, text in zip(m.Attribute.objects.all(), (BETTER, BETTER[:-1]), strict=True)
    ]

    def passes(row: Revision) -> None:
        with transaction.atomic():
            after_check(row, Check(False))

    together([partial(passes, row) for row in rows])
    assert m.Attribute.objects.count() == 3
    held = left_out(arm)
    assert (held[SAILS], held[ROWS], len(held)) == ("refined", "refined", 3)


def test_what_a_person_took_back_does_not_come_again(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    llm_server.say(VERIFY, check(True))
    llm_server.say(REFINE, rewrite(BETTER))
    llm_server.say(about(VERIFY, BETTER), check(False))
    arm = arm_over(somebody, llm_server, SAILS)
    gone = make.attribute(study=somebody.study, of=somebody.participant, text=BETTER)
    m.Attribute.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    revise(arm)
    assert left_out(arm) == {SAILS: "dropped"}
    assert m.Attribute.objects.count() == 2


def test_pointers_are_checked_again(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """Of the evidence, only turns that the person has said are shown and copied."""
    llm_server.say(VERIFY, check(True))
    llm_server.say(REFINE, rewrite(BETTER))
    llm_server.say(about(VERIFY, BETTER), check(False))
    arm = arm_over(somebody, llm_server, SAILS)
    old = m.Attribute.objects.get()
    of_other = make.turn(text="I fly balloons.")
    chat = m.Conversation.objects.get(participant=somebody.participant)
    answer = make.turn(conversation=chat, text="Which boat?", speaker="assistant", source="model")
    for turn in (of_other, answer):
        m.Evidence.objects.create(attribute=old, turn=turn)
    revise(arm)
    new = m.Attribute.objects.get(refined_from=old)
    assert [one.turn.text for one in new.evidence.all()] == [f"I say it: {SAILS}"]
    assert not any("balloons" in json.dumps(body) for body in llm_server.asked)


def test_an_unreadable_check_acquits_nobody(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """After all attempts the row has failed; the attribute is in no profile and is counted."""
    llm_server.say(VERIFY, "I rather like it.")
    arm = arm_over(somebody, llm_server, SAILS)
    run = revise(arm)
    row = Revision.objects.get()
    assert (row.flagged, row.failure) == (None, "garbage: no verdict in the answer")
    assert left_out(arm) == {}
    assert (outcomes(arm).failed, outcomes(arm).all) == (1, 1)
    assert llm_server.count() == 5
    # Tried again, it goes on where it was.
    llm_server.say(VERIFY, check(False))
    try_again([row])
    go(run)
    assert left_out(arm) == {SAILS: None}
    assert (outcomes(arm).failed, outcomes(arm).kept) == (0, 1)


def test_an_unreadable_rewrite_is_no_withdrawal(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    llm_server.say(VERIFY, check(True))
    llm_server.say(REFINE, '{"attribute": "", "withdraw": false}')
    arm = arm_over(somebody, llm_server, SAILS)
    revise(arm)
    assert left_out(arm) == {}
    assert outcomes(arm).rounds[1].failed == 1


def test_a_killed_worker_asks_for_nothing_twice(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """The answer was saved, the worker died before it was read: the next one reads it."""
    llm_server.say(VERIFY, check(True))
    llm_server.say(REFINE, rewrite(""))
    arm = arm_over(somebody, llm_server, SAILS)
    run, step = run_of(arm), RevisingStep()
    (row,) = claim(step.of_run(run))
    request = step.request(row)
    assert request is not None
    async_to_sync(ask_once)(step.name, row.pk, row.attempt, request.endpoint, request.ask)
    Revision.objects.update(lease_until="2020-01-01T00:00Z")
    go(run)
    assert left_out(arm) == {SAILS: "withdrawn"}
    assert llm_server.count() == ModelCall.objects.count() == 2
    # The dead one comes back: what it has is not its own any more.
    async_to_sync(work)(step, row)
    assert Revision.objects.count() == 2
    assert llm_server.count() == 2


def test_a_second_run_finds_only_what_is_new(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    llm_server.say(VERIFY, check(False))
    arm = arm_over(somebody, llm_server, SAILS)
    revise(arm)
    assert revise(arm).planned == 0
    base_of(somebody, ROWS)
    assert revise(arm).planned == 1
    assert left_out(arm) == {SAILS: None, ROWS: None}


def test_some_only(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """No more than so many attributes in all, and always the same ones."""
    arm = arm_over(somebody, llm_server, *(f"The user has {n} boats." for n in range(2, 12)))
    step = RevisingStep()
    drawn = [row.attribute_id for row in step.missing(arm, most=4).rows]
    assert len(drawn) == 4
    assert [row.attribute_id for row in step.missing(arm, most=4).rows] == drawn
    assert [row.attribute_id for row in step.missing(arm).rows][:4] == drawn
    llm_server.say(VERIFY, check(False))
    go(run_of(arm, most=4))
    assert step.missing(arm, most=4).rows == []
    assert len(step.missing(arm, most=5).rows) == 1


def test_a_dry_run_saves_nothing(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """Rows that are not saved can be priced."""
    arm = arm_over(somebody, llm_server, SAILS)
    (row,) = RevisingStep().missing(arm).rows
    request = RevisingStep().request(row)
    assert request is not None
    assert SAILS in request.ask.messages[-1].content
    draft = Arm(
        study=arm.study, step=arm.step, endpoint=arm.endpoint, model=arm.model, base=arm.base,
        configuration=arm.configuration,
    )  # fmt: skip
    (same,) = RevisingStep().missing(draft).rows
    assert RevisingStep().request(same) == request
    assert RevisingStep().follow_ups(draft, 1) > 0
    assert (Revision.objects.count(), llm_server.count()) == (0, 0)


def test_without_evidence(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """The paragraph is left out, and the prompt says what that means."""
    arm = arm_over(somebody, llm_server, SAILS)
    m.Evidence.objects.all().delete()
    request = RevisingStep().request(RevisingStep().missing(arm).rows[0])
    assert request is not None
    system, user = request.ask.messages
    assert "that it rests on" not in user.content
    assert "Where no turns stand below, none were found." in system.content


@pytest.mark.parametrize("trial", [False, True])
def test_nobody_is_asked_about_people_who_do_not_want_it(
    llm_server: LLMServer, somebody: m.Enrollment, trial: bool
) -> None:
    """Withdrawn, not agreed, a researcher's preview: no rows; without the provider: counted."""
    of = somebody.study
    m.ConsentText.objects.create(study=of, version=2, text="We ask.", provider="Others")
    outside = endpoint(llm_server, provider=PROVIDER)
    base = base_of(somebody, SAILS)
    changes: tuple[dict[str, object], ...] = (
        {"withdrawn_at": timezone.now()},
        {"consented_at": None, "consent_version": None, "scopes": []},
        {"preview": True},
        {"scopes": [Scope.USE]},
        {"consent_version": 2},
    )
    for change in changes:
        other = person(of)
        base_of(other, ROWS)
        m.Enrollment.objects.filter(pk=other.pk).update(**change)
    found = RevisingStep().missing(revising(base, outside), trial=trial)
    assert [row.text for row in found.rows] == [SAILS]
    assert found.withheld == 2
    at_home = RevisingStep().missing(revising(base, endpoint(llm_server)), trial=trial)
    assert (len(at_home.rows), at_home.withheld) == (3, 0)


def test_whoever_leaves_meanwhile_is_not_written_about(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    def leave(_body: object) -> str:
        m.Enrollment.objects.filter(pk=somebody.pk).update(withdrawn_at=timezone.now())
        return check(False)

    arm = arm_over(somebody, llm_server, SAILS)
    run, step = run_of(arm), RevisingStep()
    (row,) = claim(step.of_run(run))
    request = step.request(row)
    assert request is not None
    llm_server.say(VERIFY, check(False))
    async_to_sync(ask_once)(step.name, row.pk, row.attempt, request.endpoint, request.ask)
    leave(None)
    async_to_sync(work)(step, row)
    row.refresh_from_db()
    assert row.failure == NO_LONGER_WANTED
    assert left_out(arm) == {}


def test_a_trial_shows_check_and_first_rewrite_alone(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """Nothing of it counts; what was done already is tried as well."""
    llm_server.say(VERIFY, check(False))
    arm = arm_over(somebody, llm_server, SAILS)
    revise(arm)
    llm_server.say(VERIFY, check(True, "Too much."))
    llm_server.say(REFINE, rewrite(BETTER))
    run = run_of(arm, trial=True)
    go(run)
    first, second = Revision.objects.filter(run=run).order_by("pk")
    assert first.result == {"flagged": True, "why": "Too much."}
    assert second.result == {"new_text": BETTER, "new_reason": "Better."}
    assert (second.kind, second.trial, second.why) == ("rewrite", True, "Too much.")
    assert left_out(arm) == {SAILS: None}
    assert m.Attribute.objects.count() == 1
    assert (outcomes(arm).kept, outcomes(arm).all) == (1, 1)


def test_how_many_calls_follow(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """As RH's figures let expect: .42 flagged, .1 of these again; then as it was in this arm."""
    arm = arm_over(somebody, llm_server, *(f"The user has {n} boats." for n in range(20)))
    step = RevisingStep()
    # 100 checks: 42 rewrites and checks, 4.2 more of both.
    assert step.follow_ups(arm, 100) == pytest.approx(2 * (42 + 4.2))
    one = arm_over(somebody, llm_server, rounds=1)
    assert step.follow_ups(one, 100) == pytest.approx(84)
    rows = step.missing(arm).rows
    for place, row in enumerate(rows):
        row.flagged, row.settled_at = place < 5, timezone.now()
    Revision.objects.bulk_create(rows)
    # A quarter is flagged; of second checks there are too few to know better.
    assert step.follow_ups(arm, 100) == pytest.approx(2 * (25 + 2.5))
