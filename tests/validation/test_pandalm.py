"""pandalm: 999 real pairs with texts, three people, two judges."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from annotation.models import Question
from annotation.models import Record as Card
from personalization.agreement import report
from tests.validation.packages import (
    Key,
    Record,
    exactly,
    expected,
    import_question,
    near,
    nothing_kept,
    package,
    pair,
    reported,
)

# Without a mark on some test there is no test database to import into.
pytestmark = pytest.mark.django_db
TOML = """
key = "preference"
wording = "Which response is better?"
level = "nominal"
invalid = ["invalid"]
options = [
    { key = "0", label = "Tie" },
    { key = "1", label = "Response 1" },
    { key = "2", label = "Response 2" },
]
candidates = ["1", "2"]

[columns]
item = "item_id"
rater = "rater_id"
judge = "judge"
"""
Q = "preference"
JUDGES = ("gpt-3.5-turbo", "pandalm-7b")
PEOPLE = ("annotator1", "annotator2", "annotator3")


@pytest.fixture(scope="module")
def study(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """Import everything twice; return what was said, the records, and some of the rows."""
    folder, scratch = package("pandalm"), tmp_path_factory.mktemp("pandalm")
    files: dict[str, Path] = {
        "items": folder / "items.jsonl",
        "human": folder / "human.csv",
        "judges": folder / "llm.csv",
    }
    with nothing_kept(django_db_blocker):
        return {
            "said": [import_question(scratch, TOML, **files) for _time in range(2)],
            "records": reported(),
            "report": report.of_question(Question.objects.get(study__name="validation")),
            "card": Card.objects.get(study__name="validation", key="0").fields,
        }


@pytest.fixture(scope="module")
def records(study: dict[str, Any]) -> dict[Key, Record]:
    found: dict[Key, Record] = study["records"]
    return found


@pytest.fixture(scope="module")
def known() -> Any:  # noqa: ANN401 - JSON
    return expected("pandalm")


def test_all_lines_go_in_once(study: dict[str, Any]) -> None:
    """2997 labels and 1998 answers are new the first time and known the second."""
    first, again = study["said"]
    assert "4995 answers (0 already there, 0 replaced older ones, 25 without a value)" in first
    assert "999 new items, 5 new raters, 0 references" in first
    assert "0 bad lines" in first
    assert "0 answers (4995 already there" in again


def test_the_texts_are_there(study: dict[str, Any]) -> None:
    """An item shows its instruction and both responses, and not its number."""
    assert study["card"].keys() == {
        "model_1", "model_2", "motivation_app", "instruction", "input", "response_1", "response_2",
    }  # fmt: skip
    assert study["card"]["model_1"] == "bloom-7b"


def test_people_pair_by_pair(records: dict[Key, Record], known: Any) -> None:  # noqa: ANN401
    """Cohen .852023, .878944, .861661, published as .85, .88, .86."""
    for names, figures in known["per_rater_pair"].items():
        one, other = names.split("|")
        kappa = pair(records, Q, one, other, "cohen_kappa")
        assert kappa["value"] == exactly(figures["kappa"])
        assert round(kappa["value"], 2) == known["published"]["cohen_kappa"][names]
        agreement = pair(records, Q, one, other, "raw_agreement")
        assert agreement["value"] == exactly(figures["agree"])
        assert (kappa["n_items"], kappa["n_ratings"], kappa["n_raters"]) == (999, 1998, 2)


@pytest.mark.parametrize(
    ("statistic", "name"),
    [
        ("raw_agreement", "pairwise_agreement_item_mean"),
        ("raw_agreement_micro", "pairwise_agreement_micro"),
        ("krippendorff_alpha", "krippendorff_alpha_nominal"),
        ("fleiss_kappa", "fleiss_kappa_micro"),
        ("fleiss_kappa_pooled", "fleiss_kappa_micro"),
        ("brennan_prediger", "brennan_prediger"),
        ("gwet_ac1", "gwet_ac1"),
        ("cohen_kappa_pair_mean", "pair_mean_cohen_kappa"),
        ("cohen_kappa_pair_mean_by_overlap", "pair_weighted_cohen_kappa"),
    ],
)
def test_people_together(
    records: dict[Key, Record],
    known: Any,  # noqa: ANN401
    statistic: str,
    name: str,
) -> None:
    """Every coefficient of the panel."""
    assert records[Q, "third_party", None, statistic]["value"] == exactly(known["recomputed"][name])


def test_alpha_with_its_interval(records: dict[Key, Record]) -> None:
    """Alpha .864221 [.841, .886], from 999 items, 2997 ratings, 3 people."""
    alpha = records[Q, "third_party", None, "krippendorff_alpha"]
    assert alpha["value"] == pytest.approx(0.864221, abs=1e-6)
    assert (alpha["low"], alpha["high"]) == (near(0.841), near(0.886))
    assert (alpha["n_items"], alpha["n_ratings"], alpha["n_raters"]) == (999, 2997, 3)
    assert (alpha["method"], alpha["reason"]) == ("item bootstrap, B=1000", None)


@pytest.mark.parametrize("judge", JUDGES)
def test_judges(records: dict[Key, Record], known: Any, judge: str) -> None:  # noqa: ANN401
    """Accuracy both ways (.715606 and .697698), kappa with the majority and with each person."""
    figures, name = known["llm"][judge], f"judge:{judge}"
    valid = records[Q, name, "third_party", "accuracy_valid"]
    everything = records[Q, name, "third_party", "accuracy_all"]
    assert valid["value"] == exactly(figures["acc_vs_majority_valid_only"])
    assert everything["value"] == exactly(figures["acc_vs_majority_invalid_counted_wrong"])
    assert (valid["n_items"], everything["n_items"]) == (figures["n_valid"], 999)
    kappa = records[Q, name, "third_party", "cohen_kappa"]
    assert kappa["value"] == exactly(figures["kappa_vs_majority_valid_only"])
    for person, share in figures["agreement_by_annotator_valid_only"].items():
        agreement = records[Q, name, f"rater:{person}", "raw_agreement"]
        assert agreement["value"] == exactly(share)


def test_counts(study: dict[str, Any], known: Any) -> None:  # noqa: ANN401
    """Labels 326, 1255, 1416; majorities 105, 422, 472; 25 unreadable answers."""
    shares = {one.panel: one for one in study["report"].shares}
    assert shares["third_party"].counts == list(known["recomputed"]["label_counts"].values())
    assert shares["judge:gpt-3.5-turbo"].reasons == {"unparsed": 25}
    table = next(
        one.counts for one in study["report"].confusions if one.panel == "judge:pandalm-7b"
    )
    assert [sum(row) for row in table] == list(known["published"]["majority_label_counts"].values())
