"""The app's name and settings."""

from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    """See docs/architecture.md: the notebook, what people see and answer."""

    name = "annotation"
