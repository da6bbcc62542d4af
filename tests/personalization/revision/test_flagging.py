"""What people flag goes back to the extractor: owners' own words, or most strangers'."""

import pytest

from annotation import models as m
from annotation.protocol import protocol
from annotation.sheets import lay_review
from personalization.models import Revision
from personalization.revision.flagging import UNSURE, majority_says, owner_says
from personalization.revision.outcomes import outcomes
from personalization.revision.reading import Check
from personalization.revision.starting import Flagged, flagged
from personalization.revision.step import NOT_JUDGED
from personalization.work import try_again
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.machine import endpoint, person, study
from tests.personalization.revision.revised import (
    REFINE,
    VERIFY,
    asked_about,
    base_of,
    check,
    go,
    left_out,
    revise,
    revising,
    rewrite,
    run_of,
)

pytestmark = pytest.mark.django_db
REJECTED, UNCERTAIN, ACCEPTED = 0, 1, 2
TOO_MUCH, PRIVATE = 0, 4  # of the error codes
SAILS, ROWS, SKIS = "The user sails.", "The user rows.", "The user skis."


@pytest.fixture
def somebody(llm_server: LLMServer) -> m.Enrollment:
    return person(study(endpoint(llm_server)))


def reviewed(somebody: m.Enrollment, *texts: str) -> m.Sheet:
    """Let an arm find these, and lay the review."""
    base_of(somebody, *texts)
    attributes = m.Attribute.objects.filter(participant=somebody.participant).order_by("pk")
    return lay_review(somebody, [], list(attributes))


def say(
    sheet: m.Sheet,
    text: str,
    value: int | None,
    code: int | None = None,
    *,
    by: m.Rater | None = None,
    reason: str | None = None,
    use: str = "label",
) -> m.Rater:
    """Let somebody say what they think of an attribute; without a rater, its owner."""
    owner = sheet.owner
    rater = by or owner
    assert rater is not None
    role = "first_person" if rater == owner else "third_party"
    item = sheet.items.get(attribute__text=text, question__kind="attribute")
    make.judgment(item=item, rater=rater, role=role, value=value, reason=reason, use=use)
    if code is not None:
        wrong = sheet.items.get(attribute__text=text, question__kind="error_code")
        make.judgment(item=wrong, rater=rater, role=role, value=code)
    return rater


def close(sheet: m.Sheet) -> None:
    """Let no stranger be awaited at a sheet any more."""
    sheet.slots.filter(role="third_party").delete()


def said_of(sheet: m.Sheet, says: object) -> dict[str, Check]:
    """Return what people say of the attributes of a sheet, by their texts."""
    texts = dict(m.Attribute.objects.values_list("pk", "text"))
    assert callable(says)
    return {texts[pk]: one for pk, one in says(list(texts)).items()}


def test_what_owners_say(somebody: m.Enrollment) -> None:
    """Uncertain and rejected are problematic; the reason is the error code's label."""
    sheet = reviewed(somebody, SAILS, ROWS, SKIS, "The user flies.", "The user sings.")
    say(sheet, SAILS, ACCEPTED)
    say(sheet, ROWS, REJECTED, TOO_MUCH)
    say(sheet, SKIS, UNCERTAIN)
    say(sheet, "The user flies.", None, reason="skipped")
    assert said_of(sheet, owner_says) == {
        SAILS: Check(False),
        ROWS: Check(True, "The user says: It says too much."),
        SKIS: Check(True, UNSURE),
    }


def test_an_edit_a_repeat_and_strangers_are_another_matter(somebody: m.Enrollment) -> None:
    """The current label of the owner counts, and nothing else; of a hidden sheet nothing at all."""
    sheet = reviewed(somebody, SAILS)
    say(sheet, SAILS, REJECTED, TOO_MUCH)
    m.Judgment.objects.update(superseded_at="2026-01-01T00:00Z")
    assert said_of(sheet, owner_says) == {}
    say(sheet, SAILS, ACCEPTED)
    say(sheet, SAILS, REJECTED, by=make.person_rater())
    assert said_of(sheet, owner_says) == {SAILS: Check(False)}
    m.Sheet.objects.update(hidden_at="2026-01-01T00:00Z")
    assert said_of(sheet, owner_says) == {}


