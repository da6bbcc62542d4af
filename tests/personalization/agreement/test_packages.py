"""The kernels against published and recomputed figures, labels read in place."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.coefficients.brennan_prediger import brennan_prediger
from personalization.agreement.coefficients.cohen import cohen_kappa, confusion, confusions_by_rater
from personalization.agreement.coefficients.fleiss import (
    fleiss_kappa,
    fleiss_kappa_pooled,
    fleiss_se,
)
from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2, gwet_se
from personalization.agreement.coefficients.krippendorff import alpha, alpha_long
from personalization.agreement.coefficients.pair_mean import mean_pair_kappa
from personalization.agreement.coefficients.rater_pairs import pair_tables
from personalization.agreement.coefficients.raw import raw_agreement, raw_agreement_micro
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate, Level
from personalization.agreement.judges.accuracy import INVALID, accuracy_majority, majority
from personalization.agreement.judges.order import (
    consistency,
    consistency_valid_only,
    first_position_share,
    kappa_between_orders,
    order_accuracy,
)
from personalization.agreement.patterns import Patterns, collapse, histogram

Read = Callable[..., tuple[IntArray, IntArray, IntArray]]
Rows = Callable[[str, str], list[dict[str, str]]]
Expected = Callable[[str], Any]

PREFERENCES = ["0", "1", "2"]
ASPECTS = ["Negative", "Positive", "unknown"]
POINTS = ["1", "2", "3", "4", "5"]
STARS = ["1.0", "2.0", "3.0", "4.0", "5.0"]
SAFETY = ["No", "Unsure", "Yes"]
# Two runs of 1,000 draws may differ by more than the tolerance of .005.
MANY = 10_000


def exactly(value: object) -> Any:  # noqa: ANN401 - pytest.approx has no public type
    return pytest.approx(value, abs=1e-9)


def near(value: float) -> Any:  # noqa: ANN401 - see above
    return pytest.approx(value, abs=0.005)


def hist_of(item: IntArray, value: IntArray, n_values: int) -> IntArray:
    return histogram(item, value, int(item.max()) + 1, n_values)


def check_nominal(patterns: Patterns, known: dict[str, Any]) -> None:
    """The figures that every nominal package has."""
    assert patterns.sample.n_items == known["n_items"]
    assert patterns.sample.n_ratings == known["n_ratings"]
    item_mean, micro = raw_agreement(patterns, draws=0), raw_agreement_micro(patterns, draws=0)
    assert item_mean.value == exactly(known["pairwise_agreement_item_mean"])
    assert micro.value == exactly(known["pairwise_agreement_micro"])
    nominal = alpha(patterns, Level.NOMINAL, draws=0)
    assert nominal.value == exactly(known["krippendorff_alpha_nominal"])
    assert fleiss_kappa(patterns, draws=0).value == exactly(known["fleiss_kappa_irrCAC_item_mean"])
    assert fleiss_kappa_pooled(patterns, draws=0).value == exactly(known["fleiss_kappa_micro"])
    assert fleiss_se(patterns) == pytest.approx(known["fleiss_se_irrCAC"], abs=1e-8)
    assert brennan_prediger(patterns, draws=0).value == exactly(known["brennan_prediger"])
    ac1 = gwet_ac1(patterns)
    assert ac1.value == exactly(known["gwet_ac1"])
    assert gwet_se(patterns) == pytest.approx(known["gwet_ac1_se"], abs=1e-8)
    assert [ac1.low, ac1.high] == pytest.approx(known["gwet_ac1_ci95"], abs=1e-8)


def test_pandalm_humans(read_labels: Read, expected: Expected) -> None:
    item, _, value = read_labels("pandalm", PREFERENCES)
    hist = hist_of(item, value, 3)
    patterns = collapse(hist)
    check_nominal(patterns, expected("pandalm")["recomputed"])
    assert np.bincount(majority(hist)).tolist() == [105, 422, 472]
    drawn = alpha(patterns, Level.NOMINAL, draws=MANY)
    assert (drawn.low, drawn.high) == (near(0.841), near(0.886))


def test_pandalm_pairs_of_annotators(read_labels: Read, expected: Expected) -> None:
    pairs = pair_tables(*read_labels("pandalm", PREFERENCES), 3)
    known = list(expected("pandalm")["per_rater_pair"].values())
    assert pairs.kappas().tolist() == exactly([pair["kappa"] for pair in known])
    assert pairs.agreements().tolist() == exactly([pair["agree"] for pair in known])
    assert np.round(pairs.kappas(), 2).tolist() == [0.85, 0.88, 0.86]


@pytest.mark.parametrize("judge", ["gpt-3.5-turbo", "pandalm-7b"])
def test_pandalm_judges(read_labels: Read, read_rows: Rows, expected: Expected, judge: str) -> None:
    item, rater, value = read_labels("pandalm", PREFERENCES)
    known = expected("pandalm")["llm"][judge]
    said = {
        row["item_id"]: row["value"]
        for row in read_rows("pandalm", "llm.csv")
        if row["judge"] == judge
    }
    verdict = np.array([_code(said[name]) for name in sorted(said)])
    hist = hist_of(item, value, 3)
    found = accuracy_majority(hist, verdict)
    assert found.valid_only.value == exactly(known["acc_vs_majority_valid_only"])
    assert found.invalid_wrong.value == exactly(known["acc_vs_majority_invalid_counted_wrong"])
    assert (found.valid_only.n_items, found.n_invalid) == (known["n_valid"], known["n_invalid"])
    kappa = cohen_kappa(confusion(majority(hist), verdict, 3), draws=0)
    assert kappa.value == exactly(known["kappa_vs_majority_valid_only"])
    tables = confusions_by_rater(rater, value, verdict[item], 3, 3)
    shares = tables.trace(axis1=1, axis2=2) / tables.sum(axis=(1, 2))
    assert shares.tolist() == exactly(list(known["agreement_by_annotator_valid_only"].values()))


def _code(answer: str) -> int:
    return INVALID if answer == "invalid" else int(answer)


def test_cebab_humans(read_labels: Read, expected: Expected) -> None:
    item, _, value = read_labels("cebab_aspects", ASPECTS)
    patterns = collapse(hist_of(item, value, 3))
    check_nominal(patterns, expected("cebab_aspects")["recomputed"])
    drawn = alpha(patterns, Level.NOMINAL, draws=MANY)
    assert (drawn.low, drawn.high) == (near(0.715), near(0.768))


def test_cebab_sparse_pairs(read_labels: Read, read_rows: Rows, expected: Expected) -> None:
    pairs = pair_tables(*read_labels("cebab_aspects", ASPECTS), 3)
    names = sorted({row["rater_id"] for row in read_rows("cebab_aspects", "human.csv")})
    known = expected("cebab_aspects")
    found = {
        f"{names[low]}|{names[high]}": {"n": n, "agree": agree, "kappa": kappa}
        for low, high, n, agree, kappa in zip(
            pairs.low, pairs.high, pairs.shared, pairs.agreements(), pairs.kappas(), strict=True
        )
    }
    assert found.keys() == known["per_rater_pair"].keys()
    for pair, figures in known["per_rater_pair"].items():
        assert found[pair] == exactly(figures), pair
    assert found["w1|w14"]["kappa"] == 0
    plain, weighted = mean_pair_kappa(pairs), mean_pair_kappa(pairs, by_overlap=True)
    assert plain.kappa.value == exactly(known["recomputed"]["pair_mean_cohen_kappa"])
    assert weighted.kappa.value == exactly(known["recomputed"]["pair_weighted_cohen_kappa"])
    assert plain.n_members == 43


def test_summeval(read_labels: Read, expected: Expected) -> None:
    item, rater, value = read_labels("summeval", POINTS)
    known = expected("summeval")
    patterns, figures = collapse(hist_of(item, value, 5)), known["recomputed"]
    for level in Level:
        found = alpha(patterns, level, draws=0)
        assert found.value == exactly(figures[f"krippendorff_alpha_{level}"])
    for level in (Level.ORDINAL, Level.INTERVAL):
        long = alpha_long(item, 1 + value.astype(np.float64), level, draws=0)
        assert long.value == exactly(figures[f"krippendorff_alpha_{level}"])
    assert gwet_ac2(patterns, draws=0).value == exactly(figures["gwet_ac2_quadratic"])
    error = gwet_se(patterns, Weights.QUADRATIC)
    assert error == pytest.approx(figures["gwet_ac2_quadratic_se"], abs=1e-8)
    drawn = alpha(patterns, Level.ORDINAL, draws=MANY)
    assert (drawn.low, drawn.high) == (near(0.682), near(0.708))
    kappas = pair_tables(item, rater, value, 5).kappas(Weights.QUADRATIC)
    quadratic = [pair["kappa_quadratic"] for pair in known["per_rater_pair"].values()]
    assert kappas.tolist() == exactly(quadratic)


@pytest.mark.parametrize("dimension", ["coherence", "consistency", "fluency", "relevance"])
def test_summeval_strata(read_labels: Read, expected: Expected, dimension: str) -> None:
    item, _, value = read_labels("summeval", POINTS, dimension)
    hist = hist_of(item, value, 5)
    labels = (hist > 0).sum(axis=1)
    for name, known in expected("summeval")["strata_by_distinct_human_labels"][dimension].items():
        stratum = collapse(hist if name == "all" else hist[labels == int(name[-1])])
        assert stratum.sample.n_items == known["n"]
        for level in (Level.ORDINAL, Level.INTERVAL):
            assert alpha(stratum, level, draws=0).value == exactly(known[level.value])


@pytest.mark.parametrize("dimension", ["Informativeness", "Relevance", "Fluency", "Coherence"])
def test_newsroom(read_labels: Read, expected: Expected, dimension: str) -> None:
    item, _, value = read_labels("newsroom", STARS, dimension)
    known = expected("newsroom")["metrics"][dimension]
    patterns, figures = collapse(hist_of(item, value, 5)), known["recomputed"]
    for level in Level:
        found = alpha(patterns, level, draws=0)
        assert found.value == exactly(figures[f"krippendorff_alpha_{level}"])
    ordinal = alpha(patterns, Level.ORDINAL, draws=MANY)
    assert ordinal.value == exactly(known["published_krippendorff_alpha"])
    assert gwet_ac2(patterns, draws=0).value == exactly(figures["gwet_ac2_quadratic"])
    error = gwet_se(patterns, Weights.QUADRATIC)
    assert error == pytest.approx(figures["gwet_ac2_quadratic_se"], abs=1e-8)
    if dimension == "Informativeness":
        assert (ordinal.low, ordinal.high) == (near(0.224), near(0.342))


def test_dices350(read_labels: Read, expected: Expected) -> None:
    item, _, value = read_labels("dices350", SAFETY)
    known = expected("dices350")["metrics"]["safety"]
    patterns = collapse(hist_of(item, value, 3))
    check_nominal(patterns, known["recomputed"])
    drawn = alpha(patterns, Level.NOMINAL, draws=MANY)
    assert drawn.value == exactly(known["published_krippendorff_alpha"])
    assert (drawn.low, drawn.high) == (near(0.139), near(0.183))


def test_llmbar(read_rows: Rows) -> None:
    runs: dict[tuple[str, str], list[list[int]]] = {}
    for row in read_rows("llmbar", "judgments.csv"):
        verdicts = [_winner(row[column]) for column in ("winner_order1", "winner_swapped", "gold")]
        runs.setdefault((row["subset"], row["evaluator"]), []).append(verdicts)
    known = read_rows("llmbar", "expected.csv")
    assert len(known) == len(runs) == 130
    for row in known:
        check_run(np.array(runs[row["subset"], row["evaluator"]]).T, row)


def _winner(text: str) -> int:
    return INVALID if text == "invalid" else int(text) - 1


def check_run(verdicts: IntArray, row: dict[str, str]) -> None:
    ab, ba, gold = verdicts
    found = order_accuracy(ab, ba, gold, 2, draws=0)
    assert len(ab) == int(row["n"])
    assert found.ab.n_invalid == int(row["n_invalid_order1"])
    assert found.ba.n_invalid == int(row["n_invalid_swapped"])
    percent = {
        "published_acc_order1_pct": found.ab.invalid_wrong,
        "published_acc_swapped_pct": found.ba.invalid_wrong,
        "published_accuracy_pct": found.mean.invalid_wrong,
        "published_both_correct_pct": found.both.invalid_wrong,
    }
    shares = {
        "consistency_rate_invalid_never": consistency(ab, ba, draws=0),
        "consistency_rate_valid_only": consistency_valid_only(ab, ba, draws=0),
        "first_position_win_rate": first_position_share(ab, ba, draws=0),
        "kappa_between_orders_valid_only": kappa_between_orders(ab, ba, 2, draws=0),
    }
    for name, estimate in shares.items():
        assert estimate.value == exactly(float(row[name])), (name, row)
    for name, estimate in percent.items():
        assert estimate.value == exactly(float(row[name]) / 100), (name, row)
    assert third_class_kappa(ab, ba, gold) == exactly(
        float(row["kappa_vs_gold_avg_invalid_as_third_class"])
    )


def third_class_kappa(ab: IntArray, ba: IntArray, gold: IntArray) -> float:
    tables = [confusion(np.where(value < 0, 2, value), gold, 3) for value in (ab, ba)]
    both: list[Estimate] = [cohen_kappa(table, draws=0) for table in tables]
    values: FloatArray = np.array([one.value for one in both], np.float64)
    return float(values.mean())
