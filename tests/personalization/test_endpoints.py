"""Which endpoint is asked, what the environment sets, how keys are kept, and who imports openai."""

import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from personalization.asking import model_for
from personalization.endpoints import key_of, stand_in, sync_environment, usual
from personalization.llm.backend import AskError
from personalization.models import Endpoint, StepModel
from personalization.models.endpoint import OFFLINE
from personalization.sealing import UnreadableKeyError, seal, unseal
from tests import factories as make

pytestmark = pytest.mark.django_db
KEY = "sk-very-secret-key-4711"
URL = "https://models.example.com/v1"


def test_the_usual_endpoint() -> None:
    """The stand-in, until one is added; a second one changes nothing; a closed one is none."""
    assert usual().name == OFFLINE
    first = make.endpoint(url=URL)
    make.endpoint(url=URL)
    make.endpoint(url=URL, model="")
    assert usual() == first
    Endpoint.objects.filter(model="fake").update(closed_at=timezone.now())
    assert usual() == stand_in()


def test_a_study_may_choose_for_a_step() -> None:
    """For that step alone, with its own model and sampling."""
    study, endpoint = make.study(), make.endpoint(url=URL)
    other = make.endpoint(url=URL)
    StepModel.objects.create(
        study=study, step="reply", endpoint=other, model="big", sampling={"temperature": 1}
    )
    reply, extraction = model_for(study, "reply"), model_for(study, "extraction")
    assert (reply.endpoint, reply.model, reply.sampling) == (other, "big", {"temperature": 1})
    assert (extraction.endpoint, extraction.model, extraction.sampling) == (endpoint, "fake", {})


def test_the_environment_comes_first(settings: Any) -> None:  # noqa: ANN401
    """It is brought up to date by the same call, and closed when it is gone."""
    make.endpoint(url=URL)
    settings.LLM_URL, settings.LLM_MODEL, settings.LLM_KEY = "http://gpu1:8000/v1/", "big", KEY
    made = sync_environment()
    assert made == usual()
    assert (made.url, made.fixed, made.sealed_key) == ("http://gpu1:8000/v1", True, None)
    settings.LLM_MODEL = "bigger"
    assert sync_environment() == made
    assert usual().model == "bigger"
    settings.LLM_URL = ""
    assert sync_environment() is None
    assert usual() != made
    settings.LLM_URL = "http://gpu2:8000/v1"
    assert sync_environment() == made == usual()


@pytest.mark.parametrize(
    ("url", "model"), [("http://gpu1:8000/v1", ""), ("gpu1:8000", "big"), ("file:///etc", "big")]
)
def test_a_half_environment_is_refused(settings: Any, url: str, model: str) -> None:  # noqa: ANN401
    """The start says what is missing."""
    settings.LLM_URL, settings.LLM_MODEL = url, model
    with pytest.raises(ImproperlyConfigured, match="CONCORD_LLM"):
        sync_environment()


def test_the_command_lists_endpoints(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its address, the usual one marked, and no key."""
    make.endpoint(url=URL, name="lab", key=KEY)
    call_command("endpoints")
    said = capsys.readouterr().out
    assert f"* lab: fake at {URL}\n" in said
    assert f"  {OFFLINE}: {OFFLINE} at no address\n" in said
    assert KEY not in said


def test_a_key_is_sealed() -> None:
    """Twice the same key is not twice the same seal, and neither shows it."""
    sealed = seal(KEY)
    assert unseal(sealed) == KEY
    assert KEY.encode() not in sealed
    assert seal(KEY) != sealed


def test_a_key_sealed_under_another_secret(settings: Any) -> None:  # noqa: ANN401
    """It is not readable, and the error says what to do."""
    endpoint = make.endpoint(url=URL, key=KEY)
    settings.SECRET_KEY = "another secret key, long enough to be one of its kind 123456"
    with pytest.raises(UnreadableKeyError):
        unseal(endpoint.sealed_key or b"")
    with pytest.raises(AskError, match=r"unauthorized: .*enter it again"):
        key_of(endpoint)


@pytest.mark.parametrize("module", ["config.wsgi", "config.asgi"])
def test_pages_do_without_openai(module: str) -> None:
    """Half a second and 50 MB that only workers pay, once they ask."""
    code = (
        f"import sys, {module}; from django.urls import get_resolver; get_resolver().url_patterns;"
        " import personalization.tasks; sys.exit('openai' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
