"""What must hold for any labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.agreement.arrays import IntArray
from personalization.agreement.coefficients.brennan_prediger import brennan_prediger
from personalization.agreement.coefficients.cohen import cohen_kappa, kappas
from personalization.agreement.coefficients.fleiss import fleiss_kappa, fleiss_kappa_pooled
from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2
from personalization.agreement.coefficients.krippendorff import alpha, alpha_long
from personalization.agreement.coefficients.rater_pairs import pair_tables
from personalization.agreement.coefficients.raw import raw_agreement, raw_agreement_micro
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate, Level, Reason
from personalization.agreement.patterns import Patterns, collapse, histogram

N_VALUES = 4
PROFILE = settings(deadline=None, max_examples=60, derandomize=True)

Panel = tuple[IntArray, IntArray, IntArray]


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """item, rater and value of up to 12 items, each rated by some of 5 raters."""
    cells = st.tuples(st.integers(0, 11), st.integers(0, 4))
    rated = draw(st.lists(cells, min_size=1, max_size=40, unique=True))
    value = draw(st.lists(st.integers(0, N_VALUES - 1), min_size=len(rated), max_size=len(rated)))
    item, rater = np.array(rated).T
    return item, rater, np.array(value)


def patterns_of(panel: Panel) -> Patterns:
    item, _, value = panel
    return collapse(histogram(item, value, 12, N_VALUES))


def nominal(patterns: Patterns, draws: int = 0) -> list[Estimate]:
    return [
        raw_agreement(patterns, draws=draws),
        raw_agreement_micro(patterns, draws=draws),
        alpha(patterns, Level.NOMINAL, draws=draws),
        fleiss_kappa(patterns, draws=draws),
        fleiss_kappa_pooled(patterns, draws=draws),
        gwet_ac1(patterns, draws=draws),
        brennan_prediger(patterns, draws=draws),
    ]


def everything(patterns: Patterns, draws: int = 0) -> list[Estimate]:
    ranked = [alpha(patterns, level, draws=draws) for level in (Level.ORDINAL, Level.INTERVAL)]
    return [*nominal(patterns, draws), *ranked, gwet_ac2(patterns, draws=draws)]


def same(left: list[Estimate], right: list[Estimate]) -> None:
    for one, other in zip(left, right, strict=True):
        assert one.reason == other.reason
        assert one.value == (None if other.value is None else pytest.approx(other.value, abs=1e-9))


@PROFILE
@given(panels())
def test_a_value_or_a_reason(panel: Panel) -> None:
    for found in everything(patterns_of(panel)):
        assert (found.value is None) == (found.reason is not None)
        assert found.value is None or -1e9 < found.value <= 1 + 1e-12


@settings(PROFILE, max_examples=25)
@given(panels(), st.randoms(use_true_random=False))
def test_shuffled_rows_change_nothing_not_even_an_interval(panel: Panel, random: object) -> None:
    order = np.arange(len(panel[0]))
    random.shuffle(order)  # type: ignore[attr-defined]
    item, rater, value = panel
    shuffled = item[order], rater[order], value[order]
    assert everything(patterns_of(panel), 50) == everything(patterns_of(shuffled), 50)
    left, right = pair_tables(*panel, N_VALUES), pair_tables(*shuffled, N_VALUES)
    assert left.tables().tolist() == right.tables().tolist()


@PROFILE
@given(panels(), st.permutations(range(5)))
def test_renamed_raters_keep_their_kappas(panel: Panel, names: list[int]) -> None:
    item, rater, value = panel
    before = pair_tables(item, rater, value, N_VALUES).kappas()
    after = pair_tables(item, np.array(names)[rater], value, N_VALUES).kappas()
    np.testing.assert_allclose(np.sort(before), np.sort(after))


@PROFILE
@given(panels(), st.permutations(range(12)))
def test_renamed_items_change_nothing(panel: Panel, names: list[int]) -> None:
    item, rater, value = panel
    renamed = np.array(names)[item], rater, value
    same(everything(patterns_of(panel)), everything(patterns_of(renamed)))


@PROFILE
@given(panels(), st.permutations(range(N_VALUES)))
def test_permuted_nominal_options_change_nothing(panel: Panel, names: list[int]) -> None:
    item, rater, value = panel
    permuted = item, rater, np.array(names)[value]
    same(nominal(patterns_of(panel)), nominal(patterns_of(permuted)))


@PROFILE
@given(panels())
def test_reversed_ordered_options_change_nothing(panel: Panel) -> None:
    item, rater, value = panel
    reverse = item, rater, N_VALUES - 1 - value
    same(everything(patterns_of(panel)), everything(patterns_of(reverse)))


@PROFILE
@given(panels())
def test_every_item_twice_keeps_agreement_gwet_and_fleiss(panel: Panel) -> None:
    once = patterns_of(panel)
    twice = Patterns(once.counts, 2 * once.items)
    for statistic in (raw_agreement, raw_agreement_micro, fleiss_kappa, gwet_ac1, gwet_ac2):
        same([statistic(once, draws=0)], [statistic(twice, draws=0)])


@PROFILE
@given(panels())
def test_equal_labels_agree_fully_or_have_no_coefficient(panel: Panel) -> None:
    item, rater, value = panel
    patterns = patterns_of((item, rater, 0 * value))
    if not patterns.rated(at_least=2).items.any():
        return
    for statistic in (raw_agreement, raw_agreement_micro, gwet_ac1, gwet_ac2, brennan_prediger):
        assert statistic(patterns, draws=0).value == 1
    for level in Level:
        assert alpha(patterns, level, draws=0).reason is Reason.NO_VARIATION
    assert fleiss_kappa(patterns, draws=0).reason is Reason.NO_VARIATION
    tables = pair_tables(item, rater, 0 * value, N_VALUES).tables()
    assert all(cohen_kappa(table).reason is Reason.NO_VARIATION for table in tables)


@PROFILE
@given(panels())
def test_ordinal_and_interval_alpha_are_the_long_form(panel: Panel) -> None:
    item, _, value = panel
    for level in (Level.ORDINAL, Level.INTERVAL):
        short = alpha(patterns_of(panel), level, draws=0)
        long = alpha_long(item, value.astype(np.float64), level, draws=0)
        assert short.reason == long.reason
        if short.value is not None:
            assert long.value == pytest.approx(short.value, abs=1e-12)


@PROFILE
@given(panels())
def test_pair_kappas_are_at_most_1_and_symmetric(panel: Panel) -> None:
    tables = pair_tables(*panel, N_VALUES).tables()
    for weights in Weights:
        found = kappas(tables, weights)
        assert (found[~np.isnan(found)] <= 1).all()
        np.testing.assert_allclose(found, kappas(tables.transpose(0, 2, 1), weights))


@PROFILE
@given(panels(), st.lists(st.integers(-1, 5), min_size=12, max_size=12))
def test_owners_do_not_move_the_value(panel: Panel, owners: list[int]) -> None:
    item, _, value = panel
    owned = collapse(histogram(item, value, 12, N_VALUES), np.array(owners))
    same(everything(patterns_of(panel)), everything(owned))
