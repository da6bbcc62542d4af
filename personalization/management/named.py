"""Studies and endpoints as commands name them, or an error that says what there is."""

from django.core.management.base import CommandError

from annotation.models import Study
from personalization.models import Endpoint


def study_named(name: str) -> Study:
    """Return a study by its name."""
    study = Study.objects.filter(name=name).first()
    if study is None:
        known = ", ".join(Study.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no study {name}. Studies here: {known}.")
    return study


def endpoint_named(name: str) -> Endpoint:
    """Return an open endpoint by its name."""
    endpoint = Endpoint.objects.filter(name=name, closed_at=None).first()
    if endpoint is None:
        names = Endpoint.objects.filter(closed_at=None).values_list("name", flat=True)
        raise CommandError(f"There is no open endpoint {name}. Open ones: {', '.join(names)}.")
    return endpoint
