"""The agreement page of one question."""

from dataclasses import dataclass

import orjson
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotation.models import Option, Question, Study
from annotation.permissions import StaffRequest, researcher_required
from personalization.agreement.report import Confusion, Record, Report, Shares
from personalization.agreement.report.cache import fresh
from personalization.views import wording
from personalization.views.csv_file import csv_response
from personalization.views.figures import Figure, dot_figure, panel_class
from personalization.views.lookup import question_of, study_named

HUMAN = ("first_person", "third_party")
HEAT_STEPS = 9


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: who against whom, and the record of each column (None: not there)."""

    panel: str
    against: str | None
    cells: list[Record | None]

    @property
    def n_items(self) -> int:
        """Return on how many items the two panels meet."""
        return max(cell.n_items for cell in self.cells if cell is not None)


@dataclass(frozen=True, slots=True)
class Table:
    """Records side by side: the statistics are columns, the pairs of panels are lines."""

    statistics: list[str]
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class ShareBar:
    """The label shares of one panel as a bar: (start, width, count, share) of each option."""

    shares: Shares
    panel: str
    total: int
    segments: list[tuple[float, float, int, float]]
    without: tuple[float, float, int]


@dataclass(frozen=True, slots=True)
class Heat:
    """A confusion table with the heat class of each cell."""

    confusion: Confusion
    rows: list[tuple[str, list[tuple[int, int, bool]]]]


@require_safe
@researcher_required
def study_agreement(request: StaffRequest, name: str) -> HttpResponse:
    """Go to the first question of the study."""
    study = study_named(name)
    first = study.questions.first()
    if first is None:
        return redirect(study)
    return redirect("agreement", study.name, first.pk)


@require_safe
@researcher_required
def agreement(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Show who agrees with whom on one question."""
    question = question_of(name, pk)
    report, computed_at = fresh(question)
    options = list(question.options.all())
    context = {
        "study": question.study,
        "question": question,
        "questions": questions_of(question.study),
        "options": options,
        "report": report,
        "computed_at": computed_at,
        "people": [(role, *_about(report, role)) for role in HUMAN if _of(report, role, None)],
        "owner_table": table(
            [r for r in report.records if r.panel in HUMAN and r.against in HUMAN]
        ),
        "pairs": table([r for r in report.records if _both(r, "rater:")]),
        "judges": table([r for r in report.records if _judge(r) and r.against in HUMAN]),
        "judge_figure": _judge_figure(report),
        "judge_raters": table([r for r in report.records if _judge(r) and _starts(r, "rater:")]),
        "judge_pairs": table([r for r in report.records if _both(r, "judge:")]),
        "references": table([r for r in report.records if r.against == "reference"]),
        "orders": table([r for r in report.records if _judge(r) and r.against is None]),
        "shares": [_bar(one) for one in report.shares],
        "confusions": [_heat(one, options) for one in report.confusions],
    }
    return render(request, "agreement.html", context)


@require_safe
@researcher_required
def agreement_json(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Return the records as `manage.py agreement --json` prints them."""
    report, _computed_at = fresh(question_of(name, pk))
    rows = [record.as_dict() for record in report.records]
    return HttpResponse(orjson.dumps(rows), content_type="application/json")


@require_safe
@researcher_required
def agreement_csv(request: StaffRequest, name: str, pk: int) -> HttpResponseBase:
    """Return the records as CSV."""
    question = question_of(name, pk)
    report, _computed_at = fresh(question)
    rows = [record.as_dict() for record in report.records]
    heading = list(rows[0]) if rows else []
    return csv_response(f"{name}-{question.key}-agreement", heading, rows)


def questions_of(study: Study) -> QuerySet[Question]:
    """Return the questions of a study, in order, for the navigation between them."""
    return study.questions.all()


def table(records: list[Record]) -> Table:
    """Put the records of the same two panels on one line."""
    statistics = list(dict.fromkeys(record.statistic for record in records))
    lines: dict[tuple[str, str | None], dict[str, Record]] = {}
    for record in records:
        lines.setdefault((record.panel, record.against), {})[record.statistic] = record
    return Table(
        statistics,
        [
            Line(panel, against, [cells.get(statistic) for statistic in statistics])
            for (panel, against), cells in lines.items()
        ],
    )


def _about(report: Report, role: str) -> tuple[list[Record], Figure]:
    records = _of(report, role, None)
    drawn = [record for record in records if record.value is not None]
    return records, dot_figure([(wording.statistic(one.statistic), one) for one in drawn])


def _of(report: Report, panel: str, against: str | None) -> list[Record]:
    return [one for one in report.records if one.panel == panel and one.against == against]


def _judge(record: Record) -> bool:
    return record.panel.startswith("judge:")


def _starts(record: Record, prefix: str) -> bool:
    return (record.against or "").startswith(prefix)


def _both(record: Record, prefix: str) -> bool:
    return record.panel.startswith(prefix) and _starts(record, prefix)


def _judge_figure(report: Report) -> list[tuple[str, Figure]]:
    """Return, for each human panel, every judge's accuracy on readable answers."""
    figures = []
    for role in (*HUMAN, "reference"):
        named = [
            (wording.panel(one.panel), one)
            for one in report.records
            if _judge(one) and one.against == role and one.statistic == "accuracy_valid"
        ]
        drawn = [(name, one) for name, one in named if one.value is not None]
        if drawn:
            figures.append((role, dot_figure(drawn)))
    return figures


def _bar(shares: Shares) -> ShareBar:
    without = sum(shares.reasons.values())
    total = sum(shares.counts) + without
    segments, start = [], 0.0
    for count in shares.counts:
        width = 100 * count / total if total else 0.0
        segments.append((round(start, 3), round(width, 3), count, count / total if total else 0.0))
        start += width
    rest = (round(start, 3), round(100 * without / total if total else 0.0, 3), without)
    return ShareBar(shares, panel_class(shares.panel), total, segments, rest)


def _heat(confusion: Confusion, options: list[Option]) -> Heat:
    most = max((max(row) for row in confusion.counts), default=0) or 1
    rows = [
        (
            str(options[i]),
            [(count, round(HEAT_STEPS * count / most), i == j) for j, count in enumerate(row)],
        )
        for i, row in enumerate(confusion.counts)
    ]
    return Heat(confusion, rows)
