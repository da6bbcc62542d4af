"""What workers tell web processes about replies: small notes over PostgreSQL's own channel."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import connection

CHANNEL = "concord_reply"
# A note holds at most 8,000 bytes; a character takes at most 6 of them (a control character in JSON).
NOTE_LENGTH = 1200


@dataclass(frozen=True, slots=True)
class Note:
    """A piece of the reply to `turn`, from character `at` on; of attempt 2, it replaces attempt 1's."""

    turn: int
    attempt: int
    at: int
    text: str
    end: bool = False

    def written(self) -> str:
        """Return the note as it goes over the channel."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read(payload: str) -> Note | None:
    """Return the note of a payload; None for anything that is not ours."""
    try:
        return Note(**json.loads(payload))
    except (ValueError, TypeError):
        return None


def tell(turn: int, attempt: int, at: int, text: str) -> None:
    """Tell of a piece of text; it is heard when the transaction is through."""
    for note in _pieces(turn, attempt, at, text):
        _send(note)


def tell_end(turn: int, attempt: int, at: int) -> None:
    """Tell that a reply is settled, well or not."""
    _send(Note(turn, attempt, at, "", end=True))


def _pieces(turn: int, attempt: int, at: int, text: str) -> Iterator[Note]:
    for start in range(0, max(len(text), 1), NOTE_LENGTH):
        yield Note(turn, attempt, at + start, text[start : start + NOTE_LENGTH])


def _send(note: Note) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, note.written()])
