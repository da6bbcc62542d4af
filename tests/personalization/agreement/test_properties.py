"""What must hold for any labels (agreement.md, end of section 9)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.agreement.arrays import IntArray
from personalization.agreement.ceilings.alternative import alternative_test
from personalization.agreement.ceilings.contests import contests
from personalization.agreement.ceilings.others import plurality_of_others, share_of_others
from personalization.agreement.coefficients.brennan_prediger import brennan_prediger
from personalization.agreement.coefficients.cohen import cohen_kappa, kappas
from personalization.agreement.coefficients.fleiss import fleiss_kappa, fleiss_kappa_pooled
from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2
from personalization.agreement.coefficients.krippendorff import alpha, alpha_long
from personalization.agreement.coefficients.rater_pairs import pair_tables
from personalization.agreement.coefficients.raw import raw_agreement, raw_agreement_micro
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.distributions.divergence import tvd, tvd_of_values
from personalization.agreement.distributions.entropy import mean_entropy
from personalization.agreement.distributions.pairs import paired
from personalization.agreement.estimate import Estimate, Level, Reason
from personalization.agreement.judges.accuracy import NOT_ASKED, accuracy_shared
from personalization.agreement.judges.judge_agreement import judge_agreement
from personalization.agreement.patterns import Patterns, collapse, histogram
from tests.personalization.agreement.labels import (
    FEW,
    N_ITEMS,
    N_RATERS,
    N_VALUES,
    SCORES,
    Panel,
    by_rater,
    consensus,
    everything,
    judged,
    judged_in_order,
    nominal,
    ordered,
    panels,
)

PROFILE = settings(deadline=None, max_examples=20, derandomize=True)
FEWER = settings(PROFILE, max_examples=10)


def same(left: list[Estimate], right: list[Estimate]) -> None:
    for one, other in zip(left, right, strict=True):
        assert one.reason == other.reason
        assert one.value == (None if other.value is None else pytest.approx(other.value, abs=1e-9))


@PROFILE
@given(panels())
def test_a_value_or_a_reason(panel: Panel) -> None:
    for found in everything(panel):
        assert (found.value is None) == (found.reason is not None)
        assert found.value is None or np.isfinite(found.value)
    for found in [*nominal(panel), *ordered(panel)[:4], *judged(panel)]:
        assert found.value is None or found.value <= max(1, np.log(N_VALUES)) + 1e-12


@FEWER
@given(panels(), st.randoms(use_true_random=False))
def test_shuffled_rows_change_nothing_not_even_an_interval(panel: Panel, random: object) -> None:
    order = np.arange(len(panel.item))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = panel.shuffled(order)
    for numbers in (nominal, ordered, judged, judged_in_order):
        assert numbers(panel, 20) == numbers(shuffled, 20)
    same(everything(panel), everything(shuffled))
    np.testing.assert_allclose(consensus(panel), consensus(shuffled), atol=1e-9)


@FEWER
@given(panels(), st.permutations(range(N_RATERS)))
def test_renamed_raters_change_nothing(panel: Panel, names: list[int]) -> None:
    same(everything(panel), everything(panel.renamed(names)))
    np.testing.assert_allclose(consensus(panel), consensus(panel.renamed(names)), atol=1e-9)


@FEWER
@given(panels(), st.permutations(range(N_ITEMS)))
def test_renamed_items_change_nothing(panel: Panel, names: list[int]) -> None:
    places = np.array(names)
    judge = np.empty_like(panel.judge)
    judge[places] = panel.judge
    same(everything(panel), everything(replace(panel, item=places[panel.item], judge=judge)))


@FEWER
@given(panels(), st.permutations(range(N_VALUES)))
def test_permuted_nominal_options_change_nothing(panel: Panel, names: list[int]) -> None:
    permuted = panel.valued(names)
    same(nominal(panel), nominal(permuted))
    same(judged(panel), judged(permuted))
    same(list(by_rater(panel)), list(by_rater(permuted)))
    moved = np.array(consensus(permuted))[names]
    np.testing.assert_allclose(consensus(panel), moved, atol=1e-9)


@FEWER
@given(panels())
def test_reversed_ordered_options_change_nothing_but_the_sign_of_bias(panel: Panel) -> None:
    backwards = panel.valued(list(range(N_VALUES))[::-1])
    *numbers, bias = judged_in_order(panel)
    *others, opposite = judged_in_order(backwards)
    same(
        nominal(panel) + ordered(panel) + numbers, nominal(backwards) + ordered(backwards) + others
    )
    assert bias.reason == opposite.reason
    if bias.value is not None and opposite.value is not None:
        assert bias.value == pytest.approx(-opposite.value, abs=1e-9)


@PROFILE
@given(panels())
def test_every_item_twice_keeps_all_but_alpha(panel: Panel) -> None:
    """Raw agreement, AC, Fleiss, ceilings, and the judge's numbers; alpha corrects for few ratings."""
    twice = panel.twice()
    same(nominal(panel)[1:], nominal(twice)[1:])
    same(ordered(panel)[2:], ordered(twice)[2:])
    same(judged(panel) + judged_in_order(panel), judged(twice) + judged_in_order(twice))


