"""Bradley-Terry, Dawid-Skene, PPI++ and Rogan-Gladen on the label packages, by their kernels."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimation.bradley_terry import bradley_terry, log_strengths
from personalization.agreement.estimation.comparisons import Comparisons, win_matrix
from personalization.agreement.estimation.dawid_skene import dawid_skene
from personalization.agreement.estimation.ppi import looks_selected, ppi_mean
from personalization.agreement.estimation.rogan_gladen import (
    Calibration,
    rogan_gladen,
    rogan_gladen_of,
)
from personalization.agreement.judges.accuracy import majority
from personalization.agreement.judges.votes import votes_for_first
from personalization.agreement.patterns import histogram
from tests.validation.packages import exactly, expected, near, package

TIE, FIRST, SECOND = range(3)
LABELLED = 200


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def known() -> Any:  # noqa: ANN401 - JSON
    return expected("pandalm")


@pytest.fixture(scope="module")
def hist() -> IntArray:
    """Labels per item and value, items by their number."""
    human = rows(package("pandalm") / "human.csv")
    item = np.array([int(row["item_id"]) for row in human])
    place = np.unique(item, return_inverse=True)[1]
    return histogram(place, np.array([int(row["value"]) for row in human]), 999, 3)


@pytest.fixture(scope="module")
def comparisons(hist: IntArray) -> Comparisons:
    """What people said of which two models, the models in alphabetical order."""
    lines = (package("pandalm") / "items.jsonl").read_text().splitlines()
    items = sorted((json.loads(line) for line in lines), key=lambda one: int(one["item_id"]))
    names = [[one["model_1"], one["model_2"]] for one in items]
    systems = np.unique(names, return_inverse=True)[1].reshape(-1, 2)
    won = votes_for_first(hist, (FIRST, SECOND))
    return Comparisons(systems[:, 0], systems[:, 1], won, hist.sum(axis=1))


@pytest.fixture(scope="module")
def sample(hist: IntArray) -> tuple[FloatArray, FloatArray]:
    """Whether "response 1" has the majority, of the first 200 items; whether pandalm-7b says it."""
    answers = [row for row in rows(package("pandalm") / "llm.csv") if row["judge"] == "pandalm-7b"]
    answers.sort(key=lambda row: int(row["item_id"]))
    score = np.array([float(row["value"] == "1") for row in answers])
    truth = np.where(np.arange(999) < LABELLED, majority(hist) == FIRST, np.nan)
    return truth, score


def test_the_win_matrix(comparisons: Comparisons, known: Any) -> None:  # noqa: ANN401
    wins = win_matrix(comparisons, 5)
    assert wins.tolist() == known["bradley_terry_humans"]["win_matrix"]


def test_bradley_terry(comparisons: Comparisons, known: Any) -> None:  # noqa: ANN401
    """-.012843 -.554648 .695412 -.214321 .086400."""
    theta = known["bradley_terry_humans"]["theta"]
    found = bradley_terry(comparisons, 5, n_raters=3)
    assert [one.value for one in found.theta] == [exactly(one) for one in theta]
    assert log_strengths(win_matrix(comparisons, 5)) == pytest.approx(theta, abs=1e-9)
    assert [one.value for one in found.rank] == [3, 5, 1, 4, 2]
    for one in found.theta:
        assert one.value is not None
        assert one.low is not None
        assert one.high is not None
        # 999 items, each with two of five models: some .1 either way.
        assert one.low < one.value < one.high
        assert 0.1 < one.high - one.low < 0.4
    assert sum(one.n_items for one in found.theta) == 2 * 999


@pytest.mark.parametrize(
    ("lam", "name"), [(None, "ppi_lam_tuned"), (1.0, "ppi_lam_1")], ids=["tuned", "lam 1"]
)
def test_ppi(
    sample: tuple[FloatArray, FloatArray],
    known: Any,  # noqa: ANN401
    lam: float | None,
    name: str,
) -> None:
    """.414143 [.353393, .474893]; .428048 [.351947, .504148]; the truth of all is .422422."""
    found, figures = ppi_mean(*sample, lam=lam), known["bias_correction"][name]
    assert found.value == exactly(figures["est"])
    assert [found.low, found.high] == [exactly(one) for one in figures["ci"]]
    assert (found.n_items, found.n_ratings) == (999, LABELLED)


def test_the_owner_bootstrap_of_single_items_is_the_normal_interval(
    sample: tuple[FloatArray, FloatArray],
) -> None:
    """Each item an owner of its own: the ends are near the analytical ones."""
    by_owner, normal = ppi_mean(*sample, np.arange(999), draws=5000), ppi_mean(*sample)
    assert normal.low is not None
    assert normal.high is not None
    assert (by_owner.low, by_owner.high) == (near(normal.low), near(normal.high))


def test_the_first_items_do_not_look_selected(sample: tuple[FloatArray, FloatArray]) -> None:
    """Those of which the judge says "response 1" would."""
    truth, score = sample
    assert not looks_selected(truth, score)
    chosen = np.where((score == 1) & (np.arange(999) < LABELLED), truth, np.nan)
    assert looks_selected(chosen, score)


def test_rogan_gladen(sample: tuple[FloatArray, FloatArray], known: Any) -> None:  # noqa: ANN401
    """.450552 [.314645, .591869], from items and from their shares."""
    figures = known["bias_correction"]["rogan_gladen_pandalm"]
    shares = Calibration(
        figures["p"], 799, figures["q0"], figures["m0"], figures["q1"], figures["m1"]
    )
    for found in (rogan_gladen(*sample), rogan_gladen_of(shares)):
        assert found.value == exactly(figures["theta"])
        assert [found.low, found.high] == [exactly(one) for one in figures["ci"]]


def test_rogan_gladen_by_hand(known: Any) -> None:  # noqa: ANN401
    """p .4, n 1000, q0 .7, q1 .9, m 200 + 200: .166667 [.056351, .262733]."""
    figures = known["bias_correction"]["rogan_gladen_readme_example"]
    found = rogan_gladen_of(Calibration(p=0.4, n=1000, q0=0.7, m0=200, q1=0.9, m1=200))
    assert found.value == exactly(figures["theta"])
    assert [found.low, found.high] == [exactly(one) for one in figures["ci"]]


def test_dawid_skene() -> None:
    """cebab_aspects: class shares .0447 .4720 .4833, to .001; ten people, four on each item."""
    human = rows(package("cebab_aspects") / "human.csv")
    values = ["Negative", "Positive", "unknown"]
    item, rater = (
        np.unique([row[name] for row in human], return_inverse=True)[1]
        for name in ("item_id", "rater_id")
    )
    value = np.array([values.index(row["value"]) for row in human])
    found = dawid_skene(item, rater, value, n_items=1008, n_raters=10, n_values=3)
    shares = [one.value for one in found.shares]
    assert shares == pytest.approx([0.0447, 0.4720, 0.4833], abs=0.001)
    assert found.posteriors.mean(axis=0) == pytest.approx(shares, abs=1e-4)
    assert (found.shares[0].n_items, found.shares[0].n_ratings) == (1008, 4032)
    assert found.shares[0].n_raters == 10
