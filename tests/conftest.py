"""What every test shares."""

import pytest
from django.conf import settings as site


def pytest_configure() -> None:
    """Make the folder of collected static files: where it is missing, each page would warn."""
    site.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def plain_static_files(settings: object) -> None:
    """Serve static files without the manifest that only a start of the server makes."""
    storages = dict(settings.STORAGES)  # type: ignore[attr-defined]
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages  # type: ignore[attr-defined]
