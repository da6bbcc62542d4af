"""Every row of the table of known answers (agreement.md, section 9), typed as it stands there.

The other tests of this folder compare with the packages' expected.json to 1e-9; these compare with
the specification itself, to half of its last digit (bootstrap ends to .005).
"""

import csv
import json
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from personalization.agreement.arrays import IntArray
from personalization.agreement.ceilings.alternative import alternative_test
from personalization.agreement.ceilings.contests import contests
from personalization.agreement.ceilings.judged import collapse_judged
from personalization.agreement.ceilings.leave_one_out import (
    ceiling_plurality,
    ceiling_share,
    leave_one_out_share,
)
from personalization.agreement.coefficients.brennan_prediger import brennan_prediger
from personalization.agreement.coefficients.cohen import cohen_kappa, confusion
from personalization.agreement.coefficients.fleiss import fleiss_kappa
from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2, gwet_se
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.coefficients.pair_mean import mean_pair_kappa
from personalization.agreement.coefficients.rater_pairs import RaterPairs, pair_tables
from personalization.agreement.coefficients.raw import raw_agreement
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.distributions.entropy import mean_entropy
from personalization.agreement.estimate import Estimate, Level
from personalization.agreement.estimation.bradley_terry import log_strengths
from personalization.agreement.estimation.comparisons import Comparisons, win_matrix
from personalization.agreement.estimation.dawid_skene import dawid_skene
from personalization.agreement.estimation.ppi import ppi_mean
from personalization.agreement.estimation.rogan_gladen import rogan_gladen
from personalization.agreement.judges.accuracy import INVALID, accuracy_majority, majority
from personalization.agreement.judges.order import (
    consistency,
    first_position_share,
    kappa_between_orders,
    order_accuracy,
)
from personalization.agreement.judges.votes import votes_for_first
from personalization.agreement.patterns import Patterns, collapse, histogram
from personalization.agreement.scales.pair_means import mae_pair_mean, pearson_pair_mean
from tests.validation.packages import package

OPTIONS = {
    "pandalm": ["0", "1", "2"],
    "cebab_aspects": ["Negative", "Positive", "unknown"],
    "summeval": ["1", "2", "3", "4", "5"],
    "newsroom": ["1.0", "2.0", "3.0", "4.0", "5.0"],
    "dices350": ["No", "Unsure", "Yes"],
}
TIE, FIRST, SECOND = range(3)
# Two runs of 1,000 draws may differ by more than the tolerance of .005.
MANY = 10_000
POINTS = np.arange(1.0, 6.0)


