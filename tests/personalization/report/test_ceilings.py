"""What one human reaches beside each judge, and owners against themselves."""

import pytest

from annotation.models import Question
from personalization.agreement.report import Record
from tests import factories
from tests.personalization.imports.files import FIVE
from tests.personalization.report.studies import Key, asked, every, numbers, rows

pytestmark = pytest.mark.django_db
HUMANS = {"ann": every(2), "bob": every(2), "cat": every(4)}
SIDES = ("ceiling_plurality_human", "ceiling_plurality_judge")


def _of(found: dict[Key, Record], *names: str) -> list[Record]:
    return [found["judge:gpt", "third_party", name] for name in names]


def test_human_and_judge_stand_on_the_same_rows() -> None:
    """gpt is cat's twin on 16 of 24 items: of 48 ratings both sides are known by hand."""
    judge = rows(24, gpt=lambda item: every(4)(item) if item < 16 else "")
    found = numbers(asked(rows(24, **HUMANS), judge))
    human, machine = _of(found, *SIDES)
    # On 4 of 16 items (2, 6, 10, 14) cat is alone: ann and bob see a tie, cat sees the other value.
    assert human.value == pytest.approx((12 * 3 + 4 * (0.5 + 0.5 + 0)) / 48)
    # There the judge says what cat says: half of each tie, and nothing against ann and bob.
    assert machine.value == pytest.approx((12 * 3 + 4 * (0.5 + 0.5 + 0)) / 48)
    for one in (human, machine):
        assert (one.n_items, one.n_ratings, one.n_raters) == (16, 48, 3)
        assert one.method == "item bootstrap, B=1000"
        assert None not in (one.low, one.high)
    everybody = found["third_party", None, "ceiling_plurality"]
    assert everybody.value == pytest.approx((18 * 3 + 6) / 72)
    assert everybody.n_ratings == 72


def test_both_forms_differ_with_four_people() -> None:
    """One against three: 3 of 4 meet a plurality, 2/3 of the others agree with these three."""
    people = {"ann": every(2), "bob": every(2), "cat": every(2), "dan": every(2, "no", "yes")}
    found = numbers(asked(rows(12, **people), rows(12, gpt=every(2))))
    assert found["third_party", None, "ceiling_plurality"].value == pytest.approx(3 / 4)
    assert found["third_party", None, "ceiling_share"].value == pytest.approx(3 * (2 / 3) / 4)
    human, machine = _of(found, "ceiling_share_human", "ceiling_share_judge")
    assert human.value == pytest.approx(1 / 2)
    assert machine.value == pytest.approx(3 / 4)


def test_unreadable_answers_are_left_out_or_wrong() -> None:
    """20 items, 5 unreadable: both readings, each with the human on the judge's rows."""
    judge = rows(20, gpt=lambda item: "invalid" if item < 5 else every(2)(item))
    found = numbers(asked(rows(20, ann=every(2), bob=every(2), cat=every(2)), judge))
    human, machine = _of(found, *SIDES)
    assert (human.value, machine.value, machine.n_ratings) == (1, 1, 45)
    human, machine = _of(found, *[f"{name}@all" for name in SIDES])
    assert (human.value, machine.value) == pytest.approx((1, 0.75))
    assert (human.n_ratings, machine.n_ratings) == (60, 60)
    readable = numbers(asked(rows(12, **HUMANS), rows(12, gpt=every(3))))
    assert not [key for key in readable if key[2].endswith("@all")]


def test_a_scale_has_distances() -> None:
    """5, 5, 3 and a judge who says 4: others' means 4, 4, 5; human 1, 1, 2; judge 0, 0, 1."""
    people = {"ann": lambda _i: "5", "bob": lambda _i: "5", "cat": lambda _i: "3"}
    judge = rows(12, gpt=lambda item: "" if item == 0 else "4")
    found = numbers(asked(rows(12, **people), judge, base=FIVE))
    human, machine = _of(found, "ceiling_error_human", "ceiling_error_judge")
    assert (human.value, machine.value) == pytest.approx((4 / 3, 1 / 3))
    assert (human.n_items, human.method) == (11, "item bootstrap, B=1000")
    nominal = numbers(asked(rows(12, **HUMANS), rows(12, gpt=every(3))))
    assert not [key for key in nominal if "error" in key[2]]


def test_a_distance_says_how_many_answers_were_unreadable() -> None:
    """An answer that cannot be read has no distance: it is left out of both sides, and counted."""
    people = {"ann": lambda _i: "5", "bob": lambda _i: "5"}
    judge = rows(14, gpt=lambda item: "invalid" if item < 3 else "4")
    found = numbers(asked(rows(14, **people), judge, base=FIVE, invalid=["invalid"]))
    for one in _of(found, "ceiling_error_human", "ceiling_error_judge"):
        assert one.method == "item bootstrap, B=1000; 3 unreadable answers left out"
        assert (one.n_items, one.n_ratings) == (11, 22)


