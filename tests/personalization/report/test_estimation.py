"""What the report estimates: strengths of systems, a consensus, corrected shares."""

from dataclasses import replace

import numpy as np
import pytest

from annotation.models import Question, Rater
from personalization.agreement.arrays import IntArray
from personalization.agreement.estimation.dawid_skene import dawid_skene
from personalization.agreement.estimation.ppi import ppi_mean
from personalization.agreement.estimation.rogan_gladen import rogan_gladen
from personalization.agreement.frames import Frame, JudgeAnswers, Labels, Orders, Sides
from personalization.agreement.patterns import histogram
from personalization.agreement.report import estimation
from personalization.agreement.report.estimation import add_estimation
from personalization.agreement.report.records import Collection, Record
from tests.personalization.report.studies import asked, every, numbers, rows

Key = tuple[str, str | None, str]
PERSON, POSITION = "person", "position"


def labels(values: IntArray) -> Labels:
    """Return a panel from (raters, items) values, -1 = not rated."""
    rater, item = np.nonzero(values >= 0)
    value = values[rater, item]
    counts = histogram(item, value, values.shape[1], 3)
    return Labels(item, rater, value, counts, np.arange(len(values)), {})


def frame(human: IntArray, *said: IntArray, kind: str = PERSON, **changes: object) -> Frame:
    """Return a question of three options with one panel, and judges 10, 11, ..."""
    n = human.shape[1]
    raters = {pk: Rater(kind=kind if pk < 10 else "judge", name=f"{pk}") for pk in range(12)}
    plain = Frame(
        question=Question(key="better", level="nominal", kind="choice"),
        options=["a", "b", "tie"],
        scores=None,
        item_ids=np.arange(n),
        owner=None,
        panels={"third_party": labels(human)},
        judges=[JudgeAnswers(10 + at, value, {}) for at, value in enumerate(said)],
        accepted=None,
        raters=raters,
        candidates=(0, 1),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def systems(first: IntArray, second: IntArray, *names: str) -> Sides:
    unknown = np.full(len(first), -1)
    return Sides(list(names), first, second, [], unknown, unknown)


def found(given: Frame) -> dict[Key, Record]:
    out = Collection("better", "stamp", [])
    add_estimation(out, given)
    records = {(one.panel, one.against, one.statistic): one for one in out.records}
    assert len(records) == len(out.records)
    return records


def votes(seed: int, n: int, raters: int = 3) -> IntArray:
    return np.random.default_rng(seed).choice(3, (raters, n), p=[0.55, 0.35, 0.1])


def test_systems_of_people_and_of_each_judge() -> None:
    """Of two systems theta is half the log odds of wins, ties half: 30 of 40 and 10 of 40."""
    human = np.tile([0, 0, 0, 1], (2, 10))
    judge = np.tile([1, 2, 1, 1], 10)
    side = systems(np.zeros(40, int), np.ones(40, int), "old", "new")
    records = found(frame(human, judge, sides=side))
    old = records["third_party", None, "bradley_terry@old"]
    assert old.value == pytest.approx(np.log(3) / 2)
    assert (old.n_items, old.n_ratings, old.n_raters) == (40, 80, 2)
    assert old.method == "item bootstrap, B=1000"
    by_judge = records["judge:10", None, "bradley_terry@old"]
    assert by_judge.value == pytest.approx(np.log(5 / 35) / 2)
    assert (by_judge.n_ratings, by_judge.n_raters) == (40, 1)
    rank = "bradley_terry_rank"
    assert records["third_party", None, f"{rank}@old"].value == 1
    assert records["judge:10", None, f"{rank}@old"].value == 2


def test_inconsistent_and_absent_verdicts_are_no_ties() -> None:
    """Only what the judge settled counts: 12 items, 3 of 4 won."""
    judge = np.full(40, -1)
    judge[:12], judge[30:] = np.tile([0, 0, 0, 1], 3), -2
    side = systems(np.zeros(40, int), np.ones(40, int), "old", "new")
    one = found(frame(votes(0, 40), judge, sides=side))["judge:10", None, "bradley_terry@old"]
    assert one.value == pytest.approx(np.log(3) / 2)
    assert one.n_items == 12


def test_two_orders_that_differ_are_left_out() -> None:
    """4.12: half a win each would pull 3 of 4 towards even; the same rule as of the correlations."""
    value = np.where(np.arange(40) < 12, np.tile([0, 0, 0, 1], 10), -1)
    differ = np.arange(12, 40)
    orders = Orders(differ, np.zeros(28, int), np.ones(28, int))
    given = frame(votes(0, 40), sides=systems(np.zeros(40, int), np.ones(40, int), "old", "new"))
    judge = JudgeAnswers(10, value, {}, orders)
    one = found(replace(given, judges=[judge]))["judge:10", None, "bradley_terry@old"]
    assert one.value == pytest.approx(np.log(3) / 2)
    assert one.n_items == 12


def test_systems_that_never_lose_have_no_strength() -> None:
    human = np.zeros((2, 20), int)
    side = systems(np.zeros(20, int), np.ones(20, int), "old", "new")
    one = found(frame(human, sides=side))["third_party", None, "bradley_terry@new"]
    assert (one.value, one.reason) == (None, "disconnected")


def test_a_system_in_few_pairs_is_not_shown() -> None:
    """The third system stands in 8 pairs; the other two are shown, the fit has all three."""
    first, second = np.zeros(48, int), np.ones(48, int)
    second[:8] = 2
    records = found(frame(votes(1, 48), sides=systems(first, second, "x", "y", "z")))
    z = records["third_party", None, "bradley_terry@z"]
    assert (z.value, z.reason, z.n_items) == (None, "too_few_items", 8)
    assert records["third_party", None, "bradley_terry@y"].value is not None


def test_no_systems_in_questions_that_compare_nothing() -> None:
    side = systems(np.zeros(40, int), np.ones(40, int), "old", "new")
    asks_who = Question(key="who", level="nominal", kind="recognition")
    for given in (
        frame(votes(0, 40)),
        frame(votes(0, 40), sides=side, question=asks_who),
        frame(votes(0, 40), sides=side, candidates=None),
    ):
        assert not [key for key in found(given) if key[2].startswith("bradley_terry")]


def test_the_consensus_is_of_people_alone() -> None:
    """The same with and without a judge (C6), and each judge is measured against it."""
    human, judge = votes(2, 60, raters=4), votes(3, 60, raters=1)[0]
    alone, beside = found(frame(human)), found(frame(human, judge))
    kernel = dawid_skene(
        *(getattr(labels(human), name) for name in ("item", "rater", "value")),
        n_items=60, n_raters=4, n_values=3,
    )  # fmt: skip
    for code, option in enumerate(["a", "b", "tie"]):
        key = ("third_party", None, f"dawid_skene_share@{option}")
        assert alone[key] == beside[key]
        assert alone[key].value == kernel.shares[code].value
    accuracy = beside["judge:10", "third_party", "accuracy_dawid_skene_valid"]
    labelled = kernel.labels >= 0
    assert accuracy.value == pytest.approx((judge == kernel.labels)[labelled].mean())


def test_unreadable_answers_against_the_consensus() -> None:
    """Right on 30 of 40, unreadable on 10: 1 of the readable, .75 of all."""
    human = np.tile([0, 1], (3, 20))
    judge = np.where(np.arange(40) < 10, -1, human[0])
    records = found(frame(human, judge))
    assert records["judge:10", "third_party", "accuracy_dawid_skene_valid"].value == 1
    assert records["judge:10", "third_party", "accuracy_dawid_skene_all"].value == 0.75


@pytest.mark.parametrize(
    "given",
    [
        frame(votes(2, 60), kind=POSITION),
        frame(votes(2, 60, raters=1)),
        frame(votes(2, 60), options=["a", "b", "tie", *"cdefgh"]),
        replace(
            frame(votes(2, 60)), panels={"first_person": frame(votes(2, 60)).panels["third_party"]}
        ),
    ],
    ids=["positions are no people", "one rater", "many options", "owners"],
)
def test_where_there_is_no_consensus(given: Frame) -> None:
    assert not [key for key in found(given) if "dawid_skene" in key[2]]


def test_no_consensus_of_very_many_ratings(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would cost more than all the rest; the bound is in docs/statistics.md."""
    monkeypatch.setattr(estimation, "MOST_RATINGS", 179)
    assert not [key for key in found(frame(votes(2, 60))) if "dawid_skene" in key[2]]


def part(n: int = 400, labelled: int = 100) -> tuple[IntArray, IntArray]:
    """Return three people's answers on the first items, and a judge's on all, .8 right."""
    rng = np.random.default_rng(4)
    truth = rng.choice(3, n, p=[0.5, 0.4, 0.1])
    said = np.where(rng.random(n) < 0.8, truth, rng.choice(3, n))
    human = np.where(np.arange(n) < labelled, np.stack([truth, truth, rng.choice(3, n)]), -1)
    return human, said


def test_corrected_shares() -> None:
    """Of each option, from people's majority on 100 items and the judge on 400."""
    human, said = part()
    records = found(frame(human, said))
    majority = human[0]  # two of three always agree here
    for code, option in enumerate(["a", "b", "tie"]):
        truth = np.where(np.arange(400) < 100, majority == code, np.nan)
        score = (said == code) * 1.0
        for statistic, kernel in {
            "ppi_share": ppi_mean,
            "rogan_gladen_share": rogan_gladen,
        }.items():
            one = records["judge:10", "third_party", f"{statistic}@{option}"]
            expected = kernel(truth, score)
            assert (one.value, one.low, one.high) == (expected.value, expected.low, expected.high)
            assert (one.n_items, one.n_ratings, one.n_raters) == (400, 300, 3)


def test_no_majority_and_no_readable_verdict_are_answers() -> None:
    """Both stay in: neither option's share counts such an item, and none is left out."""
    human, said = part()
    human[:, :10] = np.array([0, 1, 2])[:, None]
    said[200:220] = -1
    records = found(frame(human, said))
    one = records["judge:10", "third_party", "ppi_share@a"]
    truth = np.where(np.arange(400) < 100, (human[0] == 0) & (np.arange(400) >= 10), np.nan)
    assert one.value == pytest.approx(ppi_mean(truth, (said == 0) * 1.0).value)
    assert one.n_items == 400


def test_items_the_judge_was_not_asked_about_do_not_count() -> None:
    human, said = part()
    said[350:], said[:20] = -2, -2
    one = found(frame(human, said))["judge:10", "third_party", "ppi_share@a"]
    assert (one.n_items, one.n_ratings) == (330, 240)


@pytest.mark.parametrize("labelled", [400, 0])
def test_where_people_answered_all_or_nothing_there_is_nothing_to_correct(labelled: int) -> None:
    human, said = part(labelled=labelled)
    assert not [key for key in found(frame(human, said)) if "_share@" in key[2] and key[1]]


@pytest.mark.parametrize("labelled", [9, 391])
def test_few_items_on_one_side_are_too_few(labelled: int) -> None:
    human, said = part(labelled=labelled)
    for statistic in ("ppi_share@a", "rogan_gladen_share@a"):
        one = found(frame(human, said))["judge:10", "third_party", statistic]
        assert (one.value, one.reason) == (None, "too_few_items")


def test_a_selected_sample_has_no_ppi() -> None:
    """People answered what the judge calls a; its errors are known all the same."""
    human, said = part()
    chosen = np.argsort(said != 0, kind="stable")
    selected = frame(human[:, np.argsort(chosen)], said)
    one = found(selected)["judge:10", "third_party", "ppi_share@a"]
    assert (one.value, one.reason) == (None, "selected_sample")


def test_a_judge_no_better_than_chance_corrects_nothing() -> None:
    """It says the same everywhere: q0 + q1 = 1; PPI falls back on the people's own share."""
    human, _said = part()
    records = found(frame(human, np.zeros(400, int)))
    one = records["judge:10", "third_party", "rogan_gladen_share@a"]
    assert (one.value, one.reason) == (None, "judge_not_better_than_chance")
    mean = records["judge:10", "third_party", "ppi_share@a"].value
    assert mean == pytest.approx((human[0, :100] == 0).mean())


def test_scales_have_no_corrected_shares() -> None:
    human, said = part()
    scale = Question(key="stars", level="ordinal", kind="rating")
    given = frame(human, said, question=scale, candidates=None)
    assert not [key for key in found(given) if "_share@" in key[2] and key[1]]


@pytest.mark.django_db
def test_imported_answers_have_them_too() -> None:
    """People on 24 items, a judge on 60: consensus, and shares of all."""
    judge = rows(60, gpt=lambda item: every(2)(item) if item % 10 else "no")
    question = asked(rows(24, ann=every(2), bob=every(2), cat=every(4)), judge)
    records = numbers(question)
    assert records["third_party", None, "dawid_skene_share@yes"].value == pytest.approx(
        0.5, abs=0.1
    )
    assert records["judge:gpt", "third_party", "accuracy_dawid_skene_valid"].n_items == 24
    share = records["judge:gpt", "third_party", "ppi_share@yes"]
    assert share.value == pytest.approx(0.5, abs=0.1)
    assert (share.n_items, share.n_ratings, share.n_raters) == (60, 72, 3)
