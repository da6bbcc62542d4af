"""All studies at a glance: one query for each figure, however many studies there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Greatest

from annotation.models import Enrollment, Judgment, Study, Tally
from annotation.models.person import Part
from annotation.models.places import Purpose
from personalization.models import JudgeRun, LabelImport

# Of each study, the first question whose strangers have an alpha.
HEADLINES = """
SELECT DISTINCT ON (q.study_id) q.study_id, q.key, (found.record ->> 'value')::float
FROM personalization_agreementreport r
JOIN annotation_question q ON q.id = r.question_id
CROSS JOIN LATERAL jsonb_path_query_first(r.content, '$.records[*] ? (
    @.panel == "third_party" && @.against == null
    && @.statistic == "krippendorff_alpha" && @.value != null
)') AS found (record)
WHERE found.record IS NOT NULL
ORDER BY q.study_id, q.id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One study: its people, its places at sheets, its headline number, its last sign of life."""

    study: Study
    started: int
    done: int
    places: int
    submitted: int
    question: str
    alpha: float | None
    last: datetime


def overview() -> list[Line]:
    """Return all studies, the liveliest first."""
    people = _by_study(
        Enrollment.objects.filter(declined_at=None, consented_at__isnull=False, preview=False),
        started=Count("pk"),
        done=Count("pk", filter=Q(part=Part.DONE)),
        last=Max(Greatest("consented_at", "finished_at")),
    )
    places = _by_study(
        Tally.objects.filter(lane__purpose=Purpose.LABEL),
        "lane__study",
        places=Sum(F("free") + F("leased") + F("submitted")),
        submitted=Sum("submitted"),
    )
    imports = _by_study(LabelImport.objects.all(), last=Max("finished_at"))
    runs = _by_study(JudgeRun.objects.all(), last=Max(Greatest("created_at", "finished_at")))
    alphas = _headlines()
    # One look into an index for each question, however many answers it has.
    newest = Judgment.objects.filter(question=OuterRef("questions")).order_by("-pk").values("at")
    lines = []
    for study in Study.objects.annotate(answered_at=Max(Subquery(newest[:1]))):
        signs = [one.get(study.pk, {}).get("last") for one in (people, imports, runs)]
        somebody, sheets = people.get(study.pk, {}), places.get(study.pk, {})
        question, alpha = alphas.get(study.pk, ("", None))
        lines.append(
            Line(
                study,
                somebody.get("started", 0),
                somebody.get("done", 0),
                sheets.get("places", 0),
                sheets.get("submitted", 0),
                question,
                alpha,
                max(filter(None, [study.created_at, study.answered_at, *signs])),
            )
        )
    return sorted(lines, key=lambda line: line.last, reverse=True)


def _by_study(
    rows: QuerySet[Any], study: str = "study", **figures: Aggregate
) -> dict[int, dict[str, Any]]:
    """Return figures over rows, by the key of the study they belong to."""
    counted = rows.order_by().values(of=F(study)).annotate(**figures)
    return {row["of"]: row for row in counted}


def _headlines() -> dict[int, tuple[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute(HEADLINES)
        return {study: (question, alpha) for study, question, alpha in cursor.fetchall()}
