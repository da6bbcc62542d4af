"""The study to take part in: open to everybody with its link, and never without work."""

import pytest

from annotation import models as m
from annotation.assignment import claim_other
from annotation.invitation import check_open
from personalization.demo import try_it
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> m.Study:
    return try_it.add(7)


def test_it_is_real_and_open_both_ways(study: m.Study) -> None:
    """Its texts are in plain words; nothing is sent to anybody outside, nothing is paid."""
    assert not study.synthetic
    assert (study.turns_min, study.turns_max, study.queries_each) == (2, 8, 2)
    assert (study.strangers, study.sheets_each, study.pay_minor) == (2, 3, None)
    (consent,) = study.consent_texts.all()
    assert (consent.version, consent.provider) == (1, "")
    for invite in study.invites.all():
        check_open(invite)
    assert {one.way for one in study.invites.all()} == {"whole", "labels"}
    assert study.queries.count() == 8


def test_its_first_people_say_that_they_are_synthetic(study: m.Study) -> None:
    """Each conversation begins with it, and no release counts them."""
    assert study.enrollments.count() == 4
    for one in study.conversations.all():
        first = one.turns.earliest("position")
        assert "synthetic" in first.text
        assert first.source == "scripted"
    assert all("release" not in one.scopes for one in study.enrollments.all())


def test_evidence_points_to_what_the_person_said(study: m.Study) -> None:
    """The note at the beginning moves every turn by one."""
    found = m.Evidence.objects.filter(attribute__study=study).select_related("turn")
    assert found
    assert {one.turn.speaker for one in found} == {"user"}


def test_there_is_something_to_label_at_once(study: m.Study) -> None:
    """Two open places at each of twelve sheets; owners have answered theirs."""
    assert study.sheets.count() == 12
    places = m.Slot.objects.filter(sheet__study=study)
    assert places.filter(role="third_party", rater=None).count() == 24
    assert places.filter(role="first_person", submitted_at__isnull=False).count() == 12
    visitor = make.enrolled(study=study, way="labels", part="others")
    claimed = claim_other(visitor)
    assert claimed is not None
    assert claimed.sheet.study == study


def test_it_can_be_judged_like_any_other(study: m.Study) -> None:
    """The questions are those of the protocol alone: people answer each of them on their sheets."""
    assert [one.key for one in study.questions.all()] == [
        "attribute",
        "error_code",
        "relevance",
        "overall",
        "gain",
    ]
