"""What is seen first on the agreement page: warnings, people, and each judge beside them."""

import pytest

from personalization.agreement.report import Record
from personalization.agreement.report.baselines import MAJORITY_CLASS, SINGLE
from personalization.views.headline import ALPHA_TO_TUNE, Headline, headline
from tests.personalization.views.made import JUDGE, record, report


def first(*records: Record, level: str = "nominal", judges: tuple[str, ...] = (JUDGE,)) -> Headline:
    return headline(report(list(records), judges), level)


@pytest.mark.parametrize(
    ("alpha", "width", "warned", "doubtful"),
    [
        (0.3, 0.2, True, False),
        (0.66, 0.1, True, True),
        (0.66, None, True, True),
        (ALPHA_TO_TUNE, 0.2, False, False),
        (0.9, 0.1, False, False),
        (None, None, False, False),
    ],
)
def test_people_who_agree_too_little_are_warned_of(
    alpha: float | None, width: float | None, warned: bool, doubtful: bool
) -> None:
    found = first(record("krippendorff_alpha", value=alpha, width=width)).warnings
    assert bool(found) == warned
    assert [one.doubtful for one in found] == [doubtful] * len(found)


def test_the_wider_interval_decides_whether_a_warning_is_in_doubt() -> None:
    """Over raters, alpha may reach the threshold though over items it does not."""
    narrow = record("krippendorff_alpha", value=0.6, width=0.05)
    wide = record("krippendorff_alpha@raters", value=0.6, width=0.3)
    (warning,) = first(narrow, wide).warnings
    assert warning.doubtful
    assert warning.alpha == wide


def test_strangers_meet_the_judge_on_the_same_others() -> None:
    """Beside the ceiling stands the judge on the ceiling's rows, not its accuracy (4.6)."""
    accuracy = record("accuracy_valid", JUDGE, "third_party", 0.9)
    judge = record("ceiling_plurality_judge", JUDGE, "third_party", 0.7)
    people = record("ceiling_plurality_human", JUDGE, "third_party", 0.8)
    omega = record("alternative_test_omega", JUDGE, "third_party", 0.5, None)
    bias = record("bias", JUDGE, "third_party", -0.2)
    (against,) = first(accuracy, judge, people, omega, bias, level="ordinal").against
    (line,) = against.judges
    assert (line.judge, line.people, line.bias, line.passes) == (judge, people, bias, True)
    assert (against.has_people, against.has_omega, against.has_bias) == (True, True, True)


def test_row_11_baselines_stand_below_the_judges() -> None:
    """Row 11: in each table, those that answered items and those that the report counts itself."""
    random = "judge:random"
    lines = [
        record("accuracy_valid", name, against, 0.5)
        for name, against in (
            (random, "third_party"),
            (JUDGE, "third_party"),
            (MAJORITY_CLASS, "third_party"),
            (SINGLE, "first_person"),
            ("third_party", "first_person"),
        )
    ]
    made = report(lines, (random, JUDGE), baselines=(random,))
    strangers, owners = headline(made, "nominal").against
    assert [one.panel for one in strangers.judges] == [JUDGE]
    assert [one.panel for one in strangers.baselines] == [random, MAJORITY_CLASS]
    assert [one.panel for one in owners.baselines] == ["third_party", SINGLE]
    assert owners.judges == []
    assert owners.baselines[0].name == "panel of strangers (their majority)"
    assert [known for known, _lines in strangers.parts] == [False, True]
    assert not headline(made, "nominal").awaited
    assert first(*lines).awaited


def test_without_a_ceiling_the_judge_stands_alone() -> None:
    """A ceiling that could not be computed is never drawn beside another number."""
    accuracy = record("accuracy_valid", JUDGE, "third_party", 0.9)
    judge = record("ceiling_plurality_judge", JUDGE, "third_party", None)
    people = record("ceiling_plurality_human", JUDGE, "third_party", 0.8)
    (against,) = first(accuracy, judge, people).against
    (line,) = against.judges
    assert (line.judge, line.people, line.passes) == (accuracy, None, None)


def test_owners_stand_beside_themselves_on_the_repeated_items() -> None:
    accuracy = record("accuracy_valid", JUDGE, "first_person", 0.9)
    repeated = record("accuracy_valid@repeated", JUDGE, "first_person", 0.6)
    own = record("self_agreement", "first_person", None, 0.75)
    (alone,) = first(accuracy).against
    assert (alone.judges[0].judge, alone.judges[0].people) == (accuracy, None)
    (beside,) = first(accuracy, repeated, own).against
    assert (beside.judges[0].judge, beside.judges[0].people) == (repeated, own)


@pytest.mark.parametrize(("omega", "passes"), [(0.49, False), (0.5, True), (None, None)])
def test_from_one_half_a_judge_passes(omega: float | None, passes: bool | None) -> None:
    accuracy = record("accuracy_valid", JUDGE, "third_party")
    test = record("alternative_test_omega", JUDGE, "third_party", omega, None)
    assert first(accuracy, test).against[0].judges[0].passes is passes


def test_invalid_answers_are_counted_for_every_judge() -> None:
    """One line per judge, also for one that has met nobody."""
    found = first(record("accuracy_valid", JUDGE, "third_party"), judges=(JUDGE, "judge:two"))
    assert [(one.panel, one.count, one.total) for one in found.invalid] == [
        (JUDGE, 3, 40),
        ("judge:two", 3, 40),
    ]
    assert [one.panel for one in found.beside_nobody] == ["judge:two"]
    line = found.against[0].judges[0]
    assert line.invalid == found.invalid[0]


@pytest.mark.parametrize(
    ("level", "beyond"), [("nominal", "gwet_ac1"), ("ordinal", "gwet_ac2_quadratic")]
)
def test_people_come_with_raw_agreement_first(level: str, beyond: str) -> None:
    given = [
        record(one)
        for one in ("gwet_ac2_quadratic", "gwet_ac1", "krippendorff_alpha", "raw_agreement")
    ]
    (people,) = first(*given, level=level).people
    assert [one.statistic for one in people.numbers] == [
        "raw_agreement",
        "krippendorff_alpha",
        beyond,
    ]
