"""The app's name and settings."""

from django.apps import AppConfig


class PersonalizationConfig(AppConfig):
    """See docs/architecture.md: the machine, what only a model or a program produces."""

    name = "personalization"
