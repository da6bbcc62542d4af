"""Ceilings and the alternative annotator test on pandalm and cebab_aspects, kernels and report."""

import csv
from typing import Any

import numpy as np
import pytest
from pytest_django import DjangoDbBlocker

from personalization.agreement.ceilings.alternative import alternative_test
from personalization.agreement.ceilings.contests import contests
from personalization.agreement.ceilings.judged import collapse_judged
from personalization.agreement.ceilings.leave_one_out import (
    ceiling_plurality,
    ceiling_share,
    leave_one_out_plurality,
    leave_one_out_share,
)
from personalization.agreement.judges.accuracy import INVALID
from personalization.agreement.patterns import collapse, histogram
from tests.validation.packages import (
    Key,
    Record,
    exactly,
    expected,
    import_question,
    nothing_kept,
    package,
    reported,
)

# Without a mark on some test there is no test database to import into.
pytestmark = pytest.mark.django_db
JUDGES = ("gpt-3.5-turbo", "pandalm-7b")
TOML = """
key = "preference"
level = "nominal"
invalid = ["invalid"]
options = ["0", "1", "2"]

[columns]
item = "item_id"
rater = "rater_id"
judge = "judge"
"""


def _rows(name: str, file: str) -> list[dict[str, str]]:
    with (package(name) / file).open(newline="") as lines:
        return list(csv.DictReader(lines))


def _codes(rows: list[dict[str, str]], column: str) -> Any:  # noqa: ANN401 - an array
    return np.unique([row[column] for row in rows], return_inverse=True)[1]


def _judge(name: str, items: list[str]) -> Any:  # noqa: ANN401 - an array
    given = {
        row["item_id"]: row["value"] for row in _rows("pandalm", "llm.csv") if row["judge"] == name
    }
    return np.array([INVALID if given[item] == "invalid" else int(given[item]) for item in items])


@pytest.fixture(scope="module")
def pandalm() -> dict[str, Any]:
    """item, rater, value and histogram of the people, and the names of the items."""
    rows = _rows("pandalm", "human.csv")
    item, value = _codes(rows, "item_id"), np.array([int(row["value"]) for row in rows])
    return {
        "ratings": (item, _codes(rows, "rater_id"), value),
        "hist": histogram(item, value, 999, 3),
        "items": sorted({row["item_id"] for row in rows}),
    }


@pytest.mark.parametrize("name", JUDGES)
def test_pandalm_same_others(pandalm: dict[str, Any], name: str) -> None:
    """Human / judge against the same two others: .921971 / .706366 and .919920 / .660327."""
    known = expected("pandalm")["llm"][name]["leave_one_out_same_targets"]
    judged = collapse_judged(pandalm["hist"], _judge(name, pandalm["items"]), n_raters=3)
    for form in (leave_one_out_plurality, leave_one_out_share):
        found = form(judged).valid_only
        assert found.human.value == exactly(known["human_hit_rate"])
        assert found.judge.value == exactly(known["judge_hit_rate"])
        assert found.human.n_ratings == found.judge.n_ratings == known["n_judgments"]


@pytest.mark.parametrize("name", JUDGES)
def test_pandalm_alternative_test(pandalm: dict[str, Any], name: str) -> None:
    """Epsilon .15: omega 0 for both, rho .758042 and .714715, and the three p values."""
    known = expected("pandalm")["llm"][name]["alt_test_eps0.15"]
    judge = _judge(name, pandalm["items"])
    item, rater, value = pandalm["ratings"]
    test = alternative_test(contests(item, rater, value, pandalm["hist"], judge), 0.15)
    assert test.omega.value == known["winning_rate"] == 0
    assert test.rho.value == exactly(known["advantage_prob"])
    assert np.sort(test.humans.p).tolist() == [exactly(p) for p in known["p_values_sorted"]]
    # 1 - p of the largest is 9e-16; the others tell apart what 1e-9 does not.
    upper = [1 - p for p in known["p_values_sorted"][:2]]
    assert (1 - np.sort(test.humans.p)[:2]).tolist() == pytest.approx(upper, rel=1e-3)


def test_cebab_ceilings() -> None:
    """People alone: plurality of the others .903687, share of the others .860780."""
    known = expected("cebab_aspects")["recomputed"]["human_leave_one_out"]
    rows = _rows("cebab_aspects", "human.csv")
    patterns = collapse(histogram(_codes(rows, "item_id"), _codes(rows, "value"), 1008, 3))
    assert ceiling_plurality(patterns).value == exactly(
        known["hit_rate_vs_majority_of_others_fractional_ties"]
    )
    assert ceiling_share(patterns).value == exactly(known["mean_share_of_other_humans_agreeing"])


@pytest.fixture(scope="module")
def records(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[Key, Record]:
    folder, scratch = package("pandalm"), tmp_path_factory.mktemp("ceilings")
    with nothing_kept(django_db_blocker):
        import_question(scratch, TOML, human=folder / "human.csv", judges=folder / "llm.csv")
        return reported()


@pytest.mark.parametrize("name", JUDGES)
def test_the_report_has_them(records: dict[Key, Record], name: str) -> None:
    """From the database to the record: both ceilings, rho, and what the method says."""
    known, judge = expected("pandalm")["llm"][name], f"judge:{name}"
    same = known["leave_one_out_same_targets"]
    for form in ("ceiling_plurality", "ceiling_share"):
        for side in ("human", "judge"):
            one = records["preference", judge, "third_party", f"{form}_{side}"]
            assert one["value"] == exactly(same[f"{side}_hit_rate"])
            assert (one["n_ratings"], one["n_raters"]) == (same["n_judgments"], 3)
            assert one["low"] < one["value"] < one["high"]
    rho = records["preference", judge, "third_party", "alternative_test_rho"]
    assert rho["value"] == exactly(known["alt_test_eps0.15"]["advantage_prob"])
    omega = records["preference", judge, "third_party", "alternative_test_omega"]
    assert omega["value"] == 0
    assert "epsilon 0.1;" in omega["method"]
    assert "3 humans counted; 0 left out" in omega["method"]
    assert ("25 unreadable" in omega["method"]) == (known["n_invalid"] == 25)


def test_people_alone(records: dict[Key, Record]) -> None:
    """.919920 in both forms: of two others, one each where they differ."""
    known = expected("pandalm")["recomputed"]["human_leave_one_out"]
    for form in ("ceiling_plurality", "ceiling_share"):
        one = records["preference", "third_party", None, form]
        assert one["value"] == exactly(known["hit_rate"])
        assert one["n_ratings"] == known["n_judgments"]
