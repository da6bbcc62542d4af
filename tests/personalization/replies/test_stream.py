"""Streams of replies, over real HTTP: what a browser gets, and what it costs."""

import asyncio
from contextlib import closing

import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from procrastinate.contrib.django.utils import connector_params

from annotation import models as m
from annotation.streams import stream_token
from personalization.models import Reply
from personalization.replies import stream as streams
from personalization.replies.hub import Hub
from personalization.replies.news import tell, tell_end
from tests import factories as make
from tests.personalization.replies.browser import Reader, Site

pytestmark = pytest.mark.django_db(transaction=True)


def reply(text: str = "") -> Reply:
    return Reply.objects.create(turn=make.turn(), text=text)


@transaction.atomic
def write(of: Reply, piece: str) -> None:
    """Write a piece, as a worker does."""
    tell(of.turn_id, of.attempt, len(of.text), piece)
    of.text += piece
    of.save()


@transaction.atomic
def end(of: Reply, failure: str | None = None) -> None:
    of.settled_at, of.failure = Now(), failure
    if failure is None:
        of.answer = make.turn(
            conversation=of.turn.conversation, text=of.text, speaker="assistant", source="model"
        )
    of.save()
    tell_end(of.turn_id, of.attempt, len(of.text))


def test_a_reply_comes_as_it_is_written(site: Site) -> None:
    """First what is there, then piece by piece, then the end; the id says how far it is."""
    row = reply("Which ")
    with closing(Reader(site, stream_token(row.turn))) as reader:
        assert reader.event() == ("0-6", "text", {"at": 0, "text": "Which "})
        write(row, "boät\n𝄞 ")
        assert reader.event() == ("0-13", "text", {"at": 6, "text": "boät\n𝄞 "})
        write(row, "is it?")
        assert reader.event() == ("0-19", "text", {"at": 13, "text": "is it?"})
        end(row)
        assert reader.event() == ("0-19", "end", {"failed": False})


def test_the_headers(site: Site) -> None:
    """No cache and no buffer in between, and no guessing of types."""
    row = reply("All of it.")
    end(row)
    with closing(Reader(site, stream_token(row.turn))) as reader:
        assert reader.status == 200
        assert reader.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert reader.headers["cache-control"] == "no-store"
        assert reader.headers["x-accel-buffering"] == "no"
        assert reader.headers["x-content-type-options"] == "nosniff"
        assert reader.text() == ("All of it.", False)


def test_a_browser_that_comes_back_gets_the_rest(site: Site) -> None:
    """After a lost line: by the id of the last event that it got."""
    row = reply("Which boat")
    with closing(Reader(site, stream_token(row.turn), since="0-6")) as reader:
        assert reader.event() == ("0-10", "text", {"at": 6, "text": "boat"})


def test_a_browser_with_another_text_gets_all(site: Site) -> None:
    """That of an attempt that failed, or nonsense."""
    row = reply("Which boat")
    for since in ("0-11", "1-3", "0-", "x", "-1-0", "9" * 40, "0-99999999999"):
        with closing(Reader(site, stream_token(row.turn), since)) as reader:
            assert reader.event() == ("0-10", "text", {"at": 0, "text": "Which boat"})


def test_another_attempt_starts_again(site: Site) -> None:
    """Nothing of the text that was cut off stays."""
    row = reply("I thi")
    with closing(Reader(site, stream_token(row.turn))) as reader:
        assert reader.event()[2] == {"at": 0, "text": "I thi"}
        row.attempt, row.text = 1, ""
        write(row, "Which boat?")
        assert reader.event() == ("1-11", "text", {"at": 0, "text": "Which boat?"})
        end(row)
        assert reader.event() == ("1-11", "end", {"failed": False})


def test_a_reply_that_fails_ends(site: Site) -> None:
    """The page then says why: the stream does not."""
    row = reply()
    with closing(Reader(site, stream_token(row.turn))) as reader:
        assert reader.event() == ("0-0", "text", {"at": 0, "text": ""})
        end(row, failure="unauthorized: sk-secret")
        assert reader.event() == ("0-0", "end", {"failed": True})


