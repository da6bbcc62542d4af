"""Tokens by which programs use the REST API."""

from django.db import models
from django.db.models.functions import Now

from annotation.models import User


class ApiToken(models.Model):
    """A person's token for one program, named so that it can be told apart and revoked.

    Only its digest and its first characters are stored; the columns are those that knox reads.
    """

    digest = models.TextField(primary_key=True)
    token_key = models.TextField(db_index=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="auth_token_set")
    name = models.TextField()
    created = models.DateTimeField(db_default=Now(), editable=False)
    expiry = models.DateTimeField()
    # Written once an hour at most.
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created", "digest"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="api_token_has_name")
        ]

    def __str__(self) -> str:
        return self.name
