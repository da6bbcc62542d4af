"""Names for people that hold within one study only."""

import hashlib
import hmac

from django.conf import settings

LABEL = b"concord.releases.pseudonym"
DIGITS = 12


def key(study: str) -> bytes:
    """Return the study's own key, derived from SECRET_KEY: it never leaves the process."""
    return hmac.digest(settings.SECRET_KEY.encode(), LABEL + b"\0" + study.encode(), hashlib.sha256)


def person(study_key: bytes, participant: int) -> str:
    """Return a person's pseudonym: stable between exports of a study, another in each study."""
    return "r-" + _digest(study_key, f"participant {participant}")


def author(study_key: bytes, number: int) -> str:
    """Return the pseudonym of a human author of texts."""
    return "a-" + _digest(study_key, f"author {number}")


def _digest(study_key: bytes, message: str) -> str:
    return hmac.new(study_key, message.encode(), hashlib.sha256).hexdigest()[:DIGITS]
