"""Find what a URL names, or answer 404."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from annotation.models import Question, Study


def study_named(name: str) -> Study:
    """Return the study of that name."""
    return get_object_or_404(Study, name=name)


def question_of(study: str, pk: int) -> Question:
    """Return the question, with its study, if it belongs to the study of that name."""
    return get_object_or_404(Question.objects.select_related("study"), pk=pk, study__name=study)


def start_after(request: HttpRequest) -> int:
    """Return the key after which a page of a list starts, 0 for the first page."""
    after = request.GET.get("after", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Http404
    return int(after)
