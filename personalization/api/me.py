"""Who a token belongs to."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.models.user import UserRole
from personalization.api.errors import problems
from personalization.api.fields import Parameters
from personalization.api.views import ApiView
from personalization.models import ApiToken


class TokenSerializer(serializers.Serializer[ApiToken]):
    """The token in use."""

    name = serializers.CharField()
    expires_at = serializers.DateTimeField(source="expiry", allow_null=True)


class MeSerializer(serializers.Serializer[Any]):
    """The account, and the token by which it came."""

    user = serializers.CharField()
    role = serializers.ChoiceField(UserRole.choices)
    token = TokenSerializer(allow_null=True, help_text="Null for a browser's session.")


class Me(ApiView):
    """The account that asks."""

    @extend_schema(operation_id="me", responses={200: MeSerializer, **problems(400)})
    def get(self, request: Request) -> Response:
        """Read who you are here, and until when your token works."""
        Parameters.of(request)
        content = {
            "user": self.user.get_username(),
            "role": self.user.role,
            "token": request.auth,
        }
        return Response(MeSerializer(content).data)
