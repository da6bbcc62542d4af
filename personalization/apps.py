"""The app's name and settings."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class PersonalizationConfig(AppConfig):
    """See docs/architecture.md: the machine, what only a model or a program produces."""

    name = "personalization"

    def ready(self) -> None:
        """Bring the prompts' rows up to date whenever the tables are."""
        post_migrate.connect(sync_prompts, sender=self, dispatch_uid="sync_prompts")


def sync_prompts(**signal: object) -> None:
    """Seed the prompts' rows; Django says with `apps` what tables there are."""
    state = signal.get("apps", apps)
    if not any(one._meta.label == "personalization.PromptVersion" for one in state.get_models()):  # type: ignore[attr-defined]
        return  # back at a time before there was such a table
    # What it needs imports models, which are not there before all apps are ready.
    from personalization.prompt_versions import sync  # noqa: PLC0415

    sync()
