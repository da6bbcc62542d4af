"""What people enter into a sheet: read, refused with all errors at once, kept as a draft."""

import pytest
from django.http import QueryDict

from annotation import models as m
from annotation.answers import CANNOT_TELL, MISSING_LENGTH, MISSING_MOST, SheetForm, wording
from annotation.arrangement import arranged
from annotation.models.judgment import Reason
from tests import factories as make
from tests import laid

pytestmark = pytest.mark.django_db
ACCEPTED, UNCERTAIN, REJECTED = "2", "1", "0"


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled()


def filled(slot: m.Slot, entered: dict[str, str]) -> SheetForm:
    data = QueryDict(mutable=True)
    data.update(entered)
    return SheetForm(slot, data)


def item_of(slot: m.Slot, kind: str, at: int = 0) -> m.Item:
    return slot.sheet.items.filter(question__kind=kind).order_by("pk")[at]


def strangers_slot(sheet: m.Sheet) -> m.Slot:
    slot = sheet.slots.select_related("sheet").filter(role="third_party").first()
    assert slot is not None
    return slot


def test_every_question_is_asked_at_once(owner: m.Enrollment) -> None:
    """An empty review names each attribute; error codes and what was missed may stay empty."""
    slot = laid.own_slot(laid.review(owner))
    form = filled(slot, {})
    assert not form.is_valid()
    assert {form[name].label for name in form.errors} == {text.rstrip(".") for text in laid.SAYS}
    assert {str(text) for texts in form.errors.values() for text in texts} == {"Choose one answer."}


def test_a_whole_review_is_read(owner: m.Enrollment) -> None:
    """Row 16: the three values, and free text line by line, each once."""
    slot = laid.own_slot(laid.review(owner))
    values = [ACCEPTED, UNCERTAIN, REJECTED]
    entered = {f"item-{item_of(slot, 'attribute', at).pk}": v for at, v in enumerate(values)}
    error = item_of(slot, "error_code", 2)
    entered |= {f"item-{error.pk}": "1", "missing": " Paints. \n\n Runs.\r\nPaints. "}
    form = filled(slot, entered)
    assert form.is_valid(), form.errors
    answers = form.answers()
    assert [answers.given[item_of(slot, "attribute", at).pk] for at in range(3)] == [2, 1, 0]
    assert answers.given[error.pk] == 1
    assert len(answers.given) == 4
    assert answers.missing == ("Paints.", "Runs.")


@pytest.mark.parametrize(
    ("value", "code", "error"),
    [
        (REJECTED, "", "Choose what is wrong with it."),
        (REJECTED, "0", ""),
        (UNCERTAIN, "", ""),
        (UNCERTAIN, "5", ""),
        (ACCEPTED, "", ""),
        (ACCEPTED, "0", "You did not say that anything is wrong here."),
        (ACCEPTED, "6", "Choose one of the reasons in the list."),
        (REJECTED, "-1", "Choose one of the reasons in the list."),
        (REJECTED, "x", "Choose one of the reasons in the list."),
    ],
)
def test_error_codes_follow_the_verdict(
    owner: m.Enrollment, value: str, code: str, error: str
) -> None:
    """Row 17: required for rejected, allowed for uncertain, refused for accepted."""
    slot = laid.own_slot(laid.review(owner, "The user sails."))
    verdict, why = item_of(slot, "attribute"), item_of(slot, "error_code")
    form = filled(slot, {f"item-{verdict.pk}": value, f"item-{why.pk}": code})
    assert form.is_valid() == (not error)
    assert form.errors.get(f"item-{why.pk}", []) == ([error] if error else [])


def test_strangers_may_be_unable_to_tell(owner: m.Enrollment) -> None:
    """A stranger has one answer more than the owner; then nothing can be wrong with it."""
    sheet = laid.review(owner, "The user sails.")
    verdict, why = (
        item_of(laid.own_slot(sheet), "attribute"),
        item_of(laid.own_slot(sheet), "error_code"),
    )
    entered = {f"item-{verdict.pk}": CANNOT_TELL}
    assert not filled(laid.own_slot(sheet), entered).is_valid()
    form = filled(strangers_slot(sheet), entered)
    assert form.is_valid()
    assert form.answers().given == {verdict.pk: Reason.CANNOT_TELL}
    assert not filled(strangers_slot(sheet), {**entered, f"item-{why.pk}": "0"}).is_valid()


def test_strangers_read_other_words(owner: m.Enrollment) -> None:
    """Row 6: owner and stranger answer the same version, each in their words."""
    sheet = laid.review(owner, "The user sails.")
    item = item_of(laid.own_slot(sheet), "attribute")
    assert wording(laid.own_slot(sheet), item) == "Is this true of you?"
    assert wording(strangers_slot(sheet), item) == "Does this follow from what the person wrote?"


@pytest.mark.parametrize("value", ["3", "-1", "yes", "1.0", "١", " ", "cannot_tell", "9" * 400])
def test_values_outside_the_options_are_refused(owner: m.Enrollment, value: str) -> None:
    slot = laid.own_slot(laid.relevance(owner, "The user sails."))
    name = f"item-{item_of(slot, 'relevance').pk}"
    form = filled(slot, {name: value})
    assert not form.is_valid()
    assert len(form.errors[name]) == 1


