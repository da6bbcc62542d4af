"""People and sheets, counted."""

import pytest
from pytest_django import DjangoAssertNumQueries

from annotation import lanes
from annotation import models as m
from annotation.progress import Figures, Standing, groups, places, taking_part, with_standing
from tests import busy
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("standing", Standing)
def test_everybody_stands_somewhere(standing: Standing) -> None:
    """One person of each kind is found as that kind."""
    study = make.study()
    busy.consent(study)
    one = busy.person(study, standing)
    found = with_standing(m.Enrollment.objects.all()).get(pk=one.pk)
    assert found.standing == standing


def test_groups_come_in_the_order_of_the_way() -> None:
    """With how many there are, and since when the longest waits; nobody is no group."""
    study = make.study()
    busy.consent(study)
    for standing in (Standing.DONE, Standing.CHATTING, Standing.WAITING, Standing.WAITING):
        busy.person(study, standing)
    found = groups(study)
    assert [(group.standing, group.count) for group in found] == [
        (Standing.CHATTING, 1),
        (Standing.WAITING, 2),
        (Standing.DONE, 1),
    ]
    assert [group.waiting_since is not None for group in found] == [False, True, False]


def test_others_do_not_count() -> None:
    study, other = make.study(), make.study()
    busy.consent(other)
    busy.sheet(busy.person(other, Standing.DONE))
    assert groups(study) == []
    assert places(study) == []


def test_places_by_stage_and_role() -> None:
    """Stages come in the order of the way; a lease that is over is freed by the sweep, not before."""
    study = make.study()
    busy.consent(study)
    owner = busy.person(study, Standing.DONE)
    for stage in ("imported", "comparison", "review", "review"):
        busy.sheet(owner, stage, strangers=3)
    late = m.Slot.objects.filter(sheet__stage="comparison", rater__isnull=False, submitted_at=None)
    late.update(leased_until=busy.moment(-1))
    expected = {
        ("review", "first_person"): Figures(submitted=2),
        ("review", "third_party"): Figures(free=4, leased=2),
        ("comparison", "first_person"): Figures(submitted=1),
        ("comparison", "third_party"): Figures(free=2, leased=1),
        ("imported", "first_person"): Figures(submitted=1),
        ("imported", "third_party"): Figures(free=2, leased=1),
    }
    assert quotas(study) == expected
    assert list(quotas(study)) == list(expected)
    assert lanes.expire() == 1
    assert quotas(study) == expected | {("comparison", "third_party"): Figures(free=3, lapsed=1)}
    assert [one.quota.total for one in places(study)][:2] == [2, 6]


def test_sheets_of_those_who_withdrew_are_withheld() -> None:
    """They stand apart, and are no part of the total."""
    study = make.study()
    busy.consent(study)
    sheet = busy.sheet(busy.person(study, Standing.DONE))
    m.Sheet.objects.filter(pk=sheet.pk).update(hidden_at=busy.moment(0))
    first_person, third_party = places(study)
    assert first_person.quota == Figures(withheld=1)
    assert third_party.quota == Figures(withheld=2)
    assert third_party.quota.total == 0


def test_what_is_beside_the_quota_stands_apart() -> None:
    """In a fixed order, where there is any; previews never count."""
    study = make.study()
    busy.consent(study)
    sheet = busy.sheet(busy.person(study, Standing.DONE))
    for purpose in ("attention", "extra", "gold", "preview", "training"):
        make.slot(sheet=sheet, purpose=purpose, rater=make.person_rater())
    make.slot(sheet=sheet, purpose="extra")
    make.slot(sheet=sheet, purpose="repeat", occasion=1, rater=make.person_rater())
    first_person, third_party = places(study)
    assert first_person.beside == {}
    assert third_party.quota == Figures(free=1, leased=1)
    assert list(third_party.beside.items()) == [
        ("extra", Figures(free=1, leased=1)),
        ("repeat", Figures(leased=1)),
        ("training", Figures(leased=1)),
        ("gold", Figures(leased=1)),
        ("attention", Figures(leased=1)),
    ]


def test_a_stage_with_checks_alone_is_there() -> None:
    """A quota of nothing, and what is beside it."""
    slot = make.slot(sheet=make.sheet(stage="review"), purpose="gold")
    (found,) = places(slot.sheet.study)
    assert not found.quota
    assert found.beside == {"gold": Figures(free=1)}


def test_places_are_not_counted_when_they_are_asked_for(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """One query, which never looks at places or sheets."""
    study = make.study()
    busy.consent(study)
    busy.sheet(busy.person(study, Standing.DONE))
    with django_assert_num_queries(1) as made:
        assert places(study)
    assert "annotation_tally" in made[0]["sql"]
    assert "annotation_slot" not in made[0]["sql"]


def test_whoever_only_looks_is_nobody() -> None:
    """A researcher's preview is in no count of people."""
    study = make.study()
    busy.consent(study)
    one = busy.person(study, Standing.CHATTING)
    busy.person(study, Standing.CHATTING)
    m.Enrollment.objects.filter(pk=one.pk).update(preview=True)
    assert [(group.standing, group.count) for group in groups(study)] == [(Standing.CHATTING, 1)]
    assert one not in taking_part(study)


def quotas(study: m.Study) -> dict[tuple[str, str], Figures]:
    """Return the figures of the quotas, by stage and role."""
    return {(one.stage, one.role.value): one.quota for one in places(study)}
