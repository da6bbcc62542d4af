"""The prompts as rows: what was said to a model can always be looked up."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotation.models import User

OWN_FROM = 101


class PromptVersion(models.Model):
    """One version of a prompt, word for word; frozen by the database once a judge has used it.

    Shipped versions come from files and are numbered from 1; a lab's own ones from 101.
    """

    name = models.TextField()
    version = models.PositiveIntegerField()
    text = models.TextField()
    hash = models.TextField()
    shipped = models.BooleanField(default=False, db_default=False)
    note = models.TextField(blank=True, db_default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="prompt_version_once"),
            models.CheckConstraint(
                condition=Q(shipped=True, version__lt=OWN_FROM)
                | Q(shipped=False, version__gte=OWN_FROM),
                name="prompt_numbers_apart",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"
