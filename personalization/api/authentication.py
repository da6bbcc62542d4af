"""Who asks: a program by its token, or a researcher's own browser by its session."""

import re
from datetime import timedelta

import knox.auth
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from rest_framework.exceptions import AuthenticationFailed

from personalization.models import ApiToken

TOKEN = re.compile(rb"concord_[0-9a-f]{64}")
# How old a noted use may grow before it is written anew.
NOTED_FOR = timedelta(hours=1)


class TokenAuthentication(knox.auth.TokenAuthentication):  # type: ignore[misc] # without types
    """Knox, but for tokens of our own form alone: it would decode any bytes, and fail on some."""

    def authenticate_credentials(self, token: bytes) -> tuple[AbstractBaseUser, ApiToken]:
        """Return the account and its token, or refuse; note that the token is in use."""
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed
        user, found = super().authenticate_credentials(token)
        now = timezone.now()
        if found.used_at is None or found.used_at < now - NOTED_FOR:
            ApiToken.objects.filter(pk=found.pk).update(used_at=now)
        return user, found


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """How the OpenAPI schema describes a token."""

    target_class = "personalization.api.authentication.TokenAuthentication"
    name = "token"
