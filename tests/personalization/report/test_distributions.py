"""How divided people are, and how far judges' distributions lie from theirs."""

import pytest

from tests import factories
from tests.personalization.report.studies import asked, every, numbers, rows

pytestmark = pytest.mark.django_db
DIVERGENCES = {"js_bits", "js_nats", "js_distance"}
SMOOTHED = {"kl_smoothed", "cross_entropy_smoothed"}


def test_the_entropy_of_a_panel() -> None:
    """Half of the items 2 against 1, half unanimous: half of .636514 nats."""
    found = numbers(asked(rows(12, ann=every(1), bob=every(1), cat=every(2))))
    one = found["third_party", None, "entropy_nats"]
    assert one.value == pytest.approx(0.636514 / 2, abs=1e-6)
    assert (one.n_items, one.n_ratings, one.n_raters) == (12, 36, 3)


def test_owners_are_not_divided() -> None:
    """One answer per item has no entropy to speak of, and it is said why."""
    lines = [f"{item},own-{item % 4},yes,own-{item % 4}" for item in range(12)]
    question = asked(lines, heading="item,rater,value,owner", columns={"owner": "owner"})
    one = numbers(question)["first_person", None, "entropy_nats"]
    assert (one.value, one.reason, one.n_items) == (None, "no_overlap", 0)


def test_a_judge_of_one_label_is_a_point_mass() -> None:
    """TVD = 1 - raw agreement; nothing else is shown of it."""
    human = rows(24, ann=every(2), bob=every(2), cat=every(4))
    judge = rows(24, gpt=lambda item: "invalid" if item == 1 else every(4)(item))
    found = numbers(asked(human, judge))
    one, agreement = (found["judge:gpt", "third_party", name] for name in ("tvd", "raw_agreement"))
    assert agreement.value is not None
    assert one.value == pytest.approx(1 - agreement.value)
    assert (one.n_items, one.n_ratings, one.n_raters) == (23, 69, 3)
    shown = {name for panel, _against, name in found if panel == "judge:gpt"}
    assert not shown & (DIVERGENCES | SMOOTHED | {"entropy_correlation"})


@pytest.mark.parametrize(
    ("raters", "given"),
    [
        (4, set()),
        (5, DIVERGENCES),
        (10, DIVERGENCES | SMOOTHED),
        (20, DIVERGENCES | SMOOTHED | {"entropy_correlation"}),
    ],
)
def test_each_number_from_as_many_raters_as_it_needs(raters: int, given: set[str]) -> None:
    """Below 5 raters per item TVD only; KL from 10, the correlation of entropies from 20."""
    people = {f"r{n}": every(1 + n % 3) for n in range(raters)}
    question = asked(rows(12, **people))
    judge = factories.judge(name="gpt")
    for place, item in enumerate(question.items.order_by("pk")):
        shares = [0.25, 0.75] if place % 2 else [0.5, 0.5]
        factories.judgment(
            item=item, rater=judge, role="machine", value=1,
            distribution=shares, distribution_source="logprobs",
        )  # fmt: skip
    found = numbers(question)
    assert found["judge:gpt", "third_party", "tvd"].value is not None
    for name in DIVERGENCES | SMOOTHED | {"entropy_correlation"}:
        one = found["judge:gpt", "third_party", name]
        reason = None if name in given else "too_few_raters"
        assert (one.value is not None, one.reason) == (name in given, reason), name


def test_from_ten_items_on() -> None:
    found = numbers(asked(rows(9, ann=every(1), bob=every(2)), rows(9, gpt=every(2))))
    one = found["judge:gpt", "third_party", "tvd"]
    assert (one.value, one.reason, one.n_items) == (None, "too_few_items", 9)
    entropy = found["third_party", None, "entropy_nats"]
    assert (entropy.value, entropy.reason) == (None, "too_few_items")
