"""Which queries a person's attributes are put beside."""

from django.db import models

from annotation.models import Enrollment
from personalization.models.work import Work, pending


class Pairing(Work):
    """The choice of queries for one person: relevance pairs and their sheets come of it."""

    enrollment = models.OneToOneField(Enrollment, models.CASCADE, related_name="pairing")
    seed = models.IntegerField(default=0, db_default=0)
    found = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        indexes = [pending("pairing_pending")]

    def __str__(self) -> str:
        return f"pairing for {self.enrollment}"