def test_options_for_judges_alone_are_refused(owner: m.Enrollment) -> None:
    slot = laid.own_slot(laid.relevance(owner, "The user sails."))
    item = item_of(slot, "relevance")
    fresh = make.question(study=owner.study, key="relevance", version=2, kind="relevance")
    make.option(question=fresh, code=2, key="perhaps", audience="judges")
    m.Item.objects.filter(pk=item.pk).update(question=fresh)
    assert not filled(slot, {f"item-{item.pk}": "2"}).is_valid()
    assert filled(slot, {f"item-{item.pk}": "1"}).is_valid()


def test_answers_to_other_sheets_are_refused(owner: m.Enrollment) -> None:
    """Row 20: what the page does not ask cannot be answered by posting it."""
    slot = laid.own_slot(laid.comparison(owner))
    grey = item_of(laid.own_slot(laid.relevance(owner)), "relevance")
    entered = laid.answers_to(slot)
    assert filled(slot, entered).is_valid()
    form = filled(slot, {**entered, f"item-{grey.pk}": "1"})
    assert not form.is_valid()
    assert list(form.errors) == ["__all__"]


def test_a_comparison_must_have_five_gains(owner: m.Enrollment) -> None:
    """The whole and five gains are required; what goes beyond is free."""
    texts = [f"The user has {n} boats." for n in range(8)]
    slot = laid.own_slot(laid.comparison(owner, *texts))
    form = filled(slot, {})
    assert not form.is_valid()
    assert len(form.errors) == 6
    needed = dict.fromkeys(form.errors, "2")
    form = filled(slot, needed)
    assert form.is_valid()
    assert len(form.answers().given) == 6


def test_much_better_means_the_same_on_both_sides(owner: m.Enrollment) -> None:
    """Row 19: raw 5 with the personalized response (b) left is rating 1, as a scale from a to b."""
    slot = laid.own_slot(laid.comparison(owner, "The user sails."))
    last = {f"item-{item.pk}": "4" for item in slot.sheet.items.all()}
    for seed, value in ((2, 4), (3, 0)):  # an even seed shows a first
        form = filled(laid.seeded(slot, seed), last)
        assert form.is_valid()
        assert set(form.answers().given.values()) == {value}
    middle = dict.fromkeys(last, "2")
    form = filled(slot, middle)
    assert form.is_valid()
    assert set(form.answers().given.values()) == {2}


def test_the_seed_decides_the_order(owner: m.Enrollment) -> None:
    """Row 18: one seed, one order; other seeds, other orders; a review keeps its own."""
    sheet = laid.relevance(owner, *(f"The user has {n} boats." for n in range(12)))
    slot = laid.own_slot(sheet)
    items = list(sheet.items.select_related("question"))
    orders = {
        tuple(item.pk for item in arranged(laid.seeded(slot, seed), given))
        for seed in (1, 2, 3)
        for given in (items, items[::-1])
    }
    assert len(orders) == 3
    review = laid.own_slot(laid.review(owner))
    listed = list(review.sheet.items.order_by("pk"))
    assert arranged(laid.seeded(review, 9), listed[::-1]) == listed


def test_a_comparison_starts_with_the_whole(owner: m.Enrollment) -> None:
    """Then come the required gains, then the others, whatever the seed."""
    slot = laid.own_slot(laid.comparison(owner, *(f"The user has {n} boats." for n in range(8))))
    for seed in range(5):
        items = arranged(laid.seeded(slot, seed), slot.sheet.items.select_related("question"))
        assert items[0].question.kind == "overall"
        required = {item.attribute_id for item in items[1:6]}
        assert required == set(slot.sheet.shown["required"])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("\n".join(f"Line {n}" for n in range(MISSING_MOST)), ""),
        ("\n".join(f"Line {n}" for n in range(MISSING_MOST + 1)), "Write at most 20 lines."),
        ("x" * MISSING_LENGTH, ""),
        ("x" * (MISSING_LENGTH + 1), "Line 1 is too long"),
        ("ok\n" + "x" * 600, "Line 2 is too long"),
        ("a\0b", "Null characters"),
        ("x" * 100_000, "at most 40000 characters"),
        (" \n\t\n ", ""),
    ],
)
def test_missing_attributes_have_limits(owner: m.Enrollment, text: str, error: str) -> None:
    slot = laid.own_slot(laid.review(owner, "The user sails."))
    form = filled(slot, {**laid.answers_to(slot), "missing": text})
    assert form.is_valid() == (not error)
    assert error in str(form.errors.get("missing", ""))


def test_a_draft_keeps_what_stands_there(owner: m.Enrollment) -> None:
    """Right or wrong, but only the fields of the sheet; and nothing that the database refuses."""
    slot = laid.own_slot(laid.review(owner, "The user sails."))
    name = f"item-{item_of(slot, 'attribute').pk}"
    form = filled(slot, {name: "17", "missing": "a\0b", "item-999": "1", "csrf": "x"})
    assert form.entered() == {name: "17", "missing": "ab"}
    assert SheetForm(slot, draft={name: "2"})[name].value() == "2"
