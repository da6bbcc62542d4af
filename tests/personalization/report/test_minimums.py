"""A changed minimum reaches every section of the report that shows by one."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache, partial

import numpy as np
import pytest

from annotation.models import Question, Rater
from personalization.agreement.arrays import IntArray
from personalization.agreement.frames import Frame, JudgeAnswers, Labels, Sides
from personalization.agreement.frames.data import Repeats
from personalization.agreement.minimums import Minimums, applied
from personalization.agreement.patterns import histogram
from personalization.agreement.report import panels
from personalization.agreement.report.against import add_third_party_against_owner
from personalization.agreement.report.alternative import add_alternative
from personalization.agreement.report.ceilings import add_ceilings
from personalization.agreement.report.certainty import add_certainty, curves
from personalization.agreement.report.distributions import add_distributions
from personalization.agreement.report.estimation import add_estimation
from personalization.agreement.report.judges import add_judge, add_judge_pairs
from personalization.agreement.report.people import add_panel
from personalization.agreement.report.records import Collection, Record
from personalization.agreement.report.scales import add_scales
from personalization.agreement.report.self_preference import add_self_preference
from personalization.agreement.report.strata import add_strata
from personalization.agreement.report.systems import add_systems
from tests.personalization.report.studies import asked, every, rows

N, OWNERS = 120, 12
PERSON, JUDGE, OTHER = range(30), 90, 91
Section = Callable[[Collection, Frame], None]


def panel(value: IntArray, raters: IntArray, repeats: Repeats | None = None) -> Labels:
    """Return a panel from (R, N) values, -1 = not rated; raters: their ids."""
    rater, item = np.nonzero(value >= 0)
    given = value[rater, item]
    counts = histogram(item, given, N, 3)
    return Labels(item, rater, given, counts, raters, {}, repeats=repeats)


def mostly(truth: IntArray, right: float, seed: int) -> IntArray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(N) < right, truth, rng.integers(0, 3, N))


@cache
def frame(n_raters: int = 6, *, ordinal: bool = False, part: bool = False) -> Frame:
    """Return pairs by three systems: strangers, owners who answered twice, two judges.

    part: strangers answered three items of four.
    """
    rng = np.random.default_rng(1)
    truth = rng.choice(3, N, p=[0.5, 0.4, 0.1])
    strangers = np.stack([mostly(truth, 0.7, 10 + rater) for rater in range(n_raters)])
    if part:
        strangers[:, rng.random(N) < 0.25] = -1
    owner = np.arange(N) % OWNERS
    own = np.where(owner == np.arange(OWNERS)[:, None], mostly(truth, 0.9, 5), -1)
    again = Repeats(np.arange(N), owner, own.max(axis=0), mostly(truth, 0.9, 6))
    shares = rng.dirichlet([2, 2, 1], N)
    certain = JudgeAnswers(
        JUDGE, mostly(truth, 0.6, 7), {}, certainty=rng.choice([50, 70, 90], N), family=0
    )
    first, second = np.arange(N) % 3, (np.arange(N) + 1) % 3
    return Frame(
        question=Question(
            key="better",
            level="ordinal" if ordinal else "nominal",
            kind="rating" if ordinal else "choice",
        ),
        options=["a", "b", "tie"],
        scores=np.array([1.0, 2.0, 3.0]) if ordinal else None,
        item_ids=np.arange(N),
        owner=owner,
        panels={
            "first_person": panel(own, np.arange(OWNERS), again),
            "third_party": panel(strangers, np.arange(n_raters)),
        },
        judges=[certain, JudgeAnswers(OTHER, mostly(truth, 0.5, 8), {}, shares=shares, family=1)],
        accepted=np.eye(3, dtype=bool)[truth],
        raters={
            **{pk: Rater(kind="person", name=f"r{pk}") for pk in PERSON},
            **{pk: Rater(kind="judge", name=name) for pk, name in ((JUDGE, "j"), (OTHER, "k"))},
        },
        candidates=None if ordinal else (0, 1),
        sides=Sides(["x", "y", "z"], first, second, ["f", "g", "h"], first, second),
    )


def section_of_judge(out: Collection, given: Frame) -> None:
    add_judge(out, given, given.judges[0])


def found(section: Section, given: Frame) -> dict[tuple[str, str | None, str], Record]:
    out = Collection("better", "stamp", [])
    section(out, given)
    return {(one.panel, one.against, one.statistic): one for one in out.records}


add_strangers, add_owners = (
    partial(add_panel, role=role) for role in ("third_party", "first_person")
)
MANY = partial(frame, 20)
SCALE = partial(frame, ordinal=True)
PART = partial(frame, part=True)
THIRD, J, K = "third_party", "judge:j", "judge:k"
# A minimum, a section that shows by it, its data, and a number below the changed minimum.
NUMBERS = [
    ("coefficient_items", add_strangers, frame, (THIRD, None, "krippendorff_alpha")),
    ("coefficient_items", add_third_party_against_owner, frame,
     (THIRD, "first_person", "accuracy_valid")),
    ("coefficient_items", section_of_judge, frame, (J, THIRD, "accuracy_valid")),
    ("coefficient_items", add_ceilings, frame, (J, THIRD, "ceiling_plurality_human")),
    ("coefficient_items", add_ceilings, frame, ("first_person", None, "self_agreement")),
    ("coefficient_items", add_distributions, frame, (THIRD, None, "entropy_nats")),
    ("coefficient_items", add_certainty, frame, (J, THIRD, "auroc")),
    ("coefficient_items", add_scales, SCALE, (J, THIRD, "mae")),
    ("coefficient_items", add_strata, frame, (THIRD, None, "krippendorff_alpha@distinct_2")),
    ("coefficient_items", add_self_preference, frame, (J, THIRD, "self_preference_excess")),
    ("coefficient_items", add_estimation, frame, (THIRD, None, "bradley_terry@x")),
    ("coefficient_items", add_estimation, frame, (THIRD, None, "dawid_skene_share@a")),
    ("coefficient_items", add_estimation, PART, (J, THIRD, "ppi_share@a")),
    ("pair_items", add_strangers, frame, ("rater:r0", "rater:r1", "cohen_kappa")),
    ("pair_items", add_strangers, frame, (THIRD, None, "cohen_kappa_pair_mean")),
    ("pair_items", section_of_judge, frame, (J, "rater:r1", "raw_agreement")),
    ("pair_items", section_of_judge, frame, (J, THIRD, "cohen_kappa_rater_mean")),
    ("pair_items", add_judge_pairs, frame, (J, K, "cohen_kappa")),
    ("threshold_answers", add_certainty, frame, (J, THIRD, "agreement@90")),
    ("calibration_answers", add_certainty, frame, (J, "reference", "ece_recalibrated")),
    ("divergence_ratings", add_distributions, MANY, (K, THIRD, "js_bits")),
    ("smoothed_ratings", add_distributions, MANY, (K, THIRD, "kl_smoothed")),
    ("entropy_ratings", add_distributions, MANY, (K, THIRD, "entropy_correlation")),
    ("alternative_humans", add_alternative, frame, (J, THIRD, "alternative_test_omega")),
    ("alternative_ratings", add_alternative, frame, (J, THIRD, "alternative_test_omega")),
    ("alternative_items", add_alternative, frame, (J, THIRD, "alternative_test_omega")),
]  # fmt: skip
INTERVALS = [
    ("owners", add_strangers, frame, (THIRD, None, "krippendorff_alpha")),
    ("owners", add_systems, frame, (J, THIRD, "system_pearson")),
    ("owners", add_certainty, frame, (J, THIRD, "auroc")),
    ("interval_raters", add_strangers, frame, (THIRD, None, "krippendorff_alpha@raters")),
    ("interval_raters", add_strangers, frame, (THIRD, None, "raw_agreement@two_way")),
    ("interval_raters", section_of_judge, frame, (J, THIRD, "accuracy_valid@raters")),
]  # fmt: skip
Case = tuple[str, Section, Callable[[], Frame], tuple[str, str | None, str]]


@pytest.mark.parametrize("case", NUMBERS, ids=lambda case: f"{case[0]}: {case[3][2]}")
def test_below_it_there_is_no_number(case: Case) -> None:
    minimum, section, data, key = case
    assert found(section, data())[key].value is not None
    with applied(Minimums(**{minimum: 1000})):
        one = found(section, data())[key]
    assert one.value is None
    assert one.reason in ("too_few_items", "too_few_raters", "no_overlap", "not_recalibrated")


@pytest.mark.parametrize("case", INTERVALS, ids=lambda case: f"{case[0]}: {case[3][2]}")
def test_below_it_there_is_no_interval(case: Case) -> None:
    """The number stays; the method says what is missing."""
    minimum, section, data, key = case
    usual = found(section, data())[key]
    assert usual.low is not None
    with applied(Minimums(**{minimum: 1000})):
        one = found(section, data())[key]
    assert (one.value, one.low, one.high) == (usual.value, None, None)
    assert "of 1000" in str(one.method)


def test_a_lower_minimum_shows_more() -> None:
    """Nine items: nothing by the usual minimums, a coefficient from nine on."""
    given = frame()
    labels = given.panels[THIRD]
    few = panel(np.where(np.arange(N) < 9, labels.value.reshape(6, N), -1), labels.rater_ids)
    given = replace(given, panels={THIRD: few})
    key = (THIRD, None, "krippendorff_alpha")
    assert found(add_strangers, given)[key].reason == "too_few_items"
    with applied(Minimums(coefficient_items=9)):
        assert found(add_strangers, given)[key].value is not None


def test_every_minimum_is_among_them() -> None:
    assert {case[0] for case in [*NUMBERS, *INTERVALS]} == {one.name for one in fields(Minimums)}


def test_what_is_drawn_keeps_to_them() -> None:
    """The curve of coverage and the reliability diagram, as the numbers beside them."""
    out, given = Collection("better", "stamp", []), frame()
    usual = curves(out, given)[0]
    with applied(Minimums(threshold_answers=1000, calibration_answers=1000)):
        fewer = curves(out, given)[0]
    assert all(point.agreement is not None for point in usual.points)
    assert all(point.agreement is None for point in fewer.points)
    assert usual.recalibrated
    assert not fewer.recalibrated


def test_left_out_people_are_counted_by_the_minimum_in_force() -> None:
    """The method of the alternative annotator test names the items that a person needs."""
    with applied(Minimums(alternative_items=31)):
        one = found(add_alternative, frame())[J, THIRD, "alternative_test_omega"]
    assert str(one.method).endswith("0 left out below 31 items")


@pytest.mark.django_db
def test_the_setting_reaches_panels_from_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """`manage.py agreement --panels` computes no report."""
    question = asked(rows(12, ann=every(2), bob=every(3)))
    assert any(one.value is not None for one in panels.of_panels(question))
    monkeypatch.setattr(panels, "MINIMUMS", Minimums(coefficient_items=13))
    assert {one.reason for one in panels.of_panels(question)} == {"too_few_items"}
