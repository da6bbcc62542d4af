"""Signed-in visitors."""

import pytest
from django.test import Client

from annotation.models import User
from tests.personalization.views.labelled import Labelled, labelled


@pytest.fixture(autouse=True)
def no_collected_files(settings: object) -> None:
    """Find static files where they lie: only a start of the server collects them."""
    settings.WHITENOISE_AUTOREFRESH = True  # type: ignore[attr-defined]


@pytest.fixture
def careful(user: User) -> Client:
    """A signed-in researcher whose forms must carry the CSRF token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


@pytest.fixture
def small(db: None) -> Labelled:
    """A study with every kind of number."""
    return labelled()
