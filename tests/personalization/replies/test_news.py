"""Notes fit through the channel, whatever is in them."""

import json

import psycopg
import pytest
from django.db import connection, transaction

from personalization.replies import news


@pytest.mark.parametrize("text", ["", "a", "é" * 5000, "\x01" * 5000, "𝄞" * 5000, '"\\' * 5000])
def test_a_note_is_small_enough_and_nothing_is_lost(text: str) -> None:
    """PostgreSQL refuses 8,000 bytes and more; a long piece becomes several notes."""
    notes = [*news._pieces(10**15, 30_000, 10**7, text)]
    assert all(len(note.written().encode()) < 8000 for note in notes)
    assert "".join(note.text for note in notes) == text
    at = 10**7
    for note in notes:
        assert note.at == at
        at += len(note.text)
        assert news.read(note.written()) == note


@pytest.mark.parametrize("payload", ["", "x", "3", "[]", "{}", json.dumps({"turn": 1})])
def test_what_is_not_ours_is_no_note(payload: str) -> None:
    assert news.read(payload) is None


@pytest.mark.django_db(transaction=True)
def test_a_note_is_heard_when_the_transaction_is_through() -> None:
    """And not at all where it is taken back."""
    parameters = connection.get_connection_params()
    for word in ("cursor_factory", "context"):
        parameters.pop(word, None)
    with psycopg.connect(**{**parameters, "autocommit": True}) as ear:
        ear.execute(f"LISTEN {news.CHANNEL}")
        with transaction.atomic():
            news.tell(1, 0, 0, "taken back")
            transaction.set_rollback(True)
        with transaction.atomic():
            news.tell(1, 0, 0, "Which ")
            assert [*ear.notifies(timeout=0)] == []
            news.tell_end(1, 0, 6)
        heard = [news.read(one.payload) for one in ear.notifies(timeout=5, stop_after=2)]
    assert heard == [news.Note(1, 0, 0, "Which "), news.Note(1, 0, 6, "", end=True)]
