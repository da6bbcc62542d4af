"""Human and judge against the same others: by hand, rating by rating, and what must always hold."""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.ceilings.judged import collapse_judged
from personalization.agreement.ceilings.leave_one_out import (
    Ceiling,
    Ceilings,
    ceiling_plurality,
    ceiling_share,
    leave_one_out_error,
    leave_one_out_plurality,
    leave_one_out_share,
)
from personalization.agreement.ceilings.others import plurality_of_others, share_of_others, total
from personalization.agreement.coefficients.raw import raw_agreement
from personalization.agreement.estimate import Reason
from personalization.agreement.judges.accuracy import INVALID, NOT_ASKED
from personalization.agreement.judges.judge_agreement import judge_agreement_micro
from personalization.agreement.patterns import collapse
from tests.personalization.agreement.ceilings.rows import (
    Panel,
    distance,
    ends,
    panels,
    plurality_credit,
    share_credit,
    value,
    width,
)

CREDIT = {plurality_of_others: plurality_credit, share_of_others: share_credit}
PROFILE = settings(deadline=None, max_examples=50, derandomize=True)
# Unanimous, one against two, one against three, a tie of two, and one who is alone with the item.
HIST = np.array([[3, 0, 0], [2, 1, 0], [3, 1, 0], [2, 2, 0], [0, 0, 1]])
JUDGE = np.array([0, 1, 0, 2, 2])


def test_plurality_by_hand() -> None:
    """(3,0,0): 3 of 3, judge 3. (2,1,0): the two see a tie, 1/2 each, the third sees (2,0,0), 0;
    judge 1: 1/2, 1/2, 0. (3,1,0): 1 three times, 0; judge 0: 4. (2,2,0): each sees the other
    value ahead, 0; judge 2: 0. The item with one rating is left out: 14 ratings.
    """
    found = leave_one_out_plurality(collapse_judged(HIST, JUDGE), draws=0)
    human, judge = found.valid_only.human, found.valid_only.judge
    assert human.value == pytest.approx((3 + 1 + 3 + 0) / 14)
    assert judge.value == pytest.approx((3 + 1 + 4 + 0) / 14)
    assert (human.n_items, human.n_ratings, judge.n_items, judge.n_ratings) == (4, 14, 4, 14)


def test_share_by_hand() -> None:
    """Agreeing pairs over others: 3, 1, 2, 4/3 of 14; judge: n_ij = 3, 1, 3, 0 of 14."""
    found = leave_one_out_share(collapse_judged(HIST, JUDGE), draws=0)
    assert found.valid_only.human.value == pytest.approx((3 + 2 / 2 + 6 / 3 + 4 / 3) / 14)
    assert found.valid_only.judge.value == pytest.approx((3 + 1 + 3 + 0) / 14)


def test_a_tie_of_several_below_the_top() -> None:
    """(2,1,1): the two see three values tied, 1/3 each; the others see (2,1), 0; judge 2: 2/3."""
    found = leave_one_out_plurality(collapse_judged(np.array([[2, 1, 1]]), np.array([2])), draws=0)
    assert found.valid_only.human.value == pytest.approx(2 / 3 / 4)
    assert found.valid_only.judge.value == pytest.approx(2 / 3 / 4)


def test_error_by_hand() -> None:
    """(2,0,1) with scores 1, 2, 4: others' means 2.5, 2.5, 1; human 1.5, 1.5, 3; judge 2: .5, .5, 1."""
    judged = collapse_judged(np.array([[2, 0, 1]]), np.array([1]))
    scores = np.array([1.0, 2.0, 4.0])
    found = leave_one_out_error(judged, scores, draws=0)
    assert found.human.value == pytest.approx((1.5 + 1.5 + 3) / 3)
    assert found.judge.value == pytest.approx((0.5 + 0.5 + 1) / 3)


def test_invalid_is_left_out_or_wrong_on_the_same_rows() -> None:
    """The human's rows are the judge's, in both readings; what was not asked is in neither."""
    judge = np.array([0, INVALID, 0, NOT_ASKED, 2])
    found = leave_one_out_plurality(collapse_judged(HIST, judge), draws=0)
    valid, everything = found.valid_only, found.invalid_wrong
    assert found.n_invalid == 1
    assert (value(valid.human), value(valid.judge)) == pytest.approx((6 / 7, 7 / 7))
    assert (value(everything.human), value(everything.judge)) == pytest.approx((7 / 10, 7 / 10))
    for ceiling, n in ((valid, (2, 7)), (everything, (3, 10))):
        assert (ceiling.human.n_items, ceiling.human.n_ratings) == n
        assert (ceiling.judge.n_items, ceiling.judge.n_ratings) == n
    error = leave_one_out_error(collapse_judged(HIST, judge), draws=0)
    assert (error.human.n_ratings, error.judge.n_ratings) == (7, 7)


