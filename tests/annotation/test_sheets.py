"""Sheets are laid once, whichever way a person comes to them."""

from collections.abc import Callable

import pytest

from annotation import models as m
from annotation.sheets import lay_comparison, lay_relevance, lay_review
from tests import factories as make
from tests import laid

pytestmark = pytest.mark.django_db


def review_again(person: m.Enrollment, sheet: m.Sheet) -> m.Sheet:
    chats = m.Conversation.objects.filter(participant=person.participant)
    attributes = m.Attribute.objects.filter(participant=person.participant).order_by("pk")
    return lay_review(person, list(chats), list(attributes))


def relevance_again(person: m.Enrollment, sheet: m.Sheet) -> m.Sheet:
    return lay_relevance(person, list(m.RelevancePair.objects.order_by("pk")))


def comparison_again(person: m.Enrollment, sheet: m.Sheet) -> m.Sheet:
    attributes = m.Attribute.objects.filter(participant=person.participant).order_by("pk")
    return lay_comparison(person, m.ResponsePair.objects.get(), list(attributes))


@pytest.mark.parametrize(
    ("lay", "again"),
    [
        (laid.review, review_again),
        (laid.relevance, relevance_again),
        (laid.comparison, comparison_again),
    ],
    ids=["review", "relevance", "comparison"],
)
def test_the_second_time_it_is_the_same_sheet(
    lay: Callable[[m.Enrollment], m.Sheet], again: Callable[[m.Enrollment, m.Sheet], m.Sheet]
) -> None:
    """Somebody took back and gave leave for the provider: the way begins anew, the sheets do not."""
    person = make.enrolled()
    sheet = lay(person)
    items, slots = m.Item.objects.count(), m.Slot.objects.count()
    assert again(person, sheet) == sheet
    assert (m.Item.objects.count(), m.Slot.objects.count()) == (items, slots)


def test_a_group_is_named_by_whoever_lays(db: None) -> None:
    """The stratum stays empty unless somebody gives one; its places then have a lane of their own."""
    person = make.enrolled()
    assert laid.review(person).stratum == ""
    grouped = lay_review(person, [], laid.attributes_of(person), stratum="travel")
    assert grouped.stratum == "travel"
    lanes = m.Lane.objects.filter(role="third_party", returned=False).order_by("stratum")
    assert [lane.stratum for lane in lanes] == ["", "travel"]
