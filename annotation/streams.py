"""Passes to the stream of one reply: whoever may see a chat gets one with the page."""

from django.core import signing

from annotation.models import Turn

SALT = "concord.stream"
VALID_SECONDS = 3600


def stream_token(turn: Turn) -> str:
    """Return the pass to the reply to one turn of a person."""
    return signing.dumps(turn.pk, salt=SALT)


def read_token(token: str) -> int | None:
    """Return the id of the turn that a pass is for; None where it is forged or an hour old."""
    try:
        turn: int = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    return turn