@pytest.mark.parametrize(
    ("votes", "is_flagged"),
    [
        ((ACCEPTED, ACCEPTED, REJECTED), False),
        ((ACCEPTED, UNCERTAIN, REJECTED), True),
        ((ACCEPTED, REJECTED), True),  # no strict majority: problematic, as the protocols choose
        ((ACCEPTED, ACCEPTED), False),
        ((UNCERTAIN,), True),
    ],
)
def test_what_most_strangers_say(
    somebody: m.Enrollment, votes: tuple[int, ...], is_flagged: bool
) -> None:
    """The owner's own word has no part in it."""
    sheet = reviewed(somebody, SAILS)
    say(sheet, SAILS, REJECTED if not is_flagged else ACCEPTED)
    for vote in votes:
        say(sheet, SAILS, vote, by=make.person_rater())
    assert said_of(sheet, majority_says) == {}  # others are still to answer
    close(sheet)
    assert said_of(sheet, majority_says)[SAILS].flagged is is_flagged


def test_why_strangers_doubt_it(somebody: m.Enrollment) -> None:
    sheet = reviewed(somebody, SAILS)
    close(sheet)
    say(sheet, SAILS, REJECTED, PRIVATE, by=make.person_rater())
    say(sheet, SAILS, REJECTED, TOO_MUCH, by=make.person_rater())
    say(sheet, SAILS, ACCEPTED, by=make.person_rater())
    why = "2 of 3 readers doubt it: It is too private, or unwanted; It says too much."
    assert said_of(sheet, majority_says) == {SAILS: Check(True, why)}


def test_flagged_by_owners(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """Check 0 asks no model, the extractor gets the owner's reason; who was not asked yet waits."""
    llm_server.say(REFINE, rewrite("The user rows in July."))
    llm_server.say(VERIFY, check(False))
    sheet = reviewed(somebody, SAILS, ROWS, SKIS)
    say(sheet, SAILS, ACCEPTED)
    say(sheet, ROWS, REJECTED, TOO_MUCH)
    base = base_of(somebody)
    assert flagged(base, "owner") == Flagged(flagged=1, fine=1, waiting=1)
    assert flagged(base, "majority") == Flagged(flagged=0, fine=0, waiting=3)
    assert flagged(base, "model") is None
    arm = revising(base, endpoint(llm_server), "owner")
    run = revise(arm)
    assert (run.planned, llm_server.count()) == (4, 2)
    assert left_out(arm) == {SAILS: None, ROWS: "refined", "The user rows in July.": None}
    (told,) = asked_about(llm_server, REFINE)
    assert "The user says: It says too much." in told
    found = outcomes(arm)
    assert (found.kept, found.refined, found.all) == (1, 1, 2)
    # Judged later, it is taken up later; what the arm has done stays.
    say(sheet, SKIS, ACCEPTED)
    assert revise(arm).planned == 1
    assert left_out(arm)[SKIS] is None


def test_flagged_by_strangers_and_still_flagged_is_dropped(
    llm_server: LLMServer, somebody: m.Enrollment
) -> None:
    """After a rewrite it is always the model that checks: row 26 holds for people's flags too."""
    llm_server.say(REFINE, rewrite("The user rows in July."))
    llm_server.say(VERIFY, check(True, "Still too much."))
    sheet = reviewed(somebody, ROWS)
    close(sheet)
    say(sheet, ROWS, REJECTED, TOO_MUCH, by=make.person_rater())
    arm = revising(base_of(somebody), endpoint(llm_server), "majority", rounds=1)
    revise(arm)
    assert left_out(arm) == {ROWS: "dropped"}
    assert (llm_server.count(VERIFY), llm_server.count(REFINE)) == (1, 1)


def test_a_judgment_taken_back_meanwhile(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """The row says so openly, and another try finds the new judgment."""
    sheet = reviewed(somebody, ROWS)
    say(sheet, ROWS, ACCEPTED)
    arm = revising(base_of(somebody), endpoint(llm_server), "owner")
    run = run_of(arm)
    m.Judgment.objects.update(superseded_at="2026-01-01T00:00Z")
    go(run)
    row = Revision.objects.get()
    assert (row.failure, row.flagged, left_out(arm)) == (NOT_JUDGED, None, {})
    say(sheet, ROWS, ACCEPTED)
    try_again([row])
    go(run)
    assert left_out(arm) == {ROWS: None}


def test_a_study_with_its_own_question(somebody: m.Enrollment) -> None:
    """A newer version of the question is read by its keys, whatever the codes."""
    asked = make.question(
        study=somebody.study, key="attribute", version=2, kind="attribute", level="ordinal",
        options=("accepted", "uncertain", "rejected"),
    )  # fmt: skip
    assert protocol(somebody.study).attribute == asked
    sheet = reviewed(somebody, SAILS)
    say(sheet, SAILS, 0)
    assert said_of(sheet, owner_says) == {SAILS: Check(False)}