@pytest.mark.parametrize("ceiling", [leave_one_out_plurality, leave_one_out_share])
def test_undefined(ceiling: Callable[..., Ceilings]) -> None:
    nothing = ceiling(collapse_judged(HIST, np.full(5, NOT_ASKED)))
    assert (
        nothing.valid_only.human.reason is nothing.invalid_wrong.judge.reason is Reason.NO_OVERLAP
    )
    unreadable = ceiling(collapse_judged(HIST, np.full(5, INVALID)))
    assert unreadable.valid_only.human.reason is Reason.NO_VALID_VERDICT
    assert unreadable.valid_only.judge.reason is Reason.NO_VALID_VERDICT
    assert (unreadable.invalid_wrong.judge.value, unreadable.n_invalid) == (0, 4)
    alone = ceiling(collapse_judged(HIST[4:], JUDGE[4:]))
    assert alone.invalid_wrong.human.reason is Reason.NO_OVERLAP
    error = leave_one_out_error(collapse_judged(HIST, np.full(5, INVALID)))
    assert error.judge.reason is Reason.NO_VALID_VERDICT


def test_people_alone_undefined() -> None:
    for ceiling in (ceiling_plurality, ceiling_share):
        assert ceiling(collapse(HIST[4:])).reason is Reason.NO_OVERLAP
        assert ceiling(collapse(HIST[4:], n_raters=1)).reason is Reason.TOO_FEW_RATERS
        assert ceiling(collapse(HIST[:0])).reason is Reason.TOO_FEW_ITEMS


@PROFILE
@given(panels())
def test_one_rating_after_the_other(panel: Panel) -> None:
    """Patterns give what leaving out each rating in turn gives, for all three forms."""
    rows = panel.compared()
    judged = collapse_judged(panel.hist, panel.judge)
    found: list[tuple[Callable[[int, list[int]], float], Ceiling]] = [
        (plurality_credit, leave_one_out_plurality(judged, draws=0).valid_only),
        (share_credit, leave_one_out_share(judged, draws=0).valid_only),
        (distance, leave_one_out_error(judged, draws=0)),
    ]
    for credit, ceiling in found:
        if not rows:
            assert ceiling.human.value is None
            continue
        human = np.mean([credit(mine, others) for _who, mine, _judge, others in rows])
        judge = np.mean([credit(judge, others) for _who, _mine, judge, others in rows])
        assert ceiling.human.value == pytest.approx(human, abs=1e-12)
        assert ceiling.judge.value == pytest.approx(judge, abs=1e-12)
        assert ceiling.human.n_ratings == len(rows)


@PROFILE
@given(panels())
def test_without_a_judge_it_is_the_human_side(panel: Panel) -> None:
    """Where the judge answers everything, people alone reach what they reach beside it."""
    judged = collapse_judged(panel.hist, np.zeros(len(panel.judge), int))
    patterns = collapse(panel.hist)
    beside = leave_one_out_plurality(judged, draws=0).valid_only.human
    assert ceiling_plurality(patterns, draws=0).value == pytest.approx(beside.value, abs=1e-12)
    beside = leave_one_out_share(judged, draws=0).valid_only.human
    assert ceiling_share(patterns, draws=0).value == pytest.approx(beside.value, abs=1e-12)


@PROFILE
@given(panels())
def test_a_judge_equal_to_a_rater_scores_what_the_rater_scores(panel: Panel) -> None:
    """Against the others of each of the rater's ratings: exactly the rater's own credit."""
    counts = panel.hist[panel.item]
    others = counts.sum(axis=1) > 1
    for scoring in (plurality_of_others, share_of_others):
        for rater in set(panel.rater.tolist()):
            mine = others & (panel.rater == rater)
            judge = np.full(len(panel.judge), NOT_ASKED)
            judge[panel.item[mine]] = panel.value[mine]
            rows = Panel(panel.item, panel.rater, panel.value, judge).compared()
            own = [CREDIT[scoring](mine, rest) for who, mine, _judge, rest in rows if who == rater]
            answers = judge[panel.item[mine]]
            as_judge = scoring(counts)(np.flatnonzero(mine), panel.value[mine], answers)
            assert as_judge.tolist() == own