def test_a_reply_that_no_worker_has_begun(site: Site) -> None:
    """The stream waits for it."""
    turn = make.turn()
    with closing(Reader(site, stream_token(turn))) as reader:
        row = Reply.objects.create(turn=turn)
        write(row, "Hello.")
        end(row)
        assert reader.text() == ("Hello.", False)


def test_notes_that_come_twice_or_are_missing(site: Site) -> None:
    """The database has the last word."""
    row = reply("Which ")
    with closing(Reader(site, stream_token(row.turn))) as reader:
        reader.event()
        tell(row.turn_id, 0, 0, "Which ")
        row.text = "Which boat is "
        write(row, "it?")
        assert reader.event() == ("0-17", "text", {"at": 6, "text": "boat is it?"})


def test_a_slow_reader_gets_all_at_once(site: Site) -> None:
    """More notes than may wait for one reader: the rest is read from the database."""
    row = reply()
    with closing(Reader(site, stream_token(row.turn))) as reader:
        for number in range(200):
            write(row, f"{number} ")
        end(row)
        assert reader.text() == ("".join(f"{number} " for number in range(200)), False)


def test_silence_is_filled(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nothing in between takes the line for dead."""
    monkeypatch.setattr(streams, "HEARTBEAT", 0.05)
    row = reply("Which")
    with closing(Reader(site, stream_token(row.turn))) as reader:
        reader.event()
        lines = [reader._file.readline() for _line in range(20)]
        assert b": still here\n" in lines


def test_a_note_that_was_never_heard_is_made_up_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some silence the database is looked into."""
    monkeypatch.setattr(streams, "HEARTBEAT", 0.05)
    row = reply("Which")
    with closing(Reader(site, stream_token(row.turn))) as reader:
        reader.event()
        Reply.objects.filter(pk=row.pk).update(text="Which boat?")
        assert reader.event() == ("0-11", "text", {"at": 5, "text": " boat?"})


def test_too_many_streams_are_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page then asks for the text now and then."""
    monkeypatch.setattr(streams, "STREAMS_MOST", 1)
    token = stream_token(reply().turn)
    with closing(Reader(site, token)) as first, closing(Reader(site, token)) as second:
        assert (first.status, second.status) == (200, 503)
        assert second.headers["retry-after"] == "5"


def sessions() -> int:
    """Return how many connections the database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        (count,) = cursor.fetchone()
    return int(count)


def test_two_hundred_streams_cost_two_connections(site: Site) -> None:
    """One that listens and one that reads, for all of them; all get every piece."""
    rows = [reply("Which ") for _row in range(10)]
    before = sessions()
    readers = [Reader(site, stream_token(rows[number % 10].turn)) for number in range(200)]
    for reader in readers:
        assert reader.event()[2]["text"] == "Which "
    assert sessions() <= before + 2
    for row in rows:
        write(row, "boat?")
        end(row)
    assert {reader.text() for reader in readers} == {("boat?", False)}
    assert sessions() <= before + 2
    for reader in readers:
        reader.close()


def test_a_lost_connection_is_made_again(site: Site) -> None:
    """The database was started anew: open streams go on."""
    row = reply("Which ")
    with closing(Reader(site, stream_token(row.turn))) as reader:
        reader.event()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        write(row, "boat?")
        end(row)
        assert reader.text() == ("boat?", False)


def test_no_stream_holds_django_s_connection(site: Site) -> None:
    """Nothing of Django's is opened for it in the server's threads."""
    row = reply("All.")
    end(row)
    with closing(Reader(site, stream_token(row.turn))) as reader:
        assert reader.text() == ("All.", False)
    assert m.Turn.objects.exists()
    assert len(connections.all(initialized_only=True)) == 1


def test_one_event_loop_after_another() -> None:
    """The application outlives a server in its process: nothing is bound to the loop of the first."""
    turn = reply("All.").turn_id
    hub = Hub(connector_params)

    async def many() -> set[str]:
        hub.join(turn)
        try:
            states = await asyncio.gather(*(hub.state(turn) for _reader in range(20)))
        finally:
            await hub.close()
        return {state.text for state in states if state}

    assert asyncio.run(many()) == {"All."}
    assert asyncio.run(many()) == {"All."}
