"""What the report says of items by how much people disagree on them."""

import numpy as np
import pytest

from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.estimate import Level
from personalization.agreement.patterns import collapse
from personalization.agreement.report import Record
from tests.personalization.imports.files import FIVE
from tests.personalization.report.studies import Key, asked, every, numbers, rows

pytestmark = pytest.mark.django_db


def stars(shift: int) -> list[int]:
    """Return 60 answers: 20 items on which all agree, 20 with two values, 20 with three."""
    answers = []
    for item in range(60):
        spread = (0, int(shift == 2), shift)[item % 3]
        answers.append((item // 3 % 3) + spread)
    return answers


def found() -> dict[Key, Record]:
    lines = rows(
        60, **{name: lambda item, s=s: str(stars(s)[item] + 1) for s, name in enumerate("abc")}
    )
    judge = rows(60, gpt=lambda item: str(stars(0)[item] + 1))
    return numbers(asked(lines, judge, base=FIVE))


def test_alpha_inside_each_stratum_alone() -> None:
    """Its own values, its own mid-ranks; 1 where all agree."""
    records = found()
    said = np.array([stars(shift) for shift in range(3)])
    for number, name in enumerate(("distinct_1", "distinct_2", "distinct_3")):
        part = said[:, number::3]
        hist = np.array([np.bincount(column, minlength=5) for column in part.T])
        one = records["third_party", None, f"krippendorff_alpha@{name}"]
        wanted = alpha(collapse(hist), Level.ORDINAL, draws=0).value
        assert one.value == pytest.approx(wanted, abs=1e-12)
        assert (one.n_items, one.n_ratings, one.n_raters) == (20, 60, 3)
    unanimous = records["third_party", None, "krippendorff_alpha@distinct_1"]
    assert unanimous.value == pytest.approx(1, abs=1e-12)


def test_the_judges_error_in_each_stratum() -> None:
    """The judge says the lowest value: 0, 1/3 and 1 from the mean."""
    records = found()
    errors = [
        records["judge:gpt", "third_party", f"mae@distinct_{number}"].value for number in (1, 2, 3)
    ]
    assert errors == pytest.approx([0, 1 / 3, 1])


def test_nominal_strata_have_shared_accuracy() -> None:
    """Of 24 items 12 are unanimous; the judge is right on those and wrong on the others."""
    human = {"ann": every(1), "bob": every(1), "cat": every(2)}
    records = numbers(asked(rows(24, **human), rows(24, gpt=every(2))))
    accuracy = {
        name: records["judge:gpt", "third_party", f"accuracy_shared_valid@{name}"]
        for name in ("distinct_1", "distinct_2")
    }
    assert [one.value for one in accuracy.values()] == [1, 0]
    assert [one.n_items for one in accuracy.values()] == [12, 12]
    assert not any("distinct_3" in name for _panel, _against, name in records)
    alone = records["third_party", None, "krippendorff_alpha@distinct_1"]
    assert (alone.value, alone.reason) == (None, "no_variation")


def test_ragged_panels_are_cut_by_plurality() -> None:
    """Two or three ratings: unanimous, two of three, one of two."""
    human = rows(
        45,
        ann=every(1),
        bob=lambda item: "yes" if item % 3 < 2 else "no",
        cat=lambda item: ("yes", "no", "")[item % 3],
    )
    records = numbers(asked(human, rows(45, gpt=every(1))))
    accuracy = {
        name: records["judge:gpt", "third_party", f"accuracy_shared_valid@plurality_{name}"].value
        for name in ("all", "most", "less")
    }
    assert accuracy == {"all": 1, "most": 1, "less": 0.5}
    assert not any("distinct" in name for _panel, _against, name in records)


def test_small_strata_are_not_shown() -> None:
    """Nine unanimous items: their number, and why there is none of the judge."""
    human = rows(19, ann=every(1), bob=lambda item: "yes" if item < 9 else "no")
    records = numbers(asked(human, rows(19, gpt=every(1))))
    one = records["judge:gpt", "third_party", "accuracy_shared_valid@distinct_1"]
    assert (one.value, one.reason, one.n_items) == (None, "too_few_items", 9)
    other = records["judge:gpt", "third_party", "accuracy_shared_valid@distinct_2"]
    assert (other.value, other.n_items) == (0.5, 10)


def test_owners_make_no_strata() -> None:
    """One owner per item cannot disagree."""
    lines = [f"{item},owner-{item % 12},yes,owner-{item % 12}" for item in range(24)]
    records = numbers(asked(lines, heading="item,rater,value,owner", columns={"owner": "owner"}))
    assert not any("@" in name for panel, _against, name in records if panel == "first_person")
