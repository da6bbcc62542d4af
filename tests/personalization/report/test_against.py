"""A judge against people: three ways of being right, kappa with everybody and with each."""

import pytest

from tests.personalization.report.studies import Answer, asked, every, numbers, rows

pytestmark = pytest.mark.django_db


def test_accuracy_three_ways() -> None:
    """Of 72 items two of three agree on 24, all differ on 24, two of four agree on 24."""

    def part(item: int) -> int:
        return item // 2 % 3

    people: dict[str, Answer] = {
        "ann": lambda item: "a",
        "bob": lambda item: "b" if part(item) == 1 else "a",
        "cat": lambda item: "c" if part(item) else "b",
        "dan": lambda item: "b" if part(item) == 2 else "",
    }
    judge = rows(72, gpt=lambda item: "a" if item % 2 else "invalid")
    found = numbers(asked(rows(72, **people), judge, options=["a", "b", "c"]))
    # By the strict majority, by the one most frequent value, and by a third of the credit where all
    # three differ: the judge says "a", or nothing readable, on half of each kind.
    for name, right, items in (
        ("accuracy", 12, 24),
        ("accuracy_plurality", 24, 48),
        ("accuracy_shared", 12 + 12 / 3 + 12, 72),
    ):
        valid = found["judge:gpt", "third_party", f"{name}_valid"]
        every_one = found["judge:gpt", "third_party", f"{name}_all"]
        assert valid.value == pytest.approx(right / (items / 2))
        assert every_one.value == pytest.approx(right / items)
        assert (valid.n_items, every_one.n_items) == (items / 2, items)


def test_kappa_with_all_answers_and_with_each_rater() -> None:
    """ann and bob answer as the judge (kappa 1), cat the opposite way (-1): mean 1/3, pooled 1/3."""
    question = asked(
        rows(24, ann=every(2), bob=every(2), cat=every(2, "no", "yes")), rows(24, gpt=every(2))
    )
    found = numbers(question)
    pooled = found["judge:gpt", "third_party", "cohen_kappa_pooled"]
    # 72 ratings, 48 equal, half of them yes on both sides: (2/3 - 1/2) / (1/2)
    assert pooled.value == pytest.approx(1 / 3)
    assert (pooled.n_items, pooled.n_ratings, pooled.n_raters) == (24, 72, 3)
    mean = found["judge:gpt", "third_party", "cohen_kappa_rater_mean"]
    assert mean.value == pytest.approx(1 / 3)
    assert mean.method == "no annotator bootstrap: 3 of 5 annotators"


def test_raters_with_few_items_are_not_in_the_mean() -> None:
    """dan shares 9 items with the judge and answers the opposite way: he is left out."""

    def dan(item: int) -> str:
        return every(2, "no", "yes")(item) if item < 9 else ""

    humans = {"ann": every(2), "bob": every(2)}
    found = numbers(asked(rows(24, **humans, dan=dan), rows(24, gpt=every(2))))
    mean = found["judge:gpt", "third_party", "cohen_kappa_rater_mean"]
    assert (mean.value, mean.n_ratings, mean.n_raters) == (1, 48, 2)
    few = numbers(asked(rows(9, **humans), rows(9, gpt=every(2))))[
        "judge:gpt", "third_party", "cohen_kappa_rater_mean"
    ]
    assert (few.value, few.reason, few.n_ratings) == (None, "too_few_items", 18)


def test_people_have_every_coefficient() -> None:
    """Raw agreement 3/4, two options: Brennan-Prediger (3/4 - 1/2) / (1/2)."""
    found = numbers(asked(rows(12, ann=every(2), bob=every(4))))
    assert found["third_party", None, "brennan_prediger"].value == pytest.approx(0.5)
    pooled, plain = (
        found["third_party", None, name].value for name in ("fleiss_kappa_pooled", "fleiss_kappa")
    )
    # Two raters everywhere: both conventions are one.
    assert pooled == pytest.approx(plain)
