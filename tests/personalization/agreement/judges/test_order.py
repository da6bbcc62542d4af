from collections.abc import Callable

import numpy as np
import pytest

from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.judges.order import (
    UNREADABLE,
    consistency,
    consistency_valid_only,
    first_position_share,
    flip_rate,
    kappa_between_orders,
    order_accuracy,
)

# equal, equal, flipped, one unreadable, both unreadable
AB = np.array([0, 1, 0, 1, UNREADABLE])
BA = np.array([0, 1, 1, UNREADABLE, UNREADABLE])


def test_unreadable_is_never_consistent() -> None:
    assert consistency(AB, BA).value == pytest.approx(2 / 5)
    assert consistency_valid_only(AB, BA).value == pytest.approx(2 / 3)


def test_flips_are_the_rest_of_the_readable() -> None:
    flips, same = flip_rate(AB, BA), consistency_valid_only(AB, BA)
    assert flips.value == pytest.approx(1 / 3)
    assert None not in (flips.low, same.high)
    assert flips.low == pytest.approx(1 - same.high)  # type: ignore[operator]


def test_verdicts_are_counted() -> None:
    everything, readable = consistency(AB, BA), consistency_valid_only(AB, BA)
    assert (everything.n_items, everything.n_ratings, everything.n_raters) == (5, 7, 1)
    assert (readable.n_items, readable.n_ratings) == (3, 6)


def test_first_position_is_where_the_candidate_stood() -> None:
    # ab: candidate 0 first, chosen 2 of 4; ba: candidate 1 first, chosen 2 of 3
    assert first_position_share(AB, BA).value == pytest.approx(4 / 7)
    assert first_position_share(AB, BA, first=1, second=0).value == pytest.approx(3 / 7)


def test_a_tie_is_half_for_the_first_position() -> None:
    always_first = first_position_share(np.array([0, 2]), np.array([1, 2]))
    assert always_first.value == pytest.approx((1 + 0.5 + 1 + 0.5) / 4)


def test_a_judge_without_a_position_is_neutral() -> None:
    same = np.random.default_rng(0).integers(0, 2, 50)
    assert first_position_share(same, same).value == 0.5
    assert consistency(same, same).value == kappa_between_orders(same, same, 2).value == 1


def test_kappa_between_orders_takes_pairs_readable_in_both() -> None:
    # table [[1, 1], [0, 1]]: margins (2, 1) and (1, 2), kappa = 1 - 3 * 1 / (2 * 2 + 1 * 1)
    found = kappa_between_orders(AB, BA, 2)
    assert found.value == pytest.approx(0.4)
    assert (found.n_items, found.n_ratings, found.n_raters) == (3, 6, 1)


def test_accuracy_per_order_on_average_and_in_both() -> None:
    found = order_accuracy(AB, BA, np.array([0, 0, 0, 1, 1]), 2)
    assert found.ab.valid_only.value == pytest.approx(3 / 4)
    assert found.ab.invalid_wrong.value == pytest.approx(3 / 5)
    assert found.ba.valid_only.value == pytest.approx(1 / 3)
    assert found.ba.invalid_wrong.value == pytest.approx(1 / 5)
    assert found.mean.valid_only.value == pytest.approx(4 / 7)
    assert found.mean.invalid_wrong.value == pytest.approx((3 / 5 + 1 / 5) / 2)
    assert found.both.valid_only.value == pytest.approx(1 / 3)
    assert found.both.invalid_wrong.value == pytest.approx(1 / 5)
    assert [found.ab.n_invalid, found.ba.n_invalid, found.mean.n_invalid] == [1, 2, 3]


def test_pairs_without_a_reference_are_left_out() -> None:
    found = order_accuracy(AB, BA, np.array([0, -1, -1, 1, 1]), 2)
    assert found.mean.invalid_wrong.value == pytest.approx(3 / 6)
    assert found.mean.n_left_out == 2


@pytest.mark.parametrize(
    "statistic",
    [
        consistency,
        consistency_valid_only,
        flip_rate,
        first_position_share,
        lambda ab, ba: kappa_between_orders(ab, ba, 2),
    ],
    ids=["consistency", "valid only", "flips", "first position", "kappa"],
)
def test_undefined_without_pairs(statistic: Callable[..., Estimate]) -> None:
    none = np.array([], int)
    assert statistic(none, none).reason is Reason.NO_OVERLAP


def test_undefined_without_a_readable_verdict() -> None:
    unread = np.full(3, UNREADABLE)
    assert consistency(unread, unread).value == 0
    for found in (
        consistency_valid_only(unread, unread),
        flip_rate(unread, unread),
        first_position_share(unread, unread),
        kappa_between_orders(unread, unread, 2),
        order_accuracy(unread, unread, np.zeros(3, int), 2).mean.valid_only,
    ):
        assert found.reason is Reason.NO_VALID_VERDICT


def test_constant_verdicts_have_no_kappa() -> None:
    same = np.zeros(4, int)
    assert kappa_between_orders(same, same, 2).reason is Reason.NO_VARIATION


def test_intervals_draw_pairs_or_owners() -> None:
    rng = np.random.default_rng(0)
    ab, ba, owner = rng.integers(-1, 3, 80), rng.integers(-1, 3, 80), np.arange(80) // 4
    for found in (
        consistency(ab, ba, owner),
        first_position_share(ab, ba, owner=owner),
        kappa_between_orders(ab, ba, 3, owner),
        order_accuracy(ab, ba, ab % 2, 3, owner).both.invalid_wrong,
    ):
        assert found.method == "owner bootstrap, B=1000"
        assert found.value is not None
        assert found.low is not None
        assert found.low <= found.value
    assert consistency(ab, ba).method == "item bootstrap, B=1000"
