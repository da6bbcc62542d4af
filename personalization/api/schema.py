"""The API described, for programs that read such descriptions."""

from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.renderers import JSONRenderer

from personalization.api.views import ApiView


class Schema(ApiView, SpectacularJSONAPIView):
    """The OpenAPI schema, as JSON."""

    renderer_classes = [JSONRenderer]
