"""When everything happened, had it happened: the same in every copy of the demo."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 12, 8, tzinfo=UTC)
JOINING = timedelta(minutes=47)  # from one person to the next
SPEAKING = timedelta(seconds=40)  # from one message to the next
PREPARING = timedelta(minutes=2)  # from the end of a chat to what was read from it
JUDGED = START + timedelta(days=21)
CLOSED = START + timedelta(days=20)
READING, ANSWERING = timedelta(seconds=20), timedelta(seconds=9)  # a sheet, and each item


def joined(number: int) -> datetime:
    """Return when the person of that number came."""
    return START + number * JOINING


def seconds_at(items: int) -> timedelta:
    """Return how long somebody stays at a sheet."""
    return READING + items * ANSWERING