def test_positions_have_ceilings() -> None:
    """An item's histogram is enough; how many people there were is unknown."""
    lines = rows(16, a=every(2), b=every(2), c=every(4))
    found = numbers(asked(lines, rows(16, gpt=every(2)), identity="positions"))
    assert found["third_party", None, "ceiling_plurality"].n_raters is None
    human, machine = _of(found, *SIDES)
    assert human.value is not None
    assert machine.n_raters is None


def test_below_ten_items_no_ceiling_is_shown() -> None:
    for items in (9, 10):
        found = numbers(asked(rows(items, **HUMANS), rows(items, gpt=every(3))))
        for one in (found["third_party", None, "ceiling_share"], *_of(found, *SIDES)):
            assert (one.value is None) == (items == 9)
            assert one.reason == ("too_few_items" if items == 9 else None)
            assert one.n_items == items


def _owned(items: int, repeated: int, kept: int) -> Question:
    """Ten owners answer yes to everything; the first `repeated` items again, `kept` of them yes."""
    lines = [f"{item},owner-{item % 10},yes,owner-{item % 10}" for item in range(items)]
    lines += [f"{item},ann,{every(2)(item)},owner-{item % 10}" for item in range(items)]
    judge = rows(items, gpt=lambda item: "yes" if item < 8 else "no")
    question = asked(lines, judge, heading="item,rater,value,owner", columns={"owner": "owner"})
    for place, item in enumerate(question.items.order_by("pk")[:repeated]):
        owner = item.judgments.get(role="first_person").rater
        factories.judgment(
            item=item,
            rater=owner,
            role="first_person",
            use="repeat",
            occasion=1,
            value=int(place < kept),
        )
    return question


def test_owners_against_themselves() -> None:
    """16 of 40 items again, 12 the same; nobody is left out where there is one owner."""
    found = numbers(_owned(40, repeated=16, kept=12))
    agreement = found["first_person", None, "self_agreement"]
    assert agreement.value == pytest.approx(12 / 16)
    assert (agreement.n_items, agreement.n_ratings, agreement.n_raters) == (16, 32, 10)
    assert agreement.method == "owner bootstrap, B=1000"
    # The first answers are all yes: kappa is a defined 0.
    kappa = found["first_person", None, "self_kappa"]
    assert (kappa.value, kappa.n_items) == (0, 16)
    assert not [key for key in found if "first_person" in key[:2] and "ceiling" in key[2]]
    assert ("third_party", None, "self_agreement") not in found


def test_judges_beside_the_owners_own_second_answer() -> None:
    """On the 16 repeated items 8 verdicts are right; on all 40 items 8 as well."""
    found = numbers(_owned(40, repeated=16, kept=12))
    again = found["judge:gpt", "first_person", "accuracy_valid@repeated"]
    assert again.value == pytest.approx(8 / 16)
    assert (again.n_items, again.n_raters) == (16, 10)
    assert found["judge:gpt", "first_person", "accuracy_all@repeated"].value == again.value
    assert found["judge:gpt", "first_person", "accuracy_valid"].value == pytest.approx(8 / 40)


def test_too_few_repeats() -> None:
    """Nine repeats: the reason and n; no repeats: no record at all."""
    found = numbers(_owned(20, repeated=9, kept=9))
    agreement = found["first_person", None, "self_agreement"]
    assert (agreement.value, agreement.reason, agreement.n_items) == (None, "too_few_items", 9)
    nobody = numbers(_owned(20, repeated=0, kept=0))
    assert not [key for key in nobody if "self_" in key[2] or "@repeated" in key[2]]


def test_a_scale_has_weighted_kappas_with_oneself() -> None:
    """A step of one costs a quarter of a step of two in the quadratic form."""
    question = asked(rows(12, ann=lambda item: str(1 + item % 3)), base=FIVE)
    for item in question.items.order_by("pk"):
        first = item.judgments.get()
        again = min((first.value or 0) + 1, 2)
        factories.judgment(item=item, rater=first.rater, use="repeat", occasion=1, value=again)
    found = numbers(question)
    kappas = {
        name: found["third_party", None, f"self_kappa{name}"].value
        for name in ("", "_linear", "_quadratic")
    }
    # First 0, 1, 2 four times each; again 1, 2, 2: observed 8 of 12 changed, by one step each.
    # Plain: expected 1 - (4 * 4 + 4 * 8) / 144 = 2/3; linear (4 + 2 * 8 + 8 + 4) / 36; quadratic.
    assert kappas[""] == pytest.approx(1 - (8 / 12) / (96 / 144))
    linear = (4 * 4 * 1 + 4 * 8 * 2 + 4 * 8 * 1 + 4 * 4 * 1) / 144
    assert kappas["_linear"] == pytest.approx(1 - (8 / 12) / linear)
    quadratic = (4 * 4 * 1 + 4 * 8 * 4 + 4 * 8 * 1 + 4 * 4 * 1) / 144
    assert kappas["_quadratic"] == pytest.approx(1 - (8 / 12) / quadratic)
