"""An arm is its configuration: made once, named apart, and the usual ones where nobody chose."""

import pytest

from annotation import models as m
from personalization.arms.configuration import Extracting, Generating, Revising
from personalization.arms.making import (
    UnfitError,
    asked_of,
    begin,
    live_arms,
    make_imported,
    prompt_of,
    prompts_of,
    usual_arms,
)
from personalization.arms.making import make as make_arm
from personalization.models import Arm, Endpoint, PromptVersion
from personalization.models.arm import ArmStep
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> Endpoint:
    return make.endpoint(url="https://m.example.org", name="lab")


@pytest.fixture
def study() -> m.Study:
    return make.study()


def extractor(study: m.Study, at: Endpoint, **manner: float) -> Arm:
    return make_arm(study, ArmStep.EXTRACTION, at, "small", {}, Extracting(**manner))  # type: ignore[arg-type]


def test_the_same_configuration_is_the_same_arm(study: m.Study, at: Endpoint) -> None:
    """Another floor is another arm, under a name of its own."""
    one = extractor(study, at)
    assert extractor(study, at) == one
    other = extractor(study, at, floor=0.6)
    assert other != one
    assert (one.name, other.name) == ("lab/small, extraction", "lab/small, extraction 2")
    assert (one.endpoint, one.model, one.source) == (at, "small", "called")


def test_a_configuration_that_cannot_be_is_refused(study: m.Study, at: Endpoint) -> None:
    with pytest.raises(UnfitError, match="floor"):
        extractor(study, at, floor=2)
    with pytest.raises(UnfitError, match="Revising"):
        make_arm(study, ArmStep.EXTRACTION, at, "small", {}, Revising())
    assert not Arm.objects.exists()


def test_prompts_follow_the_manner() -> None:
    step = ArmStep.EXTRACTION
    assert prompts_of(step, Extracting()) == ["extraction"]
    assert prompts_of(step, Extracting(evidence="second")) == ["extraction_plain", "evidence"]
    assert prompts_of(step, Extracting(evidence="none")) == ["extraction_plain"]
    assert prompts_of(ArmStep.REVISION, Revising()) == ["verify", "refine"]
    matched = Generating("all", matched=True)
    assert prompts_of(ArmStep.GENERATION, matched) == ["generation_matched"]


def test_an_arm_s_prompts_are_frozen_when_it_begins(study: m.Study, at: Endpoint) -> None:
    one = extractor(study, at)
    version = one.configuration["prompts"]["extraction"]
    rows = PromptVersion.objects.filter(name="extraction", version=version["version"])
    assert rows.get().used_at is None
    begin(one)
    assert rows.get().used_at is not None
    assert prompt_of(one, "extraction").hash == version["hash"]


def test_an_import_is_an_arm_that_asks_nobody(study: m.Study) -> None:
    """The same again is the same arm; something else under its name gets a number."""
    one = make_imported(study, ArmStep.EXTRACTION, "theirs", model="x")
    assert make_imported(study, ArmStep.EXTRACTION, "theirs", model="x") == one
    other = make_imported(study, ArmStep.EXTRACTION, "theirs", model="y")
    assert (one.name, other.name) == ("theirs", "theirs 2")
    with pytest.raises(UnfitError, match="imported"):
        asked_of(one)


def test_the_usual_arms_are_those_of_the_study_s_model(study: m.Study) -> None:
    """One extractor, the two conditions that people compare, and no revision."""
    (usual,) = live_arms(study, ArmStep.EXTRACTION)
    assert Extracting.read(usual.configuration) == Extracting()
    writers = usual_arms(study, ArmStep.GENERATION)
    conditions = [Generating.read(one.configuration).condition for one in writers]
    assert conditions == ["none", "relevant_owner"]
    assert live_arms(study, ArmStep.REVISION) == []


def test_arms_that_were_chosen_replace_the_usual_ones(study: m.Study, at: Endpoint) -> None:
    chosen = [extractor(study, at), extractor(study, at, floor=0.6)]
    assert live_arms(study, ArmStep.EXTRACTION)[0] not in chosen
    Arm.objects.filter(pk__in=[one.pk for one in chosen]).update(live=True)
    assert live_arms(study, ArmStep.EXTRACTION) == chosen