@PROFILE
@given(panels())
def test_equal_labels_agree_fully_or_have_no_coefficient(panel: Panel) -> None:
    panel = replace(panel, value=0 * panel.value)
    patterns = panel.patterns
    if not patterns.rated(at_least=2).items.any():
        return
    for statistic in (raw_agreement, raw_agreement_micro, gwet_ac1, gwet_ac2, brennan_prediger):
        assert statistic(patterns, draws=0).value == 1
    assert mean_entropy(patterns, draws=0).value == 0
    for level in Level:
        assert alpha(patterns, level, draws=0).reason is Reason.NO_VARIATION
    for kappa in (fleiss_kappa, fleiss_kappa_pooled):
        assert kappa(patterns, draws=0).reason is Reason.NO_VARIATION
    tables = pair_tables(panel.item, panel.rater, panel.value, N_VALUES).tables()
    assert all(cohen_kappa(table).reason is Reason.NO_VARIATION for table in tables)


@PROFILE
@given(panels())
def test_ordinal_and_interval_alpha_are_the_long_form(panel: Panel) -> None:
    for level in (Level.ORDINAL, Level.INTERVAL):
        short = alpha(panel.patterns, level, draws=0)
        long = alpha_long(panel.item, panel.value.astype(np.float64), level, draws=0)
        assert short.reason == long.reason
        if short.value is not None:
            assert long.value == pytest.approx(short.value, abs=1e-12)


@PROFILE
@given(panels())
def test_ordinal_alpha_is_interval_alpha_of_mid_ranks(panel: Panel) -> None:
    pairable = np.bincount(panel.item, minlength=N_ITEMS)[panel.item] > 1
    item, value = panel.item[pairable], panel.value[pairable]
    number = np.bincount(value, minlength=N_VALUES)
    ranks = (number.cumsum() - number / 2)[value]
    ordinal = alpha(panel.patterns, Level.ORDINAL, draws=0)
    on_ranks = alpha_long(item, ranks, Level.INTERVAL, draws=0)
    assert (ordinal.value is None) == (on_ranks.value is None)
    if ordinal.value is not None:
        assert on_ranks.value == pytest.approx(ordinal.value, abs=1e-12)


@PROFILE
@given(panels())
def test_a_point_mass_is_as_far_as_people_disagree_with_it(panel: Panel) -> None:
    agreement = judge_agreement(panel.hist, panel.judge, draws=0).valid_only
    distance = tvd_of_values(panel.hist, panel.judge, draws=0)
    points = np.where(panel.judge[:, None] >= 0, np.eye(N_VALUES)[panel.judge], np.nan)
    spread = tvd(paired(panel.hist, points), draws=0)
    assert (agreement.value is None) == (distance.value is None) == (spread.value is None)
    if agreement.value is not None:
        assert distance.value == pytest.approx(1 - agreement.value, abs=1e-12)
        assert spread.value == pytest.approx(1 - agreement.value, abs=1e-12)


def without(panel: Panel, rater: int) -> tuple[IntArray, IntArray]:
    """Return the counts of the others, and what the rater said (NOT_ASKED elsewhere)."""
    mine = panel.rater == rater
    said = np.full(N_ITEMS, NOT_ASKED)
    said[panel.item[mine]] = panel.value[mine]
    return histogram(panel.item[~mine], panel.value[~mine], N_ITEMS, N_VALUES), said


@PROFILE
@given(panels(), st.integers(0, N_RATERS - 1))
def test_a_judge_who_copies_a_rater_scores_what_he_scores(panel: Panel, rater: int) -> None:
    """Against the others: as a rater left out (ceilings), as a judge (accuracy), in every contest."""
    others, said = without(panel, rater)
    rows = np.flatnonzero((said >= 0) & (others.sum(axis=1) > 0))
    if not rows.size:
        return
    hist = panel.hist[rows]
    for scoring, as_judge in (
        (plurality_of_others(hist), accuracy_shared(others, said, draws=0)),
        (share_of_others(hist), judge_agreement(others, said, draws=0)),
    ):
        credit = scoring(np.arange(len(rows)), said[rows], said[rows])
        assert as_judge.valid_only.value == pytest.approx(credit.mean(), abs=1e-12)
    for scores in (None, SCORES):
        found = contests(panel.item, panel.rater, panel.value, panel.hist, said, scores)
        assert not found.only(np.array([rater])).closer.any()
        humans = alternative_test(found, 0.15, minimums=FEW, draws=0).humans
        assert (humans.advantage[humans.rater == rater] == 1).all()


@PROFILE
@given(panels())
def test_pair_kappas_are_at_most_1_and_symmetric(panel: Panel) -> None:
    pairs = pair_tables(panel.item, panel.rater, panel.value, N_VALUES)
    for weights in Weights:
        found = pairs.kappas(weights)
        assert (found[~np.isnan(found)] <= 1).all()
        swapped = kappas(pairs.tables().transpose(0, 2, 1), weights)
        np.testing.assert_allclose(found, swapped, atol=1e-12)


@PROFILE
@given(panels(), st.lists(st.integers(-1, 5), min_size=N_ITEMS, max_size=N_ITEMS))
def test_owners_do_not_move_the_value(panel: Panel, owners: list[int]) -> None:
    owned = collapse(panel.hist, np.array(owners))
    plain = panel.patterns
    assert isinstance(plain, Patterns)
    for statistic in (raw_agreement, fleiss_kappa, gwet_ac1, brennan_prediger):
        same([statistic(plain, draws=0)], [statistic(owned, draws=0)])
    for level in Level:
        same([alpha(plain, level, draws=0)], [alpha(owned, level, draws=0)])
