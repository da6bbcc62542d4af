"""What the tests of pages share."""

import pytest


@pytest.fixture(autouse=True)
def no_collected_files(settings: object) -> None:
    """Find static files where they lie: only a start of the server collects them."""
    settings.WHITENOISE_AUTOREFRESH = True  # type: ignore[attr-defined]
