"""Keep each report until its data change: a page never computes what is already known."""

from dataclasses import asdict
from datetime import datetime

from django.utils import timezone

from annotation.models import Question
from personalization.agreement import frames
from personalization.agreement.report import Confusion, Record, Report, Shares, of_question
from personalization.models import AgreementReport

# Raise it with every change of a formula or of what a report holds.
KERNEL = 1


def fresh(question: Question) -> tuple[Report, datetime]:
    """Return the report of the question's present data, and when it was computed."""
    kept = AgreementReport.objects.filter(question=question, kernel=KERNEL).first()
    if kept is None or kept.stamp != frames.stamp(question):
        kept = _keep(question, of_question(question))
    return _read(kept.content), kept.computed_at


def _keep(question: Question, report: Report) -> AgreementReport:
    kept, _new = AgreementReport.objects.update_or_create(
        question=question,
        defaults={
            "stamp": report.stamp,
            "kernel": KERNEL,
            "content": asdict(report),
            "computed_at": timezone.now(),
        },
    )
    return kept


def _read(content: dict[str, list[dict[str, object]]]) -> Report:
    plain = {key: content[key] for key in ("stamp", "n_items", "options")}
    return Report(
        **plain,  # type: ignore[arg-type]
        records=[Record(**record) for record in content["records"]],  # type: ignore[arg-type]
        shares=[Shares(**one) for one in content["shares"]],  # type: ignore[arg-type]
        confusions=[Confusion(**one) for one in content["confusions"]],  # type: ignore[arg-type]
    )
