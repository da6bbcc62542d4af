"""What the report says of people: panels apart, minimums kept, nothing made up."""

import pytest

from annotation.models import Question
from personalization.agreement import report
from personalization.agreement.report import people
from personalization.agreement.report.baselines import MAJORITY_CLASS
from tests import factories
from tests.personalization.imports.files import FIVE
from tests.personalization.report.studies import asked, every, numbers, rows

pytestmark = pytest.mark.django_db
PANELS = ("first_person", "third_party")


def owned(items: int, owners: int = 12) -> list[str]:
    """Return lines where owners answer for themselves and two strangers guess."""
    lines = []
    for item in range(items):
        owner = f"owner-{item % owners}"
        truth = "yes" if item % 3 else "no"
        lines += [f"{item},{owner},{truth},{owner}"]
        lines += [f"{item},ann,{'yes' if item % 4 else 'no'},{owner}"]
        lines += [f"{item},bob,{'yes' if item % 5 else 'no'},{owner}"]
    return lines


def _owned(items: int, owners: int = 12) -> Question:
    lines = owned(items, owners)
    return asked(lines, heading="item,rater,value,owner", columns={"owner": "owner"})


def test_the_numbers_of_two_people() -> None:
    """12 items, 9 equal answers: raw agreement .75, and what stands behind it."""
    found = numbers(asked(rows(12, ann=every(2), bob=every(4))))
    agreement = found["third_party", None, "raw_agreement"]
    assert agreement.value == pytest.approx(9 / 12)
    assert (agreement.n_items, agreement.n_ratings, agreement.n_raters) == (12, 24, 2)
    assert (agreement.method, agreement.reason) == ("item bootstrap, B=1000", None)
    assert agreement.low is not None
    assert agreement.high is not None
    assert agreement.low < 0.75 < agreement.high
    pair = found["rater:ann", "rater:bob", "raw_agreement"]
    assert (pair.value, pair.n_items, pair.n_raters) == (agreement.value, 12, 2)


def test_the_question_is_named_with_its_version() -> None:
    """Version 1 goes by its key, later ones by key@version."""
    study = factories.study()
    first = asked(rows(2, ann=every(2)), study=study)
    assert {one.question for one in report.of_question(first).records} == {"fits"}
    later = factories.question(study=study, key="fits", version=2)
    factories.judgment(item=factories.item(question=later))
    assert {one.question for one in report.of_question(later).records} == {"fits@2"}


def test_below_ten_items_no_number_is_shown() -> None:
    """Nine items: no value, no interval, the reason, and n is kept; ten are enough."""
    for items in (9, 10):
        found = numbers(asked(rows(items, ann=every(2), bob=every(3))))
        for one in found.values():
            if "@distinct" in one.statistic or one.panel.startswith("baseline:"):
                continue  # a part of the items
            shown = one.statistic.endswith(("pair_mean", "by_overlap")) or items == 10
            assert (one.value is None) is (not shown) or one.reason != "too_few_items"
        alpha = found["third_party", None, "krippendorff_alpha"]
        pair = found["rater:ann", "rater:bob", "cohen_kappa"]
        assert (alpha.n_items, alpha.n_ratings, pair.n_items) == (items, 2 * items, items)
        reason = "too_few_items" if items == 9 else None
        assert (alpha.reason, pair.reason) == (reason, reason)
        assert (alpha.value is None, alpha.low is None, alpha.method is None) == (
            (True, True, True) if items == 9 else (False, False, False)
        )


def test_no_variation_is_undefined() -> None:
    """All say yes: raw agreement is 1, chance-corrected numbers are None with a reason."""
    found = numbers(asked(rows(12, ann=every(1), bob=every(1))))
    assert found["third_party", None, "raw_agreement"].value == 1
    assert found["third_party", None, "gwet_ac1"].value == 1
    for key in (
        ("third_party", None, "krippendorff_alpha"),
        ("third_party", None, "fleiss_kappa"),
        ("rater:ann", "rater:bob", "cohen_kappa"),
    ):
        assert (found[key].value, found[key].reason) == (None, "no_variation")
        assert found[key].n_items == 12


def test_one_constant_rater_has_a_kappa() -> None:
    """One of two always says yes: kappa is a defined 0."""
    kappa = numbers(asked(rows(12, ann=every(1), bob=every(4))))[
        "rater:ann", "rater:bob", "cohen_kappa"
    ]
    assert (kappa.value, kappa.reason) == (0, None)


def test_people_who_share_no_item() -> None:
    """Items with one rating each: there is nothing to agree on."""
    found = numbers(asked([f"{item},{'ann' if item % 2 else 'bob'},yes" for item in range(24)]))
    agreement = found["third_party", None, "raw_agreement"]
    assert (agreement.value, agreement.reason) == (None, "no_overlap")
    assert not any(panel.startswith("rater:") for panel, _against, _name in found)


def test_skips_are_no_ratings() -> None:
    """A skipped item lowers n and nothing else."""
    lines = rows(14, ann=every(2), bob=lambda item: "skip" if item > 11 else every(4)(item))
    question = asked(lines)
    agreement = numbers(question)["third_party", None, "raw_agreement"]
    assert agreement.value == pytest.approx(9 / 12)
    assert agreement.n_items == 12
    (shares,) = report.of_question(question).shares
    assert (sum(shares.counts), shares.reasons) == (26, {"skipped": 2})


