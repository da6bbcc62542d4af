"""Signed-in visitors."""

import pytest
from django.test import Client

from annotation.models import User
from tests import factories as make


@pytest.fixture(autouse=True)
def no_collected_files(settings: object) -> None:
    """Find static files where they lie: only a start of the server collects them."""
    settings.WHITENOISE_AUTOREFRESH = True  # type: ignore[attr-defined]


@pytest.fixture
def user(db: None) -> User:
    return make.user()


@pytest.fixture
def researcher(user: User) -> Client:
    """A signed-in researcher."""
    client = Client()
    client.force_login(user)
    return client
