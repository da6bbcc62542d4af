"""What a study has, and what it lacks."""

import pytest

from personalization.endpoints import model_for
from personalization.models import Endpoint
from personalization.models.endpoint import Step
from personalization.readiness import models_asked, readiness, unnamed_providers
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_the_models_are_those_that_the_machine_asks() -> None:
    """For each step the same as one at a time: its own choice, or the usual one."""
    study = make.study()
    usual = Endpoint.objects.create(name="usual", url="https://usual.test", model="small")
    far = Endpoint.objects.create(name="far", url="https://far.test", provider="Far Ltd.")
    study.step_models.create(step="reply", endpoint=far, model="big", sampling={"top_p": 0.5})
    asked = models_asked(study)
    assert asked == {step: model_for(study, step) for step in Step}
    assert (asked[Step.REPLY].endpoint, asked[Step.GENERATION].endpoint) == (far, usual)


@pytest.mark.parametrize(
    ("named", "missing"),
    [("", ["Far Ltd."]), ("far ltd., Dublin", []), ("Far", ["Far Ltd."])],
)
def test_providers_must_be_named(named: str, missing: list[str]) -> None:
    """Each once, whatever the case of the letters; we ourselves need no naming."""
    study = make.study()
    Endpoint.objects.create(name="far", url="https://far.test", provider="Far Ltd.", model="m")
    asked = models_asked(study)
    assert unnamed_providers(asked, named) == missing


def test_the_stand_in_names_itself() -> None:
    ready = readiness(make.study())
    assert ready.stand_in
    assert not ready.complete
    assert ready.unnamed == []
