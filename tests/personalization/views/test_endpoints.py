"""Endpoints: added, changed, closed, tried out; their keys go in and never come out."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import models as m
from personalization import trials
from personalization.endpoints import key_of, stand_in
from personalization.models import Endpoint, ModelCall
from personalization.models.endpoint import OFFLINE
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.llm.test_guard import INSIDE, NONE
from tests.personalization.views.pages import read
from tests.personalization.views.worker import work

KEY = "sk-very-secret-key-4711"
NEW = {
    "name": "lab",
    "url": "https://models.example.com/v1",
    "key": KEY,
    "model": "small-1",
    "provider": "Example Ltd",
    "concurrency": "4",
    "timeout_s": "30",
}
CHANGED = {key: value for key, value in NEW.items() if key not in ("name", "key")}


def pressed(client: Client, endpoint: Endpoint) -> str:
    """Press Test, let a worker ask, and return what the page then says."""
    assert client.post(f"/endpoints/{endpoint.name}/test/").status_code == 302
    job = ProcrastinateJob.objects.latest("pk")
    async_to_sync(trials.carry_out)(**job.args)
    return read(client.get(f"/endpoints/{endpoint.name}/test/{job.args['attempt']}/")).text


def test_the_list_shows_the_stand_in_for_what_it_is(researcher: Client) -> None:
    """It is there from the start, usual while there is no other, and says that it is no model."""
    page = read(researcher.get("/endpoints/"))
    assert "no model, no network" in page.text
    assert "Usual" in page.text
    assert "/endpoints/offline-stand-in/" in {a.attributes["href"] for a in page.all("a")}


def test_a_new_endpoint(researcher: Client) -> None:
    """It is saved, its key sealed, and it becomes the usual one."""
    assert researcher.get("/new-endpoint/").status_code == 200
    assert researcher.post("/new-endpoint/", NEW)["Location"] == "/endpoints/lab/"
    made = Endpoint.objects.get(name="lab")
    assert (made.url, made.model, made.provider) == (NEW["url"], "small-1", "Example Ltd")
    assert (made.concurrency, made.timeout_s) == (4, 30)
    assert KEY.encode() not in bytes(made.sealed_key or b"")
    assert key_of(made) == KEY
    rows = [row.text for row in read(researcher.get("/endpoints/")).all("tr")]
    assert [("lab" in row) == ("Usual" in row) for row in rows[1:]] == [True, True]


def test_the_key_comes_out_nowhere(researcher: Client, caplog: pytest.LogCaptureFixture) -> None:
    """In no byte of any page, also not of a refused form."""
    caplog.set_level("DEBUG")
    pages = [researcher.post("/new-endpoint/", NEW)]
    pages += [researcher.get(path) for path in ("/endpoints/", "/endpoints/lab/", "/new-endpoint/")]
    pages.append(researcher.post("/endpoints/lab/", {**CHANGED, "url": "", "key": KEY}))
    pages.append(researcher.post("/new-endpoint/", {**NEW, "name": ""}))
    assert [page.status_code for page in pages] == [302, 200, 200, 200, 422, 422]
    for page in pages:
        assert KEY.encode() not in page.content + page.serialize_headers()
    assert KEY not in caplog.text


def test_an_empty_key_keeps_the_stored_one(researcher: Client) -> None:
    """A new one replaces it, and it can be forgotten."""
    researcher.post("/new-endpoint/", NEW)
    researcher.post("/endpoints/lab/", {**CHANGED, "model": "small-2", "key": ""})
    changed = Endpoint.objects.get(name="lab")
    assert (changed.model, key_of(changed)) == ("small-2", KEY)
    researcher.post("/endpoints/lab/", {**CHANGED, "key": "another"})
    assert key_of(Endpoint.objects.get(name="lab")) == "another"
    researcher.post("/endpoints/lab/", {**CHANGED, "key": "", "forget_key": "on"})
    assert key_of(Endpoint.objects.get(name="lab")) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example.com/v1",
        "http://models.example.com/v1",
        "https://models.example.com:8443/v1",
    ],
)
def test_a_stored_key_goes_to_no_other_address(researcher: Client, url: str) -> None:
    """Nobody gets a key by leading it to a server of their own."""
    researcher.post("/new-endpoint/", NEW)
    response = researcher.post("/endpoints/lab/", {**CHANGED, "url": url})
    assert response.status_code == 422
    assert "Enter the key again" in read(response).text
    assert Endpoint.objects.get(name="lab").url == NEW["url"]
    assert (
        researcher.post("/endpoints/lab/", {**CHANGED, "url": url, "key": "new"}).status_code == 302
    )
    assert key_of(Endpoint.objects.get(name="lab")) == "new"


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_inside_is_refused(researcher: Client, url: str) -> None:
    """The form says so, in any way of writing it; nothing is saved."""
    response = researcher.post("/new-endpoint/", {**NEW, "url": url})
    assert response.status_code == 422
    assert "CONCORD_ENDPOINT_HOSTS" in read(response).text
    assert not Endpoint.objects.filter(name="lab").exists()


@pytest.mark.parametrize(
    "url", [url for url in NONE if url not in ("", "http://example.org/\r\nHost: a")]
)
def test_what_is_no_address_is_refused(researcher: Client, url: str) -> None:
    assert researcher.post("/new-endpoint/", {**NEW, "url": url}).status_code == 422
    assert not Endpoint.objects.filter(name="lab").exists()


def test_the_deployment_may_name_hosts_inside(researcher: Client, settings: Any) -> None:  # noqa: ANN401
    """And the part that examples end in is taken off."""
    settings.ENDPOINT_HOSTS = ["localhost:11434"]
    url = "http://localhost:11434/v1/chat/completions"
    assert researcher.post("/new-endpoint/", {**NEW, "url": url}).status_code == 302
    assert Endpoint.objects.get(name="lab").url == "http://localhost:11434/v1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "two words"},
        {"name": "environment"},
        {"name": OFFLINE},
        {"name": "x" * 51},
        {"url": ""},
        {"model": ""},
        {"model": "a\0b"},
        {"key": "two words"},
        {"key": "ключ"},
        {"concurrency": "0"},
        {"concurrency": "many"},
        {"timeout_s": "0"},
        {"timeout_s": "nan"},
        {"timeout_s": "1e9"},
    ],
    ids=str,
)
def test_a_bad_answer_is_refused(researcher: Client, wrong: dict[str, str]) -> None:
    """The page says which, and keeps the rest."""
    response = researcher.post("/new-endpoint/", {**NEW, **wrong})
    assert response.status_code == 422
    page = read(response)
    assert "Please correct" in page.text
    kept = {field.attributes.get("value") for field in page.all("input")}
    assert "Example Ltd" in kept
    assert KEY not in kept
    assert Endpoint.objects.count() == 1


def test_a_name_that_is_taken_is_refused(researcher: Client) -> None:
    researcher.post("/new-endpoint/", NEW)
    assert researcher.post("/new-endpoint/", NEW).status_code == 422


def test_the_name_stays(researcher: Client) -> None:
    """Records name endpoints: a posted name, kind or mark of the environment is not looked at."""
    researcher.post("/new-endpoint/", {**NEW, "fixed": "on", "kind": "offline"})
    researcher.post("/endpoints/lab/", {**NEW, "name": "other", "fixed": "on", "kind": "offline"})
    made = Endpoint.objects.get(name="lab")
    assert (made.kind, made.fixed) == ("openai", False)


def test_an_endpoint_is_closed_and_opened(researcher: Client) -> None:
    """Closed, it is the usual one no more."""
    endpoint = make.endpoint(url="https://models.example.com/v1")
    path = f"/endpoints/{endpoint.name}/"
    assert researcher.post(f"{path}close/")["Location"] == path
    assert "Closed" in read(researcher.get(path)).text
    assert "Usual" not in read(researcher.get(path)).text
    researcher.post(f"{path}close/", {"to": "open"})
    assert "Usual" in read(researcher.get(path)).text


def test_the_test_shows_an_answer(researcher: Client, llm_server: LLMServer) -> None:
    """And how long it took; the list then says that the endpoint answers."""
    llm_server.say("Are you there?", "Yes, here I am.")
    endpoint = make.endpoint(url=llm_server.url, key=KEY)
    said = pressed(researcher, endpoint)
    assert "Yes, here I am." in said
    assert "It answered after" in said
    assert "Answers" in read(researcher.get("/endpoints/")).text
    assert llm_server.keys == [KEY]


@pytest.mark.parametrize(
    ("fault", "mend"),
    [
        ("unauthorized", "The key is wrong"),
        ("echo_key", "The key is wrong"),
        ("not_found", "exact name of the model"),
        ("garbage", "not the OpenAI protocol"),
        ("rate_limited", "Lower the requests"),
    ],
)
def test_the_test_says_how_to_mend(
    researcher: Client,
    llm_server: LLMServer,
    fault: Any,  # noqa: ANN401
    mend: str,
) -> None:
    """The kind of the error, what was said, and what to do; never the key."""
    endpoint = make.endpoint(url=llm_server.url, key=KEY)
    llm_server.misbehave(fault, retry_after=60)
    said = pressed(researcher, endpoint)
    assert mend in said
    for path in ("/endpoints/", f"/endpoints/{endpoint.name}/"):
        response = researcher.get(path)
        assert "Fails" in read(response).text
        assert KEY.encode() not in response.content
    assert KEY not in repr(ModelCall.objects.values_list())


def test_a_host_that_is_named_no_more(researcher: Client) -> None:
    """The list of the deployment counts when a model is asked, not when the form was saved."""
    endpoint = make.endpoint(url="http://127.0.0.1:9/v1")
    assert "CONCORD_ENDPOINT_HOSTS" in pressed(researcher, endpoint)


def test_the_stand_in_can_be_tried_too(researcher: Client) -> None:
    assert "stand-in" in pressed(researcher, stand_in())


def test_the_page_waits_for_the_worker(researcher: Client, llm_server: LLMServer) -> None:
    """It asks for itself while nothing has come, and pressing twice is one test."""
    endpoint = make.endpoint(url=llm_server.url)
    path = f"/endpoints/{endpoint.name}/"
    for _press in range(2):
        researcher.post(f"{path}test/")
    assert f'hx-get="{path}test/1/"' in researcher.get(path).content.decode()
    assert "Testing" in read(researcher.get(f"{path}test/1/")).text
    for job in ProcrastinateJob.objects.filter(task_name=trials.TASK):
        async_to_sync(trials.carry_out)(**job.args)
    assert llm_server.count() == 1


def test_a_test_that_nobody_finished(researcher: Client) -> None:
    """A worker that ended leaves a page that says so."""
    endpoint = make.endpoint(url="https://models.example.com/v1")
    path = f"/endpoints/{endpoint.name}/"
    assert "without a result" in read(researcher.get(f"{path}test/1/")).text


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_asks(researcher: Client, llm_server: LLMServer) -> None:
    """From the button to the answer, through the queue."""
    endpoint = make.endpoint(url=llm_server.url)
    researcher.post(f"/endpoints/{endpoint.name}/test/")
    work("live")
    assert "It answered after" in read(researcher.get(f"/endpoints/{endpoint.name}/")).text


def test_the_environments_endpoint(researcher: Client, settings: Any) -> None:  # noqa: ANN401
    """Shown, usual before all others, changed only by the environment; its key is in no row."""
    make.endpoint(url="https://models.example.com/v1")
    settings.LLM_URL, settings.LLM_MODEL, settings.LLM_KEY = "http://gpu1:8000/v1", "big", KEY
    call_command("endpoints", verbosity=0)
    page = read(researcher.get("/endpoints/environment/"))
    assert "http://gpu1:8000/v1" in page.text
    assert "CONCORD_LLM_URL" in page.text
    assert "Usual" in page.text
    assert not list(page.all("input", "field"))
    row = Endpoint.objects.get(name="environment")
    assert row.sealed_key is None
    assert key_of(row) == KEY
    for path in ("/endpoints/environment/", "/endpoints/environment/close/"):
        assert researcher.post(path, CHANGED).status_code == 403
    settings.LLM_URL = ""
    call_command("endpoints", verbosity=0)
    assert "Closed" in read(researcher.get("/endpoints/environment/")).text


PATHS = ["/endpoints/", "/new-endpoint/", "/endpoints/lab/", "/endpoints/lab/test/1/"]
POSTED = ["/new-endpoint/", "/endpoints/lab/", "/endpoints/lab/close/", "/endpoints/lab/test/"]


@pytest.mark.parametrize("path", PATHS)
def test_not_for_a_stranger(client: Client, db: None, path: str) -> None:
    assert client.get(path)["Location"] == f"/signin/?next={path}"


@pytest.mark.parametrize("path", POSTED)
def test_not_changed_by_a_stranger(client: Client, db: None, path: str) -> None:
    make.endpoint(url=NEW["url"], name="lab")
    assert client.post(path, NEW)["Location"].startswith("/signin/")
    assert Endpoint.objects.get(name="lab").closed_at is None
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize("path", PATHS)
def test_not_for_an_inactive_account(researcher: Client, user: m.User, path: str) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(path).status_code == 302


@pytest.mark.parametrize("path", POSTED)
def test_not_without_the_token(careful: Client, path: str) -> None:
    """A form of another site changes nothing."""
    make.endpoint(url=NEW["url"], name="lab")
    assert careful.post(path, NEW).status_code == 403


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_wrong_method(researcher: Client, method: str) -> None:
    make.endpoint(url=NEW["url"], name="lab")
    for path in {*PATHS, *POSTED}:
        assert getattr(researcher, method)(path).status_code == 405
    for path in ("/endpoints/", "/endpoints/lab/test/1/"):
        assert researcher.post(path).status_code == 405
    for path in ("/endpoints/lab/close/", "/endpoints/lab/test/"):
        assert researcher.get(path).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "nowhere/",
        "x" * 500 + "/",
        "lab/test/0/",
        "lab/test/99999999999999999999/",
        "lab%00/",
        "LAB/",
    ],
)
def test_what_does_not_exist_is_not_found(researcher: Client, path: str) -> None:
    make.endpoint(url=NEW["url"], name="lab")
    assert researcher.get(f"/endpoints/{path}").status_code == 404


def test_the_list_costs_the_same_with_many(
    researcher: Client,
    django_assert_max_num_queries: Any,  # noqa: ANN401
) -> None:
    for _number in range(10):
        make.endpoint(url=NEW["url"])
    with django_assert_max_num_queries(5):
        researcher.get("/endpoints/")
