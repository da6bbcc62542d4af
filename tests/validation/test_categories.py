"""cebab_aspects and dices350: nominal labels of few sparse raters, and of many positions."""

import pytest
from pytest_django import DjangoDbBlocker

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
CEBAB = """
key = "aspect"
level = "nominal"
options = ["Negative", "Positive", "unknown"]

[columns]
item = "item_id"
rater = "rater_id"
"""
DICES = """
key = "safety"
level = "nominal"
options = ["No", "Unsure", "Yes"]
identity = "positions"

[columns]
item = "item_id"
rater = "slot"
"""
NAMES = {
    "raw_agreement": "pairwise_agreement_item_mean",
    "raw_agreement_micro": "pairwise_agreement_micro",
    "krippendorff_alpha": "krippendorff_alpha_nominal",
    "fleiss_kappa": "fleiss_kappa_micro",
    "gwet_ac1": "gwet_ac1",
}


@pytest.fixture(scope="module")
def records(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[Key, Record]:
    scratch = tmp_path_factory.mktemp("categories")
    with nothing_kept(django_db_blocker):
        import_question(scratch, CEBAB, human=package("cebab_aspects") / "human.csv")
        import_question(scratch, DICES, human=package("dices350") / "human.csv")
        return reported()


@pytest.mark.parametrize("statistic", NAMES)
def test_cebab(records: dict[Key, Record], statistic: str) -> None:
    """1,008 items, four of ten raters each; `unknown` is a label."""
    known = expected("cebab_aspects")["recomputed"]
    one = records["aspect", "third_party", None, statistic]
    assert one["value"] == exactly(known[NAMES[statistic]])
    assert (one["n_items"], one["n_ratings"], one["n_raters"]) == (1008, 4032, 10)


def test_cebab_interval(records: dict[Key, Record]) -> None:
    """Alpha .741929 [.715, .768]."""
    alpha = records["aspect", "third_party", None, "krippendorff_alpha"]
    assert (alpha["low"], alpha["high"]) == (near(0.715), near(0.768))


def test_cebab_pairs(records: dict[Key, Record]) -> None:
    """All 43 pairs of raters who share items, and no other."""
    known = expected("cebab_aspects")["per_rater_pair"]
    listed = [key for key in records if key[0] == "aspect" and key[3] == "cohen_kappa"]
    assert len(listed) == len(known) == 43
    for names, figures in known.items():
        one, other = names.split("|")
        kappa = pair(records, "aspect", one, other, "cohen_kappa")
        assert kappa["value"] == exactly(figures["kappa"]), names
        assert kappa["n_items"] == figures["n"]
        agreement = pair(records, "aspect", one, other, "raw_agreement")
        assert agreement["value"] == exactly(figures["agree"]), names


def test_cebab_constant_rater(records: dict[Key, Record]) -> None:
    """w1 and w14 agree on 95 %, and one of them is constant there: kappa is a defined 0."""
    kappa = pair(records, "aspect", "w1", "w14", "cohen_kappa")
    assert (kappa["value"], kappa["reason"], kappa["n_items"]) == (0, None, 20)


def test_cebab_means_over_pairs(records: dict[Key, Record]) -> None:
    """The plain mean and the one weighted by overlap are two numbers."""
    known = expected("cebab_aspects")["recomputed"]
    plain = records["aspect", "third_party", None, "cohen_kappa_pair_mean"]
    weighted = records["aspect", "third_party", None, "cohen_kappa_pair_mean_by_overlap"]
    assert plain["value"] == exactly(known["pair_mean_cohen_kappa"])
    assert weighted["value"] == exactly(known["pair_weighted_cohen_kappa"])


@pytest.mark.parametrize("statistic", NAMES)
def test_dices350(records: dict[Key, Record], statistic: str) -> None:
    """350 items with 123 labels each."""
    known = expected("dices350")["metrics"]["safety"]["recomputed"]
    one = records["safety", "third_party", None, statistic]
    assert one["value"] == exactly(known[NAMES[statistic]])
    assert (one["n_items"], one["n_ratings"], one["n_raters"]) == (350, 43050, None)


def test_dices350_interval(records: dict[Key, Record]) -> None:
    """Alpha .160860 [.139, .183], as published."""
    alpha = records["safety", "third_party", None, "krippendorff_alpha"]
    known = expected("dices350")["metrics"]["safety"]["published_krippendorff_alpha"]
    assert alpha["value"] == exactly(known)
    assert (alpha["low"], alpha["high"]) == (near(0.139), near(0.183))


def test_dices350_has_no_rater_statistics(records: dict[Key, Record]) -> None:
    """123 positions are not 123 people: no pairs, no pair means, and it is said so."""
    safety = [key for key in records if key[0] == "safety"]
    panels = {panel for _question, panel, _against, _name in safety}
    assert panels == {"third_party", "baseline:majority_class"}
    kappa = records["safety", "third_party", None, "cohen_kappa"]
    assert (kappa["value"], kappa["reason"]) == (None, "no_rater_identity")
    assert not any("pair_mean" in name for _question, _panel, _against, name in safety)
