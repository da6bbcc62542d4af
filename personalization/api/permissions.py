"""Who may use the REST API, by the rules of annotation/permissions.py."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from annotation.models import Study
from annotation.permissions import RESEARCH, SEE_STUDY

if TYPE_CHECKING:  # DRF loads this module before its own views are there
    from rest_framework.views import APIView


class IsResearcher(BasePermission):
    """Researchers, and of each study those who may see it."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Return whether the account may use the API at all; strangers are asked who they are."""
        return bool(request.user.is_authenticated and request.user.has_perm(RESEARCH))

    def has_object_permission(self, request: Request, view: "APIView", obj: Study) -> bool:
        """Return whether the account may see this study."""
        return bool(request.user.has_perm(SEE_STUDY, obj))
