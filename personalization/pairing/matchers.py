"""Who may say which attributes may matter: measures of closeness, and judges who have judged."""

from django.db.models import Exists, OuterRef, QuerySet

from annotation.models import Judgment, Rater, Study
from annotation.models.question import Kind
from annotation.models.rater import RaterKind
from annotation.protocol import protocol
from personalization.embedding.choosing import embedder_of
from personalization.judge.closeness import MEDIAN, SPACE, Threshold, is_other, near_rater

MACHINES = (RaterKind.JUDGE, RaterKind.MODEL)


def closeness_matcher(study: Study, baseline: str, embedder: str = "") -> Rater:
    """Return BM25 or an embedding as a matcher: with the newest threshold that it has here, or none."""
    question = protocol(study).relevance
    known: dict[str, object] = {"baseline": baseline, "question": question.pk}
    if baseline == "embedding":
        known["space"] = embedder_of(embedder).name if is_other(embedder) else SPACE
    chosen = (
        Rater.objects.filter(kind=RaterKind.BASELINE, configuration__contains=known)
        .exclude(configuration__threshold=None)
        .order_by("-pk")
        .first()
    )
    return chosen or near_rater(baseline, question, Threshold(None, MEDIAN), embedder)


def judges_of(study: Study) -> "QuerySet[Rater]":
    """Return the judges and models that have said of a study's attributes whether they matter."""
    said = Judgment.objects.filter(
        rater=OuterRef("pk"),
        question__study=study,
        question__kind=Kind.RELEVANCE,
        superseded_at=None,
        value__isnull=False,
    )
    return Rater.objects.filter(Exists(said), kind__in=MACHINES).order_by("name", "pk")