@cache
def rows(name: str, file: str) -> list[dict[str, str]]:
    with (package(name) / file).open(newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def ratings(name: str, part: str = "") -> tuple[IntArray, IntArray, IntArray]:
    """item, rater and value; `part` is a dimension. Items in order of their names."""
    chosen = [
        row
        for row in rows(name, "human.csv")
        if part in ("", row.get("dimension"), row["item_id"].rpartition("__")[2])
    ]
    who = "rater_id" if "rater_id" in chosen[0] else "slot"
    codes = [
        np.unique([row[key] for row in chosen], return_inverse=True)[1] for key in ("item_id", who)
    ]
    return codes[0], codes[1], np.array([OPTIONS[name].index(row["value"]) for row in chosen])


def hist(name: str, part: str = "") -> IntArray:
    item, _, value = ratings(name, part)
    return histogram(item, value, int(item.max()) + 1, len(OPTIONS[name]))


def patterns(name: str, part: str = "") -> Patterns:
    return collapse(hist(name, part))


def pairs(name: str) -> RaterPairs:
    return pair_tables(*ratings(name), len(OPTIONS[name]))


def judge(name: str) -> IntArray:
    """What a judge of pandalm says of each item, in order of their names."""
    given = {
        row["item_id"]: row["value"] for row in rows("pandalm", "llm.csv") if row["judge"] == name
    }
    return np.array(
        [INVALID if given[item] == "invalid" else int(given[item]) for item in sorted(given)]
    )


def values(*estimates: Estimate | float | None) -> list[float | None]:
    return [one.value if isinstance(one, Estimate) else one for one in estimates]


def ends(estimate: Estimate) -> list[float | None]:
    return [estimate.low, estimate.high]


def alphas(name: str, *levels: Level, part: str = "") -> list[float | None]:
    return values(*(alpha(patterns(name, part), level, draws=0) for level in levels))


def drawn(name: str, level: Level, part: str = "") -> list[float | None]:
    return ends(alpha(patterns(name, part), level, draws=MANY))


def accuracies() -> list[float | None]:
    found = [accuracy_majority(hist("pandalm"), judge(one), draws=0) for one in JUDGES]
    return values(found[0].valid_only, found[0].invalid_wrong, found[1].valid_only)


def same_others() -> list[float | None]:
    judged = [collapse_judged(hist("pandalm"), judge(one)) for one in JUDGES]
    found = [leave_one_out_share(one, draws=0).valid_only for one in judged]
    return values(*(side for one in found for side in (one.human, one.judge)))


def alternative() -> list[float | None]:
    found = [
        alternative_test(contests(*ratings("pandalm"), hist("pandalm"), judge(one)), 0.15, draws=0)
        for one in JUDGES
    ]
    return values(*(side for one in found for side in (one.omega, one.rho)))


def strengths() -> list[float | None]:
    lines = (package("pandalm") / "items.jsonl").read_text().splitlines()
    items = sorted((json.loads(line) for line in lines), key=lambda one: str(one["item_id"]))
    names = [[one["model_1"], one["model_2"]] for one in items]
    first, second = np.unique(names, return_inverse=True)[1].reshape(-1, 2).T
    counts = hist("pandalm")
    won = votes_for_first(counts, (FIRST, SECOND))
    theta = log_strengths(win_matrix(Comparisons(first, second, won, counts.sum(axis=1)), 5))
    return list(theta.tolist())


def corrected() -> list[float | None]:
    """PPI++, PPI with lam 1 and Rogan-Gladen, the first 200 items (by number) labelled."""
    number = np.argsort(
        [int(name) for name in sorted({row["item_id"] for row in rows("pandalm", "human.csv")})]
    )
    label, said = majority(hist("pandalm"))[number], judge("pandalm-7b")[number]
    truth = np.where(np.arange(999) < 200, label == FIRST, np.nan)
    score = (said == FIRST).astype(np.float64)
    found = [ppi_mean(truth, score), ppi_mean(truth, score, lam=1.0), rogan_gladen(truth, score)]
    return [value for one in found for value in (*values(one), *ends(one))]


def share_of_first() -> list[float | None]:
    return [float((majority(hist("pandalm")) == FIRST).mean())]


def consensus() -> list[float | None]:
    item, rater, value = ratings("cebab_aspects")
    found = dawid_skene(item, rater, value, n_items=1008, n_raters=10, n_values=3)
    return values(*found.shares)


def strata() -> list[float | None]:
    counts = hist("summeval", "coherence")
    different = (counts > 0).sum(axis=1)
    parts = [counts, *(counts[different == number] for number in (1, 2, 3))]
    found = [alpha(collapse(part), Level.ORDINAL, draws=0) for part in parts]
    return [*values(*found), *(float(len(part)) for part in parts)]


def vanilla() -> list[float | None]:
    """GPT-4/Vanilla on Natural: accuracy, both, consistency, first position, two kappas."""
    runs = [
        row
        for row in rows("llmbar", "judgments.csv")
        if (row["subset"], row["evaluator"]) == ("LLMBar/Natural", "GPT-4/Vanilla")
    ]
    ab, ba, gold = (
        np.array([INVALID if row[name] == "invalid" else int(row[name]) - 1 for row in runs])
        for name in ("winner_order1", "winner_swapped", "gold")
    )
    accuracy = order_accuracy(ab, ba, gold, 2, draws=0)
    with_gold = [cohen_kappa(confusion(side, gold, 2), draws=0).value or 0 for side in (ab, ba)]
    return values(
        accuracy.mean.invalid_wrong,
        accuracy.both.invalid_wrong,
        consistency(ab, ba, draws=0),
        first_position_share(ab, ba, draws=0),
        kappa_between_orders(ab, ba, 2, draws=0),
        float(np.mean(with_gold)),
    )


JUDGES = ("gpt-3.5-turbo", "pandalm-7b")
DIMENSIONS = ("Informativeness", "Relevance", "Fluency", "Coherence")
NOMINAL, ORDINAL, INTERVAL = Level
Row = tuple[str, str, str, Callable[[], list[float | None]]]
# Package, statistic, what section 9 says, and the kernels that are to say so.
ROWS: list[Row] = [
    ("pandalm", "Cohen, three pairs", ".852023 .878944 .861661", lambda: list(pairs("pandalm").kappas())),
    ("pandalm", "majority counts", "105. 422. 472.", lambda: list(np.bincount(majority(hist("pandalm"))).astype(float))),
    ("pandalm", "alpha", ".864221", lambda: alphas("pandalm", NOMINAL)),
    ("pandalm", "alpha, item bootstrap", ".841 .886", lambda: drawn("pandalm", NOMINAL)),
    ("pandalm", "Fleiss", ".864175", lambda: values(fleiss_kappa(patterns("pandalm"), draws=0))),
    ("pandalm", "AC1 (SE)", ".886445 .009803", lambda: values(gwet_ac1(patterns("pandalm"), draws=0), gwet_se(patterns("pandalm")))),
    ("pandalm", "BP", ".879880", lambda: values(brennan_prediger(patterns("pandalm"), draws=0))),
    ("pandalm", "accuracy of the judges", ".715606 .697698 .667668", accuracies),
    ("pandalm", "same two others", ".921971 .706366 .919920 .660327", same_others),
    ("pandalm", "alternative test", "0 .758042 0 .714715", alternative),
    ("pandalm", "Bradley-Terry", "-.012843 -.554648 .695412 -.214321 .086400", strengths),
    ("pandalm", "share of response 1", ".414143 .353393 .474893 .428048 .351947 .504148 .450552 .314645 .591869", corrected),
    ("pandalm", "share of response 1, all", ".422422", share_of_first),
    ("cebab_aspects", "agreement", ".860780", lambda: values(raw_agreement(patterns("cebab_aspects"), draws=0))),
    ("cebab_aspects", "Fleiss", ".741865", lambda: values(fleiss_kappa(patterns("cebab_aspects"), draws=0))),
    ("cebab_aspects", "alpha", ".741929", lambda: alphas("cebab_aspects", NOMINAL)),
    ("cebab_aspects", "alpha, item bootstrap", ".715 .768", lambda: drawn("cebab_aspects", NOMINAL)),
    ("cebab_aspects", "AC1 (SE)", ".809376 .010372", lambda: values(gwet_ac1(patterns("cebab_aspects"), draws=0), gwet_se(patterns("cebab_aspects")))),
    ("cebab_aspects", "ceilings", ".903687 .860780", lambda: values(ceiling_plurality(patterns("cebab_aspects"), draws=0), ceiling_share(patterns("cebab_aspects"), draws=0))),
    ("cebab_aspects", "mean entropy", ".155265", lambda: values(mean_entropy(patterns("cebab_aspects"), draws=0))),
    ("cebab_aspects", "mean Cohen over pairs", ".737773 .736303", lambda: values(mean_pair_kappa(pairs("cebab_aspects"), draws=0).kappa, mean_pair_kappa(pairs("cebab_aspects"), by_overlap=True, draws=0).kappa)),
    ("cebab_aspects", "Dawid-Skene", ".0447 .4720 .4833", consensus),
    ("summeval", "pair-mean MAE, Pearson", ".511979 .737231", lambda: values(mae_pair_mean(pairs("summeval"), POINTS, draws=0).mean, pearson_pair_mean(pairs("summeval"), POINTS, draws=0).mean)),
    ("summeval", "alpha by level", ".369753 .695298 .718697", lambda: alphas("summeval", *Level)),
    ("summeval", "alpha, item bootstrap", ".682 .708", lambda: drawn("summeval", ORDINAL)),
    ("summeval", "AC2 quadratic (SE)", ".886823 .002565", lambda: values(gwet_ac2(patterns("summeval"), draws=0), gwet_se(patterns("summeval"), Weights.QUADRATIC))),
    ("summeval", "coherence by distinct labels", ".553687 1 .532535 .187634 1600. 200. 1059. 341.", strata),
    ("newsroom", "ordinal alpha", ".284873 .115121 -.015808 .064972", lambda: [alphas("newsroom", ORDINAL, part=one)[0] for one in DIMENSIONS]),
    ("newsroom", "Informativeness, bootstrap", ".224 .342", lambda: drawn("newsroom", ORDINAL, "Informativeness")),
    ("dices350", "alpha", ".160860", lambda: alphas("dices350", NOMINAL)),
    ("dices350", "alpha, item bootstrap", ".139 .183", lambda: drawn("dices350", NOMINAL)),
    ("dices350", "Fleiss, AC1", ".160841 .415878", lambda: values(fleiss_kappa(patterns("dices350"), draws=0), gwet_ac1(patterns("dices350"), draws=0))),
    ("llmbar", "GPT-4/Vanilla, Natural", ".955 .93 .95 .505 .897709 .907803", vanilla),
]  # fmt: skip
# Where the specification allows more than half of the last digit.
LOOSER = {"alpha, item bootstrap": 0.005, "Informativeness, bootstrap": 0.005, "Dawid-Skene": 0.001}


def tolerance(statistic: str, text: str) -> float:
    """Half of the last digit that is written, or what rounding leaves of a whole number."""
    digits = len(text.partition(".")[2])
    return LOOSER.get(statistic, 0.5001 * 10.0**-digits if digits else 1e-9)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}, {row[1]}" for row in ROWS])
def test_the_kernels_say_what_section_9_says(row: Row) -> None:
    _package, statistic, expected, kernels = row
    found = kernels()
    for value, text in zip(found, expected.split(), strict=True):
        assert value == pytest.approx(float(text), abs=tolerance(statistic, text)), found
