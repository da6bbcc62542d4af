"""Agreement reports as last computed."""

from django.db import models
from django.utils import timezone

from annotation.models import Question


class AgreementReport(models.Model):
    """The report of one question, good as long as its stamp and kernel version are."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="agreement_report")
    stamp = models.TextField()
    kernel = models.PositiveSmallIntegerField()
    content = models.JSONField()
    computed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"report of {self.question} at {self.stamp}"
