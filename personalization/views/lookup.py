"""Find what a URL names, or answer 404."""

from django.shortcuts import get_object_or_404

from annotation.models import Question, Study


def study_named(name: str) -> Study:
    """Return the study of that name."""
    return get_object_or_404(Study, name=name)


def question_of(study: str, pk: int) -> Question:
    """Return the question, with its study, if it belongs to the study of that name."""
    return get_object_or_404(Question.objects.select_related("study"), pk=pk, study__name=study)
