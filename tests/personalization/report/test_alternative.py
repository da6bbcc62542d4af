"""What the report says of the alternative annotator test."""

import pytest

from tests.personalization.imports.files import FIVE
from tests.personalization.report.studies import asked, every, numbers, rows

pytestmark = pytest.mark.django_db
OMEGA, RHO, TIES = (f"alternative_test_{name}" for name in ("omega", "rho", "ties"))
PEOPLE = {
    "ann": every(1, "no"),
    "bob": every(1, "no"),
    "cat": lambda item: "yes" if item < 20 else "no",
}
RULE = "t tests with epsilon 0.1; Benjamini-Yekutieli at 0.05"


def gpt(item: int) -> str:
    """Say yes to the last two of forty."""
    return "yes" if item >= 38 else "no"


def test_the_example() -> None:
    """Agreement.md section 9: rho .95, epsilon .1 omega 1/3, p .079955 .079955 4.5087e-7."""
    found = numbers(asked(rows(40, **PEOPLE), rows(40, gpt=gpt)))
    omega, rho, ties = (found["judge:gpt", "third_party", name] for name in (OMEGA, RHO, TIES))
    assert omega.value == pytest.approx(1 / 3)
    assert omega.method == f"{RULE}; 3 humans counted; 0 left out below 30 items"
    assert rho.value == pytest.approx(0.95)
    assert rho.method == f"item bootstrap, B=1000; {omega.method}"
    assert ties.value == pytest.approx(94 / 120)
    assert (omega.n_items, omega.n_ratings, omega.n_raters) == (40, 120, 3)
    each = [found["judge:gpt", f"rater:{name}", RHO] for name in PEOPLE]
    assert [one.value for one in each] == [pytest.approx(0.95)] * 3
    assert [str(one.method).rpartition("; ")[2] for one in each] == [
        "t test with epsilon 0.1: p = 0.07996",
        "t test with epsilon 0.1: p = 0.07996",
        "t test with epsilon 0.1: p = 4.509e-07",
    ]


def test_a_person_with_few_items_is_left_out_and_listed() -> None:
    """dan rated 29 items: he is no test of his own, but one of the others."""
    people = {**PEOPLE, "dan": lambda item: "no" if item < 29 else ""}
    found = numbers(asked(rows(40, **people), rows(40, gpt=gpt)))
    omega = found["judge:gpt", "third_party", OMEGA]
    assert str(omega.method).endswith("3 humans counted; 1 left out below 30 items")
    assert omega.n_raters == 3
    dan = found["judge:gpt", "rater:dan", RHO]
    assert (dan.value, dan.reason, dan.n_items) == (None, "too_few_items", 29)


def test_too_few_people_and_too_few_items() -> None:
    """Two people, or three of whom one has 29 items: no test, and the reason."""
    two = {name: PEOPLE[name] for name in ("ann", "cat")}
    found = numbers(asked(rows(40, **two), rows(40, gpt=gpt)))
    omega = found["judge:gpt", "third_party", OMEGA]
    assert (omega.value, omega.reason) == (None, "too_few_raters")
    three = {**two, "dan": lambda item: "no" if item < 29 else ""}
    found = numbers(asked(rows(40, **three), rows(40, gpt=gpt)))
    for name in (OMEGA, RHO, TIES):
        one = found["judge:gpt", "third_party", name]
        assert (one.value, one.reason, one.method) == (None, "too_few_items", None)


def test_unreadable_answers_are_left_out_or_agree_with_nobody() -> None:
    """Five unreadable of forty: both readings; without any, there is one."""

    def answer(item: int) -> str:
        return "invalid" if item < 5 else "no"

    people = {name: every(1, "no") for name in PEOPLE}
    found = numbers(asked(rows(40, **people), rows(40, gpt=answer)))
    valid = found["judge:gpt", "third_party", RHO]
    assert (valid.value, valid.n_items) == (1, 35)
    assert str(valid.method).endswith("; 5 unreadable answers left out")
    everything = found["judge:gpt", "third_party", f"{RHO}@all"]
    assert (everything.value, everything.n_items) == pytest.approx((35 / 40, 40))
    assert "unreadable" not in str(everything.method)
    readable = numbers(asked(rows(40, **people), rows(40, gpt=gpt)))
    assert ("judge:gpt", "third_party", f"{RHO}@all") not in readable


def test_a_scale_counts_how_close_answers_are() -> None:
    """1, 2 and 5, the judge 3: nobody agrees, and it is closer to the others than each of them."""
    people = {
        "ann": lambda item: "1" if item else "2",
        "bob": lambda _item: "2",
        "cat": lambda _item: "5",
    }
    judge = rows(40, gpt=lambda _item: "3")
    close = numbers(asked(rows(40, **people), judge, base=FIVE))
    ties = close["judge:gpt", "third_party", TIES]
    assert (ties.value, close["judge:gpt", "third_party", OMEGA].value) == (0, 1)
    equal = numbers(asked(rows(40, **people), judge, base=FIVE, level="nominal"))
    # Only on item 0 do ann and bob agree with each other, and the judge with nobody.
    assert equal["judge:gpt", "third_party", TIES].value == pytest.approx(1 - 2 / 120)


def test_positions_are_not_people() -> None:
    """A place in a list cannot be replaced: no test, and it is said so."""
    found = numbers(asked(rows(40, **PEOPLE), rows(40, gpt=gpt), identity="positions"))
    omega = found["judge:gpt", "third_party", OMEGA]
    assert (omega.value, omega.reason) == (None, "no_rater_identity")
    assert ("judge:gpt", "third_party", RHO) not in found


def test_owners_are_not_replaced() -> None:
    """The test is against third parties; an owner has nobody beside him."""
    lines = [f"{item},owner-{item % 12},yes,owner-{item % 12}" for item in range(40)]
    question = asked(
        lines,
        rows(40, gpt=gpt),
        heading="item,rater,value,owner",
        columns={"owner": "owner"},
    )
    found = numbers(question)
    assert ("judge:gpt", "first_person", "accuracy_valid") in found
    assert not [key for key in found if "alternative" in key[2]]
