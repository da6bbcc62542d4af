"""What every test shares."""

from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client

from annotation.answers import asked
from annotation.models import User
from personalization.endpoints import stand_in
from tests import factories as make
from tests.llm_server import LLMServer

# How long one example takes says how busy the machine is, and nothing else.
hypothesis.settings.register_profile("concord", deadline=None)
hypothesis.settings.load_profile("concord")


def pytest_configure() -> None:
    """Make the folder of collected static files: where it is missing, each page would warn."""
    site.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def plain_static_files(settings: object) -> None:
    """Serve static files without the manifest that only a start of the server makes."""
    storages = dict(settings.STORAGES)  # type: ignore[attr-defined]
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def as_new(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin with what a new database has, end without jobs: a flush takes the one, not the others."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    # A database that was emptied gives numbers out again; outside tests none ever is.
    asked.cache_clear()
    if marker is not None or "db" in request.fixturenames:
        request.getfixturevalue("transactional_db" if commits else "db")
        stand_in()
    yield
    if commits:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def user(db: None) -> User:
    """A researcher."""
    return make.user()


@pytest.fixture
def researcher(user: User) -> Client:
    """The browser of a signed-in researcher."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(scope="session")
def one_llm_server() -> Iterator[LLMServer]:
    """One fake OpenAI server for all tests of this process."""
    with LLMServer() as server:
        yield server


@pytest.fixture
def llm_server(one_llm_server: LLMServer, settings: object) -> Iterator[LLMServer]:
    """The fake OpenAI server, as if new, where endpoints may lead (see `factories.endpoint`)."""
    settings.ENDPOINT_HOSTS = [f"127.0.0.1:{one_llm_server.port}"]  # type: ignore[attr-defined]
    one_llm_server.forget()
    yield one_llm_server
    one_llm_server.forget()
