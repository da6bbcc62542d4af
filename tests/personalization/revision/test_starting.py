"""A revision from the start: an arm and its run, carried on by workers, whatever goes wrong."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db.models.functions import Now

from annotation import models as m
from personalization.arms.making import UnfitError, make_imported
from personalization.models import Arm, ArmRun, Revision
from personalization.pipeline.running import carry_on
from personalization.revision.outcomes import outcomes
from personalization.revision.starting import revision_of, send_back
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.machine import endpoint, person, study
from tests.personalization.revision.revised import (
    REFINE,
    VERIFY,
    about,
    base_of,
    check,
    left_out,
    rewrite,
)

pytestmark = pytest.mark.django_db
SAILS, BETTER = "The user sails.", "The user sails in July."


@pytest.fixture
def somebody(llm_server: LLMServer) -> m.Enrollment:
    return person(study(endpoint(llm_server)))


def asking(base: Arm, server: LLMServer) -> Arm:
    """Let a base arm be one that can be asked."""
    base.endpoint, base.model = endpoint(server), "fake-large"
    base.configuration = {"sampling": {"temperature": 0.8}}
    base.save()
    return base


def to_the_end(run: ArmRun) -> ArmRun:
    """Do the jobs of a run, as if all waiting were over."""
    for _job in range(50):
        async_to_sync(carry_on)(run.pk)
        run.refresh_from_db()
        if run.finished_at or run.paused_at:
            return run
        Revision.objects.filter(settled_at=None).update(due_at=Now() - timedelta(seconds=1))
    raise AssertionError("the run does not end")


def test_the_extractor_itself_writes_anew(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """Endpoint, model and sampling of the base arm, where nothing else is said; named prompts."""
    base = asking(base_of(somebody, SAILS), llm_server)
    arm = revision_of(base, "owner")
    assert (arm.endpoint, arm.model, arm.base) == (base.endpoint, "fake-large", base)
    assert arm.configuration["sampling"] == {"temperature": 0.8}
    assert set(arm.configuration["prompts"]) == {"verify", "refine"}
    assert arm.configuration["manner"] == {"flagged_by": "owner", "rounds": 2}
    assert revision_of(base, "owner") == arm
    assert revision_of(base, "majority") != arm


def test_who_cannot_be_asked(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    imported = make_imported(somebody.study, "extraction", "theirs")
    with pytest.raises(UnfitError, match="theirs cannot be asked: choose a model"):
        revision_of(imported, "owner")
    assert revision_of(imported, "owner", endpoint=endpoint(llm_server), model="a").base == imported
    with pytest.raises(UnfitError, match="does not extract"):
        revision_of(make.arm(study=somebody.study, step="generation"), "owner")


def test_a_run_with_faults(llm_server: LLMServer, somebody: m.Enrollment) -> None:
    """By the engine: some calls fail, one row for good; the counts agree with what there is."""
    texts = [f"The user has {n} boats." for n in range(1, 7)]
    llm_server.say(VERIFY, check(True, "Too much."))
    llm_server.say(REFINE, rewrite(""))
    llm_server.say(about(VERIFY, texts[0]), check(False))
    llm_server.say(about(REFINE, texts[1]), rewrite(BETTER))
    llm_server.say(about(VERIFY, BETTER), check(False))
    llm_server.say(about(VERIFY, texts[2]), "I rather like it.")
    llm_server.misbehave("error_500", times=2)
    llm_server.misbehave("garbage", times=1)
    base = asking(base_of(somebody, *texts), llm_server)
    run = to_the_end(send_back(base, "model"))
    arm = run.arm
    assert run.finished_at is not None
    assert (run.planned, run.settled) == (11, 11)  # 6 checks, 4 rewrites, 1 more check
    assert left_out(arm) == {
        texts[0]: None, texts[1]: "refined", BETTER: None,
        texts[3]: "withdrawn", texts[4]: "withdrawn", texts[5]: "withdrawn",
    }  # fmt: skip
    found = outcomes(arm)
    assert (found.kept, found.refined, found.withdrawn, found.failed) == (1, 1, 3, 1)
    assert (found.all, found.pending) == (6, 0)
    # Begun again, it does what failed and nothing else.
    llm_server.say(about(VERIFY, texts[2]), check(False))
    before = llm_server.count()
    again = to_the_end(send_back(base, "model"))
    assert (again.arm, again.planned, llm_server.count()) == (arm, 1, before + 1)
    assert left_out(arm)[texts[2]] is None
    assert outcomes(arm).failed == 0
    assert send_back(base, "model") == again


def test_an_imported_revision(somebody: m.Enrollment) -> None:
    """What another lab has refined is counted by what its arm holds."""
    base = base_of(somebody, SAILS, "The user rows.")
    arm = make_imported(somebody.study, "revision", "theirs")
    old, kept = m.Attribute.objects.order_by("pk")
    new = make.attribute(study=somebody.study, of=somebody.participant, text=BETTER)
    m.Attribute.objects.filter(pk=new.pk).update(refined_from=old)
    for one, why in ((old, "refined"), (kept, None), (new, None)):
        arm.attributes.create(attribute=one, left_out=why)
    found = outcomes(arm)
    assert (found.kept, found.refined, found.all, found.rounds) == (1, 1, 2, [])
    assert base.attributes.count() == 2