@PROFILE
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 4), min_size=1, max_size=9))
def test_with_three_humans_both_forms_coincide(items: list[tuple[int, int, int, int]]) -> None:
    """Of two others, an equal share each where they differ: human and judge."""
    people = np.array(items)[:, :3]
    hist = np.stack([np.bincount(row, minlength=4) for row in people])
    judged = collapse_judged(hist, np.array(items)[:, 3])
    plurality = leave_one_out_plurality(judged, draws=0).valid_only
    share = leave_one_out_share(judged, draws=0).valid_only
    assert value(plurality.human) == pytest.approx(value(share.human), abs=1e-12)
    assert value(plurality.judge) == pytest.approx(value(share.judge), abs=1e-12)


@PROFILE
@given(panels())
def test_the_judges_share_is_its_agreement_with_all(panel: Panel) -> None:
    """Over the ratings of an item, the share of the others is n_ij / m_i."""
    pairable = np.where(panel.hist.sum(axis=1) > 1, panel.judge, NOT_ASKED)
    found = leave_one_out_share(collapse_judged(panel.hist, panel.judge), draws=0)
    everybody = judge_agreement_micro(panel.hist, pairable, draws=0)
    for share, agreement in (
        (found.valid_only.judge, everybody.valid_only),
        (found.invalid_wrong.judge, everybody.invalid_wrong),
    ):
        assert (share.value is None) == (agreement.value is None)
        assert share.value is None or share.value == pytest.approx(agreement.value, abs=1e-12)


def test_with_equal_numbers_of_ratings_the_share_is_raw_agreement() -> None:
    """Every item weighs the same then; otherwise an item weighs its ratings."""
    patterns = collapse(np.random.default_rng(0).multinomial(4, [0.5, 0.3, 0.2], 50))
    agreement = raw_agreement(patterns, draws=0).value
    assert ceiling_share(patterns, draws=0).value == pytest.approx(agreement, abs=1e-12)
    ragged = collapse(HIST)
    assert ceiling_share(ragged, draws=0).value == pytest.approx((3 + 1 + 2 + 4 / 3) / 14)


@PROFILE
@given(panels(), st.permutations(range(4)), st.randoms(use_true_random=False))
def test_order_of_rows_and_names_of_options_change_nothing(
    panel: Panel, names: list[int], random: Random
) -> None:
    order = list(range(len(panel.item)))
    random.shuffle(order)
    named = np.array([*names, NOT_ASKED, INVALID])
    hist = Panel(panel.item[order], panel.rater[order], named[panel.value[order]], panel.judge).hist
    for ceiling in (leave_one_out_plurality, leave_one_out_share):
        before = ceiling(collapse_judged(panel.hist, panel.judge), draws=0).valid_only
        after = ceiling(collapse_judged(hist, named[panel.judge]), draws=0).valid_only
        for one, other in ((before.human, after.human), (before.judge, after.judge)):
            assert one.reason == other.reason
            assert one.value is None or one.value == pytest.approx(other.value, abs=1e-12)


def test_the_interval_draws_items_or_owners() -> None:
    """Items alone, or owners with all their items; the ends are those of a plain bootstrap."""
    rng = np.random.default_rng(3)
    owner = np.arange(240) // 8
    liked = rng.random(30)[owner]
    hist = rng.binomial(5, liked)
    hist = np.stack([hist, 5 - hist], axis=1)
    judge = (rng.random(240) > liked).astype(int)
    by_item = leave_one_out_plurality(collapse_judged(hist, judge)).valid_only
    by_owner = leave_one_out_plurality(collapse_judged(hist, judge, owner)).valid_only
    few = leave_one_out_plurality(collapse_judged(hist, judge, owner // 4)).valid_only
    scoring = plurality_of_others(hist)
    for side, earned in {
        "human": total(hist, scoring),
        "judge": total(hist, scoring, judge),
    }.items():
        item, own, none = (getattr(found, side) for found in (by_item, by_owner, few))
        assert (item.method, own.method) == ("item bootstrap, B=1000", "owner bootstrap, B=1000")
        assert none.method == "no owner bootstrap: 8 of 10 owners"
        assert item.value == own.value == pytest.approx(none.value)
        assert ends(item) == pytest.approx(_plain_bootstrap(earned, np.arange(240)), abs=0.01)
        assert ends(own) == pytest.approx(_plain_bootstrap(earned, owner), abs=0.01)
        assert width(own) > 1.2 * width(item)


def _plain_bootstrap(earned: FloatArray, unit: IntArray) -> tuple[float, float]:
    """Draw units with all of their items, five ratings each, 2,000 times."""
    rng = np.random.default_rng(0)
    sums, sizes = np.bincount(unit, earned), np.bincount(unit) * 5
    picked = rng.integers(0, len(sums), (2000, len(sums)))
    low, high = np.percentile(sums[picked].sum(axis=1) / sizes[picked].sum(axis=1), (2.5, 97.5))
    return float(low), float(high)
