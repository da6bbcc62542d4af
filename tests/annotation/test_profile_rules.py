"""A field is asked once and says its answer; a person answers it once, and shares no silence."""

import pytest

from tests import factories as make
from tests.annotation.refusal import copy, refused, update
from tests.telling import field

pytestmark = pytest.mark.django_db


def test_a_field_is_there_once_and_says_its_answer() -> None:
    one = field(make.study(), "age")
    with refused("profile_field_once"):
        copy(one, label="Again?")
    for column in ({"sentence": "About age."}, {"label": ""}):
        with refused("profile_field_says_value"):
            update(one, **column)
    copy(one, key="born_in")


def test_an_answer_is_there_once_and_silence_is_not_shared() -> None:
    told = field(make.study(), "age").answers.create(participant=make.participant(), value="")
    with refused("profile_shares_something"):
        update(told, shared=True)
    with refused("profile_answer_once"):
        copy(told)
    update(told, value="18 to 24", shared=True)
    copy(told, participant=make.participant())
