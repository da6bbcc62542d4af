"""Somebody who waits for the review gets what was refined, too, where a study has chosen that."""

import json

import pytest

from annotation import models as m
from annotation.models.person import Part
from personalization.arms.configuration import FlaggedBy, Revising
from personalization.arms.making import live_arms, usual_arms
from personalization.arms.making import make as make_arm
from personalization.models import Arm, Revision
from tests.llm_server import LLMServer
from tests.personalization.machine import chat, endpoint, finish, person, study
from tests.personalization.revision.revised import (
    REFINE,
    VERIFY,
    about,
    check,
    left_out,
    rewrite,
)
from tests.working import work_off

pytestmark = pytest.mark.django_db
SAILS, ROWS, BETTER = "The user sails.", "The user rows.", "The user sails in July."


@pytest.fixture
def somebody(llm_server: LLMServer) -> m.Enrollment:
    entry = {"reason": "Says so.", "confidence": 0.9, "evidence": [1]}
    found = [{"attribute": one, **entry} for one in (SAILS, ROWS)]
    llm_server.say("Task: extraction", json.dumps({"attributes": found}))
    return person(study(endpoint(llm_server)))


def live(somebody: m.Enrollment, llm_server: LLMServer, flagged_by: FlaggedBy = "model") -> Arm:
    """Let a study revise what it extracts before anybody sees it."""
    (base,) = usual_arms(somebody.study, "extraction")
    arm = make_arm(
        somebody.study, "revision", endpoint(llm_server), "fake", {},
        Revising(flagged_by=flagged_by), base=base,
    )  # fmt: skip
    arm.live = True
    arm.save()
    assert live_arms(somebody.study, "revision") == [arm]
    return arm


def on_sheet() -> set[str]:
    sheet = m.Sheet.objects.get(stage="review")
    return set(sheet.items.values_list("attribute__text", flat=True))


def test_one_sheet_with_both_arms(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """What was found and what was made of it, mixed, before the person goes on."""
    llm_server.say(VERIFY, check(True, "Too much."))
    for fine in (ROWS, BETTER):
        llm_server.say(about(VERIFY, fine), check(False))
    llm_server.say(REFINE, rewrite(BETTER))
    arm = live(somebody, llm_server)
    finish(chat(somebody, "I sail and I row."), somebody)
    work_off()
    somebody.refresh_from_db()
    assert (somebody.part, somebody.waiting_since) == (Part.REVIEW, None)
    assert left_out(arm) == {SAILS: "refined", BETTER: None, ROWS: None}
    assert on_sheet() == {SAILS, ROWS, BETTER}
    assert not Revision.objects.exclude(run=None).exists()


def test_nobody_waits_for_ever(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """A check that cannot be read has failed in the end, and the person goes on without it."""
    llm_server.say(VERIFY, "I rather like it.")
    arm = live(somebody, llm_server)
    finish(chat(somebody, "I sail and I row."), somebody)
    work_off()
    somebody.refresh_from_db()
    assert somebody.waiting_since is None
    assert Revision.objects.filter(failure__startswith="garbage").count() == 2
    assert left_out(arm) == {}
    assert on_sheet() == {SAILS, ROWS}


def test_whoever_waits_has_judged_nothing_yet(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """An arm for what people flag has nothing to do here."""
    live(somebody, llm_server, "owner")
    finish(chat(somebody, "I sail and I row."), somebody)
    work_off()
    somebody.refresh_from_db()
    assert somebody.waiting_since is None
    assert not Revision.objects.exists()
    assert on_sheet() == {SAILS, ROWS}
