"""What a judge's certainty is worth: against each truth on its own."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from annotation.models import Question
from personalization.agreement import frames
from personalization.agreement.report.certainty import _units, add_certainty, curves
from personalization.agreement.report.records import Collection
from tests.personalization.report.studies import Key, asked, every, numbers, rows

pytestmark = pytest.mark.django_db
HEADING = "item,judge,value,certainty"
CALIBRATION = ("ece_raw", "brier_raw", "ece_recalibrated", "brier_recalibrated", "brier_base_rate")


def certain(n: int, *levels: int, right: int = 2) -> list[str]:
    """Return a judge's lines: levels in turn, every `right`-th answer no, where people say yes."""
    return [
        f"{item},gpt,{'no' if item % right == 0 else 'yes'},{levels[item % len(levels)]}"
        for item in range(n)
    ]


def of_judge(human: list[str], judge: list[str]) -> Question:
    return asked(human, judge, judge_heading=HEADING, columns={"certainty": "certainty"})


def thresholds(found: Mapping[Key, object], name: str) -> list[int]:
    return [int(key[2].partition("@")[2]) for key in found if key[2].startswith(f"{name}@")]


def test_coverage_at_each_certainty() -> None:
    """60 answers at 50, 70, 90; one in two of each is right; agreement from 20 answers on (row 8)."""
    question = of_judge(rows(60, ann=every(1), bob=every(1)), certain(60, 50, 70, 90))
    found = numbers(question)
    assert thresholds(found, "coverage") == thresholds(found, "agreement") == [50, 70, 90]
    coverage = [found["judge:gpt", "third_party", f"coverage@{t}"] for t in (50, 70, 90)]
    assert [one.value for one in coverage] == pytest.approx([1, 2 / 3, 1 / 3])
    assert {one.n_items for one in coverage} == {60}
    at_90 = found["judge:gpt", "third_party", "agreement@90"]
    assert (at_90.value, at_90.n_items, at_90.method) == (0.5, 20, "Wilson")
    assert at_90.n_raters == 2


def test_below_twenty_answers_no_agreement() -> None:
    lines = certain(57, 50, 70, 90)
    found = numbers(of_judge(rows(57, ann=every(1), bob=every(1)), lines))
    one = found["judge:gpt", "third_party", "agreement@90"]
    assert (one.value, one.reason, one.n_items) == (None, "too_few_items", 19)
    assert found["judge:gpt", "third_party", "coverage@90"].value == pytest.approx(1 / 3)


def test_at_most_twenty_thresholds_are_listed_and_all_are_drawn() -> None:
    question = of_judge(rows(90, ann=every(1)), certain(90, *range(1, 91)))
    found = numbers(question)
    listed = thresholds(found, "agreement")
    assert len(listed) == len(set(listed)) == 20
    assert (listed[0], listed[-1]) == (1, 90)
    (curve,) = curves(Collection("fits", "", []), frames.load(question))
    assert [point.threshold for point in curve.points] == list(range(1, 91))


def test_calibration_needs_a_hundred_answers() -> None:
    """The raw side stands alone below; AUROC is there at once (row 10)."""
    fewer = numbers(of_judge(rows(99, ann=every(1)), certain(99, 50, 80)))
    for name in ("ece_recalibrated", "brier_recalibrated"):
        one = fewer["judge:gpt", "third_party", name]
        assert (one.value, one.reason, one.n_items) == (None, "not_recalibrated", 99)
    for name in ("auroc", "ece_raw", "brier_raw", "brier_base_rate"):
        assert fewer["judge:gpt", "third_party", name].value is not None
    many = numbers(of_judge(rows(100, ann=every(1)), certain(100, 50, 80)))
    assert all(many["judge:gpt", "third_party", name].value is not None for name in CALIBRATION)


def test_unreadable_answers_lower_the_coverage_and_nothing_else() -> None:
    lines = certain(40, 60)
    worse = [
        line.replace(",yes,60", ",invalid,") if n % 4 == 1 else line for n, line in enumerate(lines)
    ]
    human = rows(40, ann=every(1), bob=every(1))
    one, other = numbers(of_judge(human, lines)), numbers(of_judge(human, worse))
    assert one["judge:gpt", "third_party", "coverage@60"].value == 1
    assert other["judge:gpt", "third_party", "coverage@60"].value == 0.75
    assert one["judge:gpt", "third_party", "agreement@60"].value == 0.5
    assert other["judge:gpt", "third_party", "agreement@60"].value == pytest.approx(1 / 3)


