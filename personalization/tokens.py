"""Make tokens for the REST API."""

from datetime import timedelta

from django.utils import timezone
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from annotation.models import User
from personalization.models import ApiToken

USUAL_DAYS = 90
LONGEST_DAYS = 365


def new_token(user: User, name: str, days: int = USUAL_DAYS) -> str:
    """Make a token and return it: this is the only time that it is known."""
    digest, token = get_digest_token()
    ApiToken.objects.create(
        digest=digest,
        token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH],
        user=user,
        name=name,
        expiry=timezone.now() + timedelta(days=days),
    )
    return str(token)
