"""Files of labels on their way in."""

from django.db import models
from django.db.models.functions import Now

from annotation.models import Question, Study, User


class LabelImport(models.Model):
    """An upload: its files, its question, its progress and its outcome."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="label_imports")
    by = models.ForeignKey(User, models.PROTECT, related_name="label_imports")
    items = models.FileField(upload_to="imports/", blank=True)
    human = models.FileField(upload_to="imports/", blank=True)
    judges = models.FileField(upload_to="imports/", blank=True)
    # The files' own names, by kind: stored names may differ.
    names = models.JSONField(default=dict)
    # Question and columns as confirmed, JSON with the keys of question.toml.
    specification = models.TextField(blank=True)
    language = models.TextField(default="en")
    strict = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    bytes_read = models.BigIntegerField(default=0)
    bytes_total = models.BigIntegerField(default=0)
    question = models.ForeignKey(Question, models.SET_NULL, null=True, blank=True, related_name="+")
    counts = models.JSONField(null=True, blank=True)
    failure = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"import {self.pk} into {self.study}"


class BadLine(models.Model):
    """A line that was not imported: which one, and what is wrong with it."""

    label_import = models.ForeignKey(LabelImport, models.CASCADE, related_name="bad_lines")
    file = models.TextField()
    line = models.BigIntegerField()
    message = models.TextField()

    class Meta:
        ordering = ["file", "line"]

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.message}"
