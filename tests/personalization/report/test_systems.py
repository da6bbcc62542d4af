"""What the report says of the systems that wrote the candidates."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from annotation.models import Question, Rater
from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.frames import Frame, JudgeAnswers, Labels, Orders, Sides
from personalization.agreement.patterns import histogram
from personalization.agreement.report.estimation import add_estimation
from personalization.agreement.report.records import Collection, Record
from personalization.agreement.report.systems import add_systems

STATISTICS = ("system_pearson", "system_spearman", "system_kendall_tau_b")
A, B = np.array(list(combinations(range(4), 2)) * 5).T


def frame(human: IntArray, judge: JudgeAnswers, n_systems: int = 4) -> Frame:
    """Return three options, a wins, b wins, tie: every system five times against every other.

    human: (raters, 30) values.
    """
    rater, item = (places.ravel() for places in np.indices(human.shape))
    value = human.ravel()
    counts = histogram(item, value, 30, 3)
    return Frame(
        question=Question(key="better", level="nominal", kind="choice"),
        options=["a", "b", "tie"],
        scores=None,
        item_ids=np.arange(30),
        owner=None,
        panels={"third_party": Labels(item, rater, value, counts, np.arange(len(human)), {})},
        judges=[judge],
        accepted=None,
        raters={pk: Rater(kind="person", name=f"rater-{pk}") for pk in range(10)},
        candidates=(0, 1),
        sides=Sides(
            [f"system-{code}" for code in range(4)],
            np.where(n_systems > A, A, -1),
            np.where(n_systems > B, B, -1),
            [],
            np.full(30, -1),
            np.full(30, -1),
        ),
    )


def people() -> IntArray:
    """Mostly the system with the higher number, sometimes a tie."""
    rng = np.random.default_rng(2)
    return rng.choice(3, (2, 30), p=[0.25, 0.5, 0.25])


def judge(
    value: IntArray, orders: Orders | None = None, score: FloatArray | None = None
) -> JudgeAnswers:
    return JudgeAnswers(9, value, {}, orders, score)


def found(given: Frame) -> dict[str, Record]:
    out = Collection("better", "stamp", [])
    add_systems(out, given)
    assert {(one.panel, one.against) for one in out.records} <= {("judge:rater-9", "third_party")}
    return {one.statistic: one for one in out.records}


def shares(credit_of_a: FloatArray) -> list[float]:
    return [
        float(np.mean([*credit_of_a[system == A], *(1 - credit_of_a[system == B])]))
        for system in range(4)
    ]


def test_win_shares_of_people_and_of_the_judge() -> None:
    """A tie is half a win; two people make a mean."""
    human, said = people(), np.random.default_rng(3).choice(3, 30)
    credit = np.array([1.0, 0.0, 0.5])
    by_people, by_judge = shares(credit[human].mean(axis=0)), shares(credit[said])
    records = found(frame(human, judge(said)))
    oracles = (stats.pearsonr, stats.spearmanr, stats.kendalltau)
    for statistic, oracle in zip(STATISTICS, oracles, strict=True):
        one = records[statistic]
        assert one.value == pytest.approx(oracle(by_people, by_judge)[0], abs=1e-9)
        assert (one.n_items, one.n_ratings, one.n_raters) == (4, 60, 2)


def test_two_orders_that_differ_are_left_out() -> None:
    """4.12: inconsistent is no tie; what is left is as if the judge had been asked no more."""
    human, said = people(), np.random.default_rng(3).choice(3, 30)
    taken, first, second = np.arange(0, 30, 3), np.zeros(10, int), np.ones(10, int)
    never, biased, fewer = said.copy(), said.copy(), said.copy()
    never[taken], biased[taken], fewer[taken] = 2, -1, -2
    one = found(frame(human, judge(biased, Orders(taken, first, second))))
    assert one == found(frame(human, judge(fewer)))
    tied = found(frame(human, judge(never)))["system_pearson"]
    assert one["system_pearson"].value != pytest.approx(tied.value)


def test_a_judge_that_takes_what_stands_first_ranks_nothing() -> None:
    first, second = np.zeros(30, int), np.ones(30, int)
    biased = judge(np.full(30, -1), Orders(np.arange(30), first, second))
    for one in found(frame(people(), biased)).values():
        assert (one.value, one.reason, one.n_items) == (None, "no_overlap", 0)


def test_strengths_and_correlations_read_the_same_verdicts() -> None:
    """The judge's Bradley-Terry items are those that the correlations are over: one rule."""
    taken, first, second = np.arange(0, 30, 3), np.zeros(10, int), np.ones(10, int)
    said = np.random.default_rng(3).choice(3, 30)
    said[taken] = -1
    given = frame(people(), judge(said, Orders(taken, first, second)))
    out = Collection("better", "stamp", [])
    add_estimation(out, given)
    in_pairs = [
        one.n_ratings
        for one in out.records
        if one.panel == "judge:rater-9" and one.statistic.startswith("bradley_terry@")
    ]
    # Two systems stand in each pair; two people rated each pair that the correlations are over.
    assert sum(in_pairs) / 2 == found(given)["system_pearson"].n_ratings / 2 == 20


def test_the_worse_one_loses() -> None:
    """Judge and people are asked which is worse: the same ranking, counted from below."""
    human, said = people(), np.random.default_rng(3).choice(3, 30)
    worse = Question(key="better", level="nominal", kind="choice", worse=True)
    asked_worse = replace(frame(human, judge(said)), question=worse)
    swapped = np.array([1, 0, 2])
    assert found(asked_worse) == found(frame(swapped[human], judge(swapped[said])))


def test_scales_between_two_candidates() -> None:
    """Options 1 to 3, middle 2: what lies below it is for the first; the judge's score decides."""
    human, said = people(), np.random.default_rng(3).choice(3, 30)
    nominal = found(frame(human, judge(said)))
    scale = np.array([0, 2, 1])
    on_scale = replace(
        frame(scale[human], judge(np.full(30, -1), score=1.0 + 0.9 * (scale[said] - 1) + 1)),
        question=Question(key="better", level="ordinal", kind="overall"),
        scores=np.array([1.0, 2.0, 3.0]),
        candidates=None,
    )
    for statistic, one in found(on_scale).items():
        assert one.value == pytest.approx(nominal[statistic].value), statistic


def test_two_systems_are_too_few() -> None:
    """They would correlate at 1 or -1 whatever people think; n stays to be seen."""
    for one in found(frame(people(), judge(people()[0]), n_systems=2)).values():
        assert (one.value, one.reason, one.n_items) == (None, "too_few_items", 2)


def test_questions_without_two_candidates() -> None:
    """No systems, or no preference between them: nothing is said."""
    given = frame(people(), judge(people()[0]))
    assert found(replace(given, sides=None)) == {}
    custom = Question(key="better", level="nominal", kind="custom")
    assert found(replace(given, candidates=None, question=custom)) == {}
    asks_who = Question(key="who", level="nominal", kind="recognition")
    assert found(replace(given, question=asks_who)) == {}
    rating = Question(key="good", level="ordinal", kind="rating")
    assert found(replace(given, candidates=None, question=rating)) == {}