def test_positions_have_no_rater_statistics() -> None:
    """Columns of a list are not people: no pairs, n of raters unknown, and it is said so."""
    found = numbers(asked(rows(12, a=every(2), b=every(4), c=every(3)), identity="positions"))
    kappa = found["third_party", None, "cohen_kappa"]
    assert (kappa.value, kappa.reason) == (None, "no_rater_identity")
    assert (kappa.n_items, kappa.n_ratings, kappa.n_raters) == (12, 36, None)
    alpha = found["third_party", None, "krippendorff_alpha"]
    assert alpha.value is not None
    assert alpha.n_raters is None
    assert {panel for panel, _against, _name in found} == {"third_party", MAJORITY_CLASS}
    assert not any("pair_mean" in name for _panel, _against, name in found)


def test_first_person_is_never_pooled() -> None:
    """Each panel counts its own ratings; no number counts both."""
    found = numbers(_owned(24))
    alone = found["third_party", None, "raw_agreement"]
    assert (alone.n_ratings, alone.n_raters) == (48, 2)
    own = found["first_person", None, "raw_agreement"]
    assert (own.value, own.reason, own.n_raters) == (None, "no_overlap", 12)
    pooled = [one for one in found.values() if one.n_ratings == 72 and one.panel in PANELS]
    assert pooled == []


def test_third_party_against_owner() -> None:
    """The strangers' majority is held against what the owner said: a bar of its own."""
    found = numbers(_owned(24))
    accuracy = found["third_party", "first_person", "accuracy_valid"]
    # Both say yes (or both no) on 14 items outside the multiples of 4 and 5, and on 0 and 20;
    # elsewhere they are split and there is no majority.
    both_yes = [item for item in range(24) if item % 4 and item % 5]
    both_no = [item for item in range(24) if not item % 4 and not item % 5]
    right = sum(1 for item in both_yes if item % 3) + sum(1 for item in both_no if not item % 3)
    assert accuracy.n_items == len(both_yes) + len(both_no)
    assert accuracy.value == pytest.approx(right / accuracy.n_items)
    everything = found["third_party", "first_person", "accuracy_all"]
    assert everything.n_items == 24
    assert everything.value == pytest.approx(right / 24)


def test_owners_give_the_interval() -> None:
    """Items with owners are drawn by owner; fewer than ten owners give no interval."""
    found = numbers(_owned(24))
    method = found["third_party", None, "raw_agreement"].method
    assert str(method).startswith("owner bootstrap")
    few = numbers(_owned(24, owners=9))["third_party", None, "raw_agreement"]
    assert few.value is not None
    assert (few.low, few.high) == (None, None)
    assert few.method == "no owner bootstrap: 9 of 10 owners"


def test_a_scale_adds_its_own_numbers() -> None:
    """Ordinal questions have weighted kappa and AC2; nominal ones have neither."""
    words = rows(12, ann=lambda item: str(1 + item % 5), bob=lambda item: str(1 + item % 4))
    ordinal = {name for _panel, _against, name in numbers(asked(words, base=FIVE))}
    nominal = {name for _panel, _against, name in numbers(asked(words, base=FIVE, level="nominal"))}
    assert {"cohen_kappa_linear", "cohen_kappa_quadratic", "gwet_ac2_quadratic"} <= ordinal
    assert not {name for name in nominal if "quadratic" in name or "linear" in name}


def test_repeats_and_training_do_not_count() -> None:
    """Panels use labels of the first occasion, whatever else a person has answered."""
    question = asked(rows(12, ann=every(2), bob=every(4)))
    before = numbers(question)["third_party", None, "raw_agreement"]
    item = question.items.order_by("pk")[0]
    ann = item.judgments.order_by("pk")[0].rater
    factories.judgment(item=item, rater=ann, occasion=1, use="repeat", value=0)
    factories.judgment(item=item, use="training", value=0)
    factories.judgment(item=item, use="surplus", value=0)
    after = numbers(question)["third_party", None, "raw_agreement"]
    assert (after.value, after.n_ratings) == (before.value, before.n_ratings)


def test_a_question_without_answers() -> None:
    """Nothing asked, nothing said: an empty report, not an error."""
    empty = report.of_question(factories.question())
    assert (empty.records, empty.n_items, empty.shares, empty.confusions) == ([], 0, [], [])


def test_of_many_pairs_those_that_share_most_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And all of them where they are few; each with the answers of its own two raters."""
    lines = rows(20, ann=every(2), bob=every(3), cleo=every(4))
    lines += [f"{item},dan,{'yes' if item % 5 else 'no'}" for item in range(12)]
    question = asked(lines)
    whole = [key for key in numbers(question) if key[0].startswith("rater:")]
    assert len({key[:2] for key in whole}) == 6
    monkeypatch.setattr(people, "MOST_PAIRS", 5)
    monkeypatch.setattr(people, "LISTED_PAIRS", 3)
    found = numbers(question)
    listed = {key[:2] for key in found if key[0].startswith("rater:")}
    names = ("rater:ann", "rater:bob", "rater:cleo")
    assert listed == {(names[0], names[1]), (names[0], names[2]), (names[1], names[2])}
    equal = sum((item % 3 == 0) == (item % 4 == 0) for item in range(20))
    assert found["rater:bob", "rater:cleo", "raw_agreement"].value == pytest.approx(equal / 20)
