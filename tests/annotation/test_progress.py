"""People and sheets, counted."""

import pytest

from annotation import models as m
from annotation.progress import Standing, groups, places, with_standing
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
    """Stages come in the order of the way; a lease that ended is open again."""
    study = make.study()
    busy.consent(study)
    owner = busy.person(study, Standing.DONE)
    for stage in ("imported", "comparison", "review", "review"):
        busy.sheet(owner, stage, strangers=3)
    late = m.Slot.objects.filter(sheet__stage="comparison", rater__isnull=False, submitted_at=None)
    late.update(leased_until=busy.moment(-1))
    found = {
        (one.stage, one.role.value): (one.submitted, one.leased, one.open) for one in places(study)
    }
    assert found == {
        ("review", "first_person"): (2, 0, 0),
        ("review", "third_party"): (0, 2, 4),
        ("comparison", "first_person"): (1, 0, 0),
        ("comparison", "third_party"): (0, 0, 3),
        ("imported", "first_person"): (1, 0, 0),
        ("imported", "third_party"): (0, 1, 2),
    }
    assert list(dict.fromkeys(stage for stage, _role in found)) == [
        "review",
        "comparison",
        "imported",
    ]
    assert [one.total for one in places(study)][:2] == [2, 6]


def test_sheets_of_those_who_withdrew_do_not_count() -> None:
    study = make.study()
    busy.consent(study)
    sheet = busy.sheet(busy.person(study, Standing.WITHDRAWN))
    m.Sheet.objects.filter(pk=sheet.pk).update(hidden_at=busy.moment(0))
    assert places(study) == []
