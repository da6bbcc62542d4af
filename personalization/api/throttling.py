"""How often one account may ask."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import UserRateThrottle

if TYPE_CHECKING:  # DRF loads this module before its own views are there
    from rest_framework.views import APIView


class Throttle(UserRateThrottle):
    """Counts an account's reads and its posts apart, whatever token they come with."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Return whether one more is allowed now."""
        self.scope = "post" if request.method == "POST" else "read"
        self.rate = str(api_settings.DEFAULT_THROTTLE_RATES[self.scope])
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_rate(self) -> str | None:
        """Return no rate yet: it depends on the request."""
        return None