def owned(items: int, owners: int = 12) -> list[str]:
    """Return lines where strangers say yes and each owner says no to his or her items."""
    return [
        f"{item},{name},{value},owner-{item % owners}"
        for item in range(items)
        for name, value in (("ann", "yes"), ("bob", "yes"), (f"owner-{item % owners}", "no"))
    ]


def of_owners(judge: list[str], items: int, owners: int = 12) -> Question:
    return asked(
        owned(items, owners),
        [f"{line},yes" for line in judge],
        heading="item,rater,value,owner",
        judge_heading=f"{HEADING},gold",
        columns={"certainty": "certainty", "reference": "gold", "owner": "owner"},
    )


def test_each_truth_on_its_own() -> None:
    """Strangers say yes, owners no, the reference yes: three curves, never one."""
    found = numbers(of_owners(certain(40, 60, right=4), 40))
    agreement = {
        against: found["judge:gpt", against, "agreement@60"]
        for against in ("third_party", "first_person", "reference")
    }
    assert {against: one.value for against, one in agreement.items()} == {
        "third_party": 0.75,
        "first_person": 0.25,
        "reference": 0.75,
    }
    assert [one.n_ratings for one in agreement.values()] == [80, 40, 40]


def test_owners_are_drawn_where_items_have_owners() -> None:
    """120 items of 12 owners: no Wilson interval, as outcomes of one owner go together."""
    found = numbers(of_owners(certain(120, 50, 90, right=5), 120))
    names = ("coverage@50", "agreement@90", "auroc", *CALIBRATION)
    methods = {found["judge:gpt", "first_person", name].method for name in names}
    assert methods == {"owner bootstrap, B=1000"}


def test_one_owner_is_never_split_between_folds() -> None:
    """An owner's items are refitted together, whatever their own ids."""
    frame = frames.load(of_owners(certain(120, 50, 90, right=5), 120))
    assert frame.owner is not None
    units = _units(frame)
    assert len(np.unique(units)) == 12
    assert all(len(np.unique(units[frame.owner == one])) == 1 for one in range(12))
    alone = frames.load(of_judge(rows(20, ann=every(1)), certain(20, 50)))
    assert _units(alone).tolist() == alone.item_ids.tolist()


def test_items_without_a_majority_do_not_count() -> None:
    """ann and bob differ on every second item: nobody knows there who is right."""
    question = of_judge(rows(60, ann=every(1), bob=every(2)), certain(60, 60, right=3))
    assert numbers(question)["judge:gpt", "third_party", "coverage@60"].n_items == 30


def test_extra_labels_count_in_the_majority() -> None:
    """Two more strangers, asked where people differ, say no: what is right turns round (C13)."""
    frame = frames.load(of_judge(rows(40, ann=every(1)), certain(40, 60, right=4)))
    labels = frame.panels["third_party"]
    more = replace(labels, everybody=labels.histogram + np.array([2, 0]))
    out = Collection("fits", "", [])
    add_certainty(out, replace(frame, panels={"third_party": more}))
    found = {one.statistic: one for one in out.records}
    assert (found["agreement@60"].value, found["agreement@60"].n_ratings) == (0.25, 120)


def test_judges_without_certainty() -> None:
    found = numbers(asked(rows(20, ann=every(1)), rows(20, gpt=every(2))))
    mine = {"coverage", "agreement", "auroc", *CALIBRATION}
    assert not [key for key in found if key[2].partition("@")[0] in mine]


def test_what_a_page_draws_is_what_the_records_say() -> None:
    """The same points and ends, from the same seeds; too few answers leave a gap."""
    question = of_judge(rows(120, ann=every(1), bob=every(1)), certain(120, 50, 70, 70, 70, 90, 95))
    frame = frames.load(question)
    out = Collection("fits", frame.stamp, [])
    add_certainty(out, frame)
    records = {one.statistic: one for one in out.records}
    (curve,) = curves(out, frame)
    assert (curve.panel, curve.against) == ("judge:gpt", "third_party")
    for point in curve.points:
        agreement = records[f"agreement@{point.threshold}"]
        assert (point.n, point.agreement) == (agreement.n_items, agreement.value)
        assert (point.low, point.high) == (agreement.low, agreement.high)
        assert point.coverage == records[f"coverage@{point.threshold}"].value
    assert [point.n for point in curve.points] == [120, 100, 40, 20]
    assert sum(one.n for one in curve.raw) == sum(one.n for one in curve.recalibrated) == 120
    raw = sum(one.n * abs(one.forecast - one.right) for one in curve.raw) / 120
    assert raw == pytest.approx(records["ece_raw"].value)
