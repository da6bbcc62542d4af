"""The site, for tests of streams."""

from collections.abc import Iterator

import pytest

from tests.personalization.replies.browser import Site


@pytest.fixture
def site() -> Iterator[Site]:
    """The site as the server runs it, in a thread."""
    running = Site()
    yield running
    running.stop()
