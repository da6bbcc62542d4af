"""Numbers with the raters as a sample: the same number, another interval."""

import pytest

from annotation.models import Question
from personalization.agreement import report
from personalization.agreement.minimums import Minimums
from personalization.agreement.report import by_rater, cache, records
from tests.personalization.imports.files import FIVE
from tests.personalization.report.studies import Answer, Key, asked, every, numbers, rows

pytestmark = pytest.mark.django_db
HUMANS = {"ann": every(2), "bob": every(2), "cat": every(4), "dan": every(3), "eve": every(2)}
VARIANTS = {
    ("third_party", None, "krippendorff_alpha", "raters"): "delete-one-rater jackknife, R=5",
    ("third_party", None, "gwet_ac1", "raters"): "delete-one-rater jackknife, R=5",
    ("third_party", None, "raw_agreement", "two_way"): "two-way bootstrap by item and rater, B=200",
    ("judge:gpt", "third_party", "raw_agreement", "raters"): "annotator bootstrap, B=1000",
    ("judge:gpt", "third_party", "raw_agreement", "two_way"): (
        "two-way bootstrap by item and rater, B=200"
    ),
    ("judge:gpt", "third_party", "accuracy_valid", "raters"): "delete-one-rater jackknife, R=5",
    ("judge:gpt", "third_party", "cohen_kappa_pooled", "raters"): "annotator bootstrap, B=1000",
}


def _asked(**human: Answer) -> Question:
    return asked(rows(36, **(human or HUMANS)), rows(36, gpt=every(3)))


@pytest.fixture
def found() -> dict[Key, report.Record]:
    return numbers(_asked())


def test_the_same_number_with_another_interval(found: dict[Key, report.Record]) -> None:
    """Value and sample are those of the number without the variant; method and ends are not."""
    for (panel, against, name, variant), method in VARIANTS.items():
        plain, other = found[panel, against, name], found[panel, against, f"{name}@{variant}"]
        assert other.value == plain.value
        assert (other.n_items, other.n_ratings, other.n_raters) == (
            plain.n_items, plain.n_ratings, plain.n_raters,
        )  # fmt: skip
        assert str(other.method).startswith(method)
        assert other.method != plain.method
        assert other.low is not None
        assert other.high is not None
        assert other.low <= other.value <= other.high  # type: ignore[operator]


def test_four_raters_have_no_interval_over_raters() -> None:
    """The number stays; the method says how many there are of how many."""
    four = {name: HUMANS[name] for name in ("ann", "bob", "cat", "dan")}
    found = numbers(_asked(**four))
    for panel, against, name, variant in VARIANTS:
        one = found[panel, against, f"{name}@{variant}"]
        assert (one.low, one.high) == (None, None)
        assert one.value == found[panel, against, name].value
        assert "4 of 5" in str(one.method)


def test_the_minimums_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a minimum of four raters there are intervals of four."""
    four = {name: HUMANS[name] for name in ("ann", "bob", "cat", "dan")}
    monkeypatch.setattr(report, "MINIMUMS", Minimums(interval_raters=4))
    found = numbers(_asked(**four))
    alpha = found["third_party", None, "krippendorff_alpha@raters"]
    assert alpha.low is not None
    assert alpha.method == "delete-one-rater jackknife, R=4"


def test_a_kept_report_is_not_shown_under_other_minimums(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting changed and the service was started again: computed again, once."""
    question = _asked()
    _report, before = cache.fresh(question)
    assert cache.fresh(question)[1] == before
    monkeypatch.setattr(cache, "MINIMUMS", Minimums(interval_raters=4))
    _report, after = cache.fresh(question)
    assert after > before
    assert cache.fresh(question)[1] == after


def test_positions_are_no_raters() -> None:
    """Columns of a list: no number over raters, and pooled kappa, which needs none, is there."""
    question = asked(
        rows(36, a=every(2), b=every(3), c=every(4), d=every(2), e=every(3)),
        rows(36, gpt=every(3)),
        identity="positions",
    )
    found = numbers(question)
    assert not [name for _panel, _against, name in found if name.endswith(("@raters", "@two_way"))]
    assert found["judge:gpt", "third_party", "cohen_kappa_pooled"].value is not None
    mean = found["judge:gpt", "third_party", "cohen_kappa_rater_mean"]
    assert (mean.value, mean.reason) == (None, "no_rater_identity")


def test_owners_are_no_sample_beside_themselves() -> None:
    """An owner is alone with his items: no variant over raters in first person, one with strangers."""
    lines = []
    for item in range(48):
        owner = f"owner-{item % 12}"
        lines.append(f"{item},{owner},{every(3)(item)},{owner}")
        lines += [f"{item},{name},{answer(item)},{owner}" for name, answer in HUMANS.items()]
    judge = [f"{item},gpt,{every(2)(item)}" for item in range(48)]
    found = numbers(
        asked(lines, judge, heading="item,rater,value,owner", columns={"owner": "owner"})
    )
    over_raters = {
        panel if against is None else against
        for panel, against, name in found
        if name.endswith(("@raters", "@two_way"))
    }
    assert over_raters == {"third_party"}
    two_way = found["third_party", None, "raw_agreement@two_way"]
    assert str(two_way.method).startswith("two-way bootstrap by owner and rater")


def test_single_answers_are_no_agreement() -> None:
    """Items with one answer each: nothing to leave a rater out of."""
    names = list(HUMANS)
    found = numbers(asked([f"{item},{names[item % 5]},yes" for item in range(36)]))
    assert not [name for _panel, _against, name in found if name.endswith(("@raters", "@two_way"))]


def test_too_many_ratings_for_two_way_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit the method says so; the number and the other intervals stay."""
    monkeypatch.setattr(by_rater, "MOST_RATINGS", 100)
    found = numbers(_asked())
    for key in (
        ("third_party", None, "raw_agreement@two_way"),
        ("judge:gpt", "third_party", "raw_agreement@two_way"),
    ):
        assert (found[key].low, found[key].method) == (
            None, "no two-way bootstrap: more than 100 ratings",
        )  # fmt: skip
    assert found["third_party", None, "krippendorff_alpha@raters"].low is not None


def test_below_ten_items_the_variants_are_not_shown_either() -> None:
    """Nine items: the reason, no value, no interval."""
    found = numbers(asked(rows(9, **HUMANS), rows(9, gpt=every(3))))
    for panel, against, name, variant in VARIANTS:
        one = found[panel, against, f"{name}@{variant}"]
        assert (one.value, one.low, one.reason) == (None, None, "too_few_items")


def test_weighted_kappas_of_a_scale() -> None:
    """Ordinal questions have each kappa against people pooled, over raters and as a mean."""
    question = asked(
        rows(24, **{name: lambda item, k=k: str(1 + item % k) for k, name in enumerate(HUMANS, 2)}),
        rows(24, gpt=lambda item: str(1 + item % 4)),
        base=FIVE,
    )
    names = {name for panel, against, name in numbers(question) if (panel, against) == (
        "judge:gpt", "third_party",
    )}  # fmt: skip
    for weights in ("", "_linear", "_quadratic"):
        stem = f"cohen_kappa{weights}"
        assert {f"{stem}_pooled", f"{stem}_pooled@raters", f"{stem}_rater_mean"} <= names


def test_the_setting_is_read_once() -> None:
    """Without CONCORD_MINIMUMS the report has the defaults."""
    assert Minimums() == records.MINIMUMS
