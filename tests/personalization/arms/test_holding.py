"""What is in an arm's profile of a person, and what was left out of it."""

import pytest
from django.utils import timezone

from annotation import models as m
from personalization.arms.holding import hold, hold_response, leave_out, profile
from personalization.models import ArmAttribute, ArmResponse
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_profile_is_what_an_arm_holds_of_a_person() -> None:
    """Not what is left out, was withdrawn, is of somebody else, or of another arm; harmless twice."""
    arm, of = make.arm(), make.participant()
    kept, dropped, gone = (make.attribute(of=of) for _number in range(3))
    somebody = make.attribute()
    for _time in range(2):
        hold(arm, [kept, dropped, gone, somebody])
    hold(make.arm(), [make.attribute(of=of)])
    leave_out(arm, dropped, "dropped")
    m.Attribute.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    assert list(profile(arm, of)) == [kept]
    assert list(profile(arm, of.pk)) == [kept]
    assert ArmAttribute.objects.filter(arm=arm).count() == 4


def test_what_is_left_out_need_not_have_been_in() -> None:
    """And why may change."""
    arm, one = make.arm(), make.attribute()
    leave_out(arm, one, "dropped")
    leave_out(arm, one, "refined")
    assert ArmAttribute.objects.get(arm=arm).left_out == "refined"


def test_a_response_is_held_once() -> None:
    arm, response = make.arm(step="generation"), make.response()
    for _time in range(2):
        hold_response(arm, response)
    assert ArmResponse.objects.get().response == response
