"""Passes to the stream of a reply."""

import time
from unittest.mock import patch

import pytest
from django.core import signing

from annotation import streams
from tests import factories as make


@pytest.mark.django_db
def test_a_pass_names_its_turn_for_an_hour() -> None:
    turn = make.turn()
    token = streams.stream_token(turn)
    assert streams.read_token(token) == turn.pk
    later = time.time() + streams.VALID_SECONDS + 1
    with patch.object(time, "time", lambda: later):
        assert streams.read_token(token) is None


@pytest.mark.parametrize("token", ["", "x", "1:1:1", signing.dumps(1, salt="other")], ids=range(4))
def test_a_forged_pass_opens_nothing(token: str) -> None:
    assert streams.read_token(token) is None
