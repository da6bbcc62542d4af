"""What all work of the machine has in common: leases, attempts, and what went wrong."""

from django.db import models
from django.db.models.functions import Now


class Work(models.Model):
    """A row of work: pending, leased by a worker, or settled (with a failure where it was hopeless).

    A worker that dies leaves its lease behind; the row is free again when the lease ends.
    """

    attempt = models.SmallIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.TextField(null=True, blank=True)
    # Not before this time: set after a failure that may pass.
    due_at = models.DateTimeField(db_default=Now())
    failure = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def pending(name: str) -> models.Index:
    """Return the index by which claims find pending rows, however many are settled."""
    return models.Index(
        fields=["due_at", "id"], condition=models.Q(settled_at__isnull=True), name=name
    )
