"""Print who agrees with whom, with intervals."""

from argparse import ArgumentParser
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from annotation.models import Study
from personalization.agreement import report
from personalization.agreement.report import Record


class Command(BaseCommand):
    """Print the agreement records of a study: as a table, or as JSON (one flat record each)."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study, perhaps one question, and the form."""
        parser.add_argument("--study", required=True)
        parser.add_argument("--question", help="only this question (its key, or key@version)")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, study: str, question: str | None, json: bool, **options: Any) -> None:
        """Compute and print."""
        records = [
            record
            for one in _questions(study, question)
            for record in report.of_question(one).records
        ]
        if json:
            rows = [record.as_dict() for record in records]
            self.stdout.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        else:
            self.stdout.write("\n".join(_line(record) for record in records))


def _questions(name: str, key: str | None) -> list[Any]:
    study = Study.objects.filter(name=name).first()
    if study is None:
        known = ", ".join(Study.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no study {name}. Studies here: {known}.")
    questions = list(study.questions.all())
    if key is None:
        return questions
    chosen = [one for one in questions if report.question_name(one) == key]
    if not chosen:
        known = ", ".join(report.question_name(one) for one in questions) or "none yet"
        raise CommandError(f"{name} has no question {key}. It has: {known}.")
    return chosen


def _line(record: Record) -> str:
    who = record.panel if record.against is None else f"{record.panel} ~ {record.against}"
    number = record.reason or f"{record.value:.4f}"
    interval = "" if record.low is None else f" [{record.low:.3f}, {record.high:.3f}]"
    return (
        f"{record.question:<20} {who:<48} {record.statistic:<32} {number}{interval}"
        f"  n={record.n_items} {record.method or ''}"
    ).rstrip()
