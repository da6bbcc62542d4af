"""Print how the arms of a study compare on people's labels, with intervals."""

from argparse import ArgumentParser
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from annotation.models import Study
from personalization.comparison.records import ArmRecord
from personalization.comparison.report import of_study
from personalization.management.named import study_named
from personalization.models import Arm


class Command(BaseCommand):
    """Print the arms report of a study: as a table, or as JSON."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study and the form, and perhaps two arms to set against each other."""
        parser.add_argument("--study", required=True)
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--versus",
            nargs=2,
            metavar=("ONE", "OTHER"),
            help="two arms of the same kind, by name: also print how far they lie apart",
        )

    def handle(
        self, *, study: str, json: bool, versus: list[str] | None = None, **_options: Any
    ) -> None:
        """Compute and print."""
        found = study_named(study)
        report = of_study(found, _chosen(found, versus) if versus else None)
        if json:
            told = orjson.dumps(report.as_dict(), option=orjson.OPT_INDENT_2)
            self.stdout.write(told.decode())
        else:
            self.stdout.write("\n".join(_line(one) for one in report.records))


def _chosen(study: Study, names: list[str]) -> dict[str, tuple[Arm, Arm]]:
    """Return the two arms of these names; CommandError where they are not two of one kind."""
    arms = Arm.objects.filter(study=study).order_by("pk")
    by_kind: dict[str, dict[str, Arm]] = {"profiles": {}, "responses": {}}
    for one in arms:
        by_kind["responses" if one.step == "generation" else "profiles"][one.name] = one
    for kind, found in by_kind.items():
        if set(names) <= set(found) and names[0] != names[1]:
            return {kind: (found[names[0]], found[names[1]])}
    known = "; ".join(f"{kind}: {', '.join(found) or 'none'}" for kind, found in by_kind.items())
    raise CommandError(f"--versus takes two different arms of one kind. There are {known}.")


def _line(one: ArmRecord) -> str:
    record = one.record
    who = record.panel if record.against is None else f"{record.panel} ~ {record.against}"
    interval = "" if record.value is None else f" [{record.low:.3f}, {record.high:.3f}]"
    number = record.reason or f"{record.value:.4f}"
    return (
        f"{one.step:<11} {one.arm:<36} {who:<40} {record.statistic:<34} {number}{interval}"
        f"  n={record.n_items} {record.method or ''}"
    ).rstrip()
