"""The address book: each app lists its own pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("annotation.urls")),
    path("", include("personalization.urls")),
]
