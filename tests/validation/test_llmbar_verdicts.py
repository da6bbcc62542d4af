"""llmbar through import_verdicts: 130 judge runs in both orders, in wide rows and in long ones."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from annotation.models import Judgment
from personalization.models import JudgeRun, Verdict
from tests.validation.packages import (
    Key,
    Record,
    exactly,
    expected_rows,
    nothing_kept,
    package,
    reported,
)

# Without a mark on some test there is no test database to import into.
pytestmark = pytest.mark.django_db
SUBSETS = ("LLMBar/Natural", "LLMBar/Adversarial/Neighbor")
WIDE = """
invalid = ["invalid"]
where = {{ subset = "{subset}" }}

[question]
key = "{subset}"
level = "nominal"
options = [1, 2]
candidates = [1, 2]

[columns]
item = ["subset", "item"]
judge = "evaluator"
reference = "gold"

[sides]
ab = "winner_order1"
ba = "winner_swapped"
"""
# The same as a line for each reading, which names what stood first or second.
LONG = """
question = "{subset}"
invalid = ["invalid"]
as_shown = true
where = {{ subset = "{subset}" }}

[columns]
item = ["subset", "item"]
judge = "evaluator"
side = "order"
value = "winner"

[side_values]
1 = "ab"
2 = "ba"

[values]
first = "1"
second = "2"
"""
# Readings of both orders -> column of expected.csv, and by what it is divided.
COLUMNS = {
    "consistency": ("consistency_rate_invalid_never", 1),
    "consistency_valid": ("consistency_rate_valid_only", 1),
    "first_position_share": ("first_position_win_rate", 1),
    "kappa_between_orders": ("kappa_between_orders_valid_only", 1),
    "accuracy_order_ab_all": ("published_acc_order1_pct", 100),
    "accuracy_order_ba_all": ("published_acc_swapped_pct", 100),
    "accuracy_orders_mean_all": ("published_accuracy_pct", 100),
    "accuracy_both_orders_all": ("published_both_correct_pct", 100),
    # Settled, a judge is right where it is right in both orders.
    "accuracy_all": ("published_both_correct_pct", 100),
}


def bring(folder: Path, toml: str, subset: str, file: Path) -> str:
    mapping, out = folder / "verdicts.toml", StringIO()
    mapping.write_text(toml.format(subset=subset))
    call_command("import_verdicts", study="validation", mapping=mapping, verdicts=file, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def imported(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Import both subsets, and keep them while the tests of this module look at them."""
    scratch = tmp_path_factory.mktemp("llmbar")
    with nothing_kept(django_db_blocker):
        for subset in SUBSETS:
            said = bring(scratch, WIDE, subset, package("llmbar") / "judgments.csv")
            assert said.endswith(" 0 bad lines.\n")
        yield scratch


@pytest.fixture(scope="module")
def records(imported: Path) -> dict[Key, Record]:
    return reported()


def test_all_of_it_is_there(imported: Path) -> None:
    """15,210 items judged twice by 65 judges: two readings and one answer each."""
    assert (Verdict.objects.count(), Judgment.objects.count()) == (30420, 15210)
    assert JudgeRun.objects.filter(source="imported").count() == 65


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("statistic", COLUMNS)
def test_every_run(records: dict[Key, Record], subset: str, statistic: str) -> None:
    """All 65 judges of a subset, to 1e-9."""
    rows = [row for row in expected_rows("llmbar") if row["subset"] == subset]
    against = "reference" if statistic.startswith("accuracy") else None
    name, divisor = COLUMNS[statistic]
    assert len(rows) == 65
    for row in rows:
        one = records[subset, f"judge:{row['evaluator']}", against, statistic]
        assert one["value"] == exactly(float(row[name]) / divisor), row["evaluator"]


def test_invalid_is_never_consistent(imported: Path) -> None:
    """Whatever was unreadable in an order settles to no value, also where both orders were."""
    unreadable = Verdict.objects.filter(value=None)
    both = unreadable.filter(side="ab", item__in=unreadable.filter(side="ba").values("item"))
    assert both.exists()
    for item, rater in unreadable.values_list("item", "rater").distinct():
        one = Judgment.objects.get(item=item, rater=rater)
        assert (one.value, one.reason) == (None, "unparsed")


def test_long_rows_say_the_same(imported: Path) -> None:
    """One line for each order, naming the place that won: every reading is there already."""
    lines = StringIO()
    writer = csv.writer(lines)
    writer.writerow(["subset", "evaluator", "item", "order", "winner"])
    with (package("llmbar") / "judgments.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["subset"] == SUBSETS[0] and row["evaluator"].startswith("GPT-4/"):
                names = [row["subset"], row["evaluator"], row["item"]]
                places = {"1": "first", "2": "second", "invalid": "invalid"}
                writer.writerow([*names, 1, places[row["winner_order1"]]])
                swapped = {"1": "second", "2": "first", "invalid": "invalid"}
                writer.writerow([*names, 2, swapped[row["winner_swapped"]]])
    file_of_lines = imported / "long.csv"
    file_of_lines.write_text(lines.getvalue())
    said = bring(imported, LONG, SUBSETS[0], file_of_lines)
    count = lines.getvalue().count("\n") - 1
    assert count > 1000
    assert f"0 verdicts ({count} already there) of 0 new judges, 0 new items; 0 answers" in said
    assert said.endswith(" 0 bad lines.\n")
