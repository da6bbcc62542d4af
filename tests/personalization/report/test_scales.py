"""What the report says of ordered scales."""

import numpy as np
import pytest
from scipy import stats

from annotation.models import Question
from tests.personalization.imports.files import FIVE
from tests.personalization.report.studies import Answer, asked, numbers, rows

pytestmark = pytest.mark.django_db
AGAINST_MEAN = ("pearson", "spearman", "kendall_tau_b", "mae", "bias")
PAIR_MEANS = ("mae_pair_mean", "pearson_pair_mean", "spearman_pair_mean")
BOTH = "item,judge,winner_order1,winner_swapped"


def stars(times: int, plus: int = 0) -> Answer:
    """Return a rater who gives 1 to 5 in turn."""
    return lambda item: str((item * times + plus) % 5 + 1)


def of_five(judge: Answer, items: int = 30) -> Question:
    return asked(
        rows(items, ann=stars(1), bob=stars(2), cat=stars(1, 1)), rows(items, gpt=judge), base=FIVE
    )


def test_a_judge_against_the_mean_of_people() -> None:
    """Every number from the columns themselves, and what stands behind it."""
    found = numbers(of_five(stars(1, 2)))
    item = np.arange(30)
    human = np.mean([item % 5, item * 2 % 5, (item + 1) % 5], axis=0) + 1
    judge = (item + 2) % 5 + 1.0
    wanted = {
        "pearson": stats.pearsonr(judge, human)[0],
        "spearman": stats.spearmanr(judge, human)[0],
        "kendall_tau_b": stats.kendalltau(judge, human)[0],
        "mae": np.abs(judge - human).mean(),
        "bias": (judge - human).mean(),
    }
    for statistic in AGAINST_MEAN:
        one = found["judge:gpt", "third_party", statistic]
        assert one.value == pytest.approx(wanted[statistic], abs=1e-9), statistic
        assert (one.n_items, one.n_ratings, one.n_raters) == (30, 90, 3)
        assert (one.method, one.reason) == ("item bootstrap, B=1000", None)
    each = [item % 5, item * 2 % 5, (item + 1) % 5]
    far = np.mean([np.abs(judge - 1 - one) for one in each])
    assert found["judge:gpt", "third_party", "mae_micro"].value == pytest.approx(far)


def test_people_among_themselves() -> None:
    found = numbers(of_five(stars(1)))
    item = np.arange(30)
    ann, bob, cat = item % 5, item * 2 % 5, (item + 1) % 5
    pairs = [(ann, bob), (ann, cat), (bob, cat)]
    far = [np.abs(one - other).mean() for one, other in pairs]
    together = [np.corrcoef(one, other)[0, 1] for one, other in pairs]
    assert found["third_party", None, "mae_micro"].value == pytest.approx(np.mean(far))
    assert found["third_party", None, "mae_pair_mean"].value == pytest.approx(np.mean(far))
    assert found["third_party", None, "pearson_pair_mean"].value == pytest.approx(np.mean(together))
    spearman = found["third_party", None, "spearman_pair_mean"]
    assert spearman.value == pytest.approx(np.mean([stats.spearmanr(*pair)[0] for pair in pairs]))
    assert (spearman.n_items, spearman.method) == (90, "no rater jackknife: 3 of 5 raters")


def test_both_orders_make_one_score() -> None:
    """Orders 4 and 5: the score is 4.5, half a star above everybody; there is no value (0.2)."""
    human = rows(12, ann=stars(1), bob=stars(1))
    swapped = [f"{item},gpt,{item % 5 + 1},{min(item % 5 + 2, 5)}" for item in range(12)]
    found = numbers(asked(human, swapped, judge_heading=BOTH, base=FIVE))
    bias = found["judge:gpt", "third_party", "bias"]
    # ten of twelve items have a star to add
    assert bias.value == pytest.approx(0.5 * 10 / 12)
    assert bias.n_items == 12
    assert found["judge:gpt", "third_party", "accuracy_valid"].n_items == 2


def test_positions_stand_for_missing_scores() -> None:
    """low, mid, high count 0, 1, 2."""
    words = {"key": "much", "level": "ordinal", "options": ["low", "mid", "high"]}
    names = ("low", "mid", "high")
    human = rows(12, ann=lambda item: names[item % 2], bob=lambda item: names[item % 2])
    found = numbers(asked(human, rows(12, gpt=lambda _item: "high"), base=words))
    assert found["judge:gpt", "third_party", "bias"].value == pytest.approx(1.5)
    constant = found["judge:gpt", "third_party", "pearson"]
    assert (constant.value, constant.reason, constant.n_items) == (None, "no_variation", 12)


def test_a_nominal_question_has_no_scale() -> None:
    found = numbers(
        asked(rows(12, ann=lambda _: "yes", bob=lambda _: "no"), rows(12, gpt=lambda _: "no"))
    )
    names = {name for _panel, _against, name in found}
    assert not names & {*AGAINST_MEAN, *PAIR_MEANS, "mae_micro"}


def test_below_ten_items_no_number_is_shown() -> None:
    found = numbers(of_five(stars(1, 2), items=9))
    for statistic in (*AGAINST_MEAN, "mae_micro"):
        one = found["judge:gpt", "third_party", statistic]
        assert (one.value, one.reason, one.n_items) == (None, "too_few_items", 9), statistic
    assert found["third_party", None, "mae_micro"].reason == "too_few_items"


def test_a_judge_without_a_readable_answer() -> None:
    found = numbers(
        asked(
            rows(12, ann=stars(1), bob=stars(2)),
            rows(12, gpt=lambda _item: "invalid"),
            base={**FIVE, "invalid": ["invalid"]},
        )
    )
    for statistic in (*AGAINST_MEAN, "mae_micro"):
        one = found["judge:gpt", "third_party", statistic]
        assert (one.value, one.reason) == (None, "no_valid_verdict"), statistic


def test_owners_and_strangers_are_two_truths() -> None:
    """The judge lies above the owners and further above strangers: two numbers (C7)."""
    lines = [
        f"{item},{rater},{item % points + 1},owner-{item % 12}"
        for item in range(48)
        for rater, points in ((f"owner-{item % 12}", 5), ("ann", 3))
    ]
    found = numbers(
        asked(
            lines,
            rows(48, gpt=lambda item: str(min(item % 5 + 2, 5))),
            heading="item,rater,value,owner",
            columns={"owner": "owner"},
            base=FIVE,
        )
    )
    own = found["judge:gpt", "first_person", "bias"]
    strangers = found["judge:gpt", "third_party", "bias"]
    item = np.arange(48)
    judge = np.minimum(item % 5 + 2, 5)
    assert own.value == pytest.approx((judge - item % 5 - 1).mean())
    assert strangers.value == pytest.approx((judge - item % 3 - 1).mean())
    assert own.n_ratings == strangers.n_ratings == 48
    assert own.method == "owner bootstrap, B=1000"


def test_positions_have_no_pairs() -> None:
    lines = rows(12, a=stars(1), b=stars(2), c=stars(1, 1))
    found = numbers(asked(lines, base=FIVE, identity="positions"))
    assert not any(name in PAIR_MEANS for _panel, _against, name in found)
    micro = found["third_party", None, "mae_micro"]
    assert (micro.reason, micro.n_items, micro.n_raters) == (None, 12, None)
