"""Which queries a person's attributes are put beside."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from annotation.models import Enrollment, Rater, Study
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


class PairingPlan(models.Model):
    """By which rules people and queries of a study are put together (RH's assignment)."""

    study = models.OneToOneField(
        Study, models.CASCADE, primary_key=True, related_name="pairing_plan"
    )
    seed = models.IntegerField(default=0, db_default=0)
    # Queries for each person, and people for each query; null = no limit.
    queries_min = models.PositiveSmallIntegerField(default=2, db_default=2)
    queries_max = models.PositiveSmallIntegerField(default=5, db_default=5)
    people_max = models.PositiveSmallIntegerField(null=True, blank=True)
    # A pair of person and query needs so many attributes that the matcher finds relevant.
    candidates_min = models.PositiveSmallIntegerField(default=2, db_default=2)
    # Who says what may be relevant; null = every attribute may be.
    matcher = models.ForeignKey(Rater, models.PROTECT, null=True, blank=True, related_name="+")
    # Let the lists of queries advance evenly.
    by_list = models.BooleanField(default=True, db_default=True)
    # Enrollments that get no queries: people with inappropriate attributes.
    blocked = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=[])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(queries_min__gte=1, queries_min__lte=F("queries_max")),
                name="pairing_plan_queries_ordered",
            ),
            models.CheckConstraint(
                condition=Q(people_max=None) | Q(people_max__gte=1),
                name="pairing_plan_people_some",
            ),
        ]

    def __str__(self) -> str:
        return f"pairing plan of {self.study}"
