"""What all endpoints share."""

from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import translation
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.models import Question, Study, User
from personalization.agreement.report import question_name


class ApiView(APIView):
    """An endpoint: answers in English, and no cache keeps what it says about people."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401
        """Answer in the language of the documented errors, whatever a browser would like."""
        with translation.override("en"):
            response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @property
    def user(self) -> User:
        """Return the account that asks; the permission has let no stranger come so far."""
        return cast(User, self.request.user)

    def study_named(self, name: str) -> Study:
        """Return the study, if the account may see it."""
        study = get_object_or_404(Study, name=name)
        self.check_object_permissions(self.request, study)
        return study


class Nowhere(ApiView):
    """Every address of the API that means nothing."""

    @extend_schema(exclude=True)
    def get(self, request: Request, rest: str = "") -> Response:
        """Say so, as everything else is said here."""
        raise NotFound("There is no such address. docs/api.md lists them.")

    post = put = patch = delete = get


def question_named(study: Study, name: str) -> Question:
    """Return the study's question of that name: its key, or key@version from the second one on."""
    questions = {question_name(one): one for one in study.questions.all()}
    if name not in questions:
        known = ", ".join(questions) or "none yet"
        raise NotFound(f"{study.name} has no such question. It has: {known}.")
    return questions[name]
