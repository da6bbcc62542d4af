"""Addresses of the REST API."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from personalization.api.agreement import Agreement
from personalization.api.items import Items, OneItem
from personalization.api.judgments import Judgments
from personalization.api.me import Me
from personalization.api.schema import Schema
from personalization.api.studies import OneStudy, Questions, Studies
from personalization.api.views import Nowhere


class AnythingConverter(StringConverter):
    """Whatever is left of an address, line breaks included."""

    regex = "(?s:.+)"


register_converter(AnythingConverter, "anything")

urlpatterns = [
    path("me/", Me.as_view(), name="api_me"),
    path("schema/", Schema.as_view(), name="api_schema"),
    path("studies/", Studies.as_view(), name="api_studies"),
    path("studies/<slug:name>/", OneStudy.as_view(), name="api_study"),
    path("studies/<slug:name>/questions/", Questions.as_view(), name="api_questions"),
    path("studies/<slug:name>/items/", Items.as_view(), name="api_items"),
    path("studies/<slug:name>/judgments/", Judgments.as_view(), name="api_judgments"),
    path("studies/<slug:name>/agreement/", Agreement.as_view(), name="api_agreement"),
    path("items/<int:pk>/", OneItem.as_view(), name="api_item"),
    path("", Nowhere.as_view(), name="api_root"),
    path("<anything:rest>", Nowhere.as_view(), name="api_nowhere"),
]
