"""Fields of a profile: asked in an order, changed until somebody answers, closed afterwards."""

from dataclasses import replace

import pytest

from annotation import models as m
from annotation import profile_fields
from annotation.profile_fields import FieldError, NoField, Step, Wanted
from annotation.profiles import LONGEST, PLACE, shared_sentences
from annotation.usual_profile import USUAL
from tests import factories as make
from tests.telling import field, telling

pytestmark = pytest.mark.django_db

CITY = Wanted("city", "Where do you live?", "The person lives in {value}.", (), sensitive=False)


def keys(study: m.Study) -> list[str]:
    return [one.key for one in profile_fields.fields_of(study)]


def test_fields_are_added_at_the_end_once() -> None:
    study = make.study()
    profile_fields.add_field(study, CITY)
    profile_fields.add_field(study, replace(CITY, key="age", choices=("1", "2"), sensitive=True))
    assert keys(study) == ["city", "age"]
    with pytest.raises(FieldError) as caught:
        profile_fields.add_field(study, CITY)
    assert caught.value.why is NoField.KEY_TAKEN
    profile_fields.add_field(make.study(), CITY)


def test_there_is_an_end_to_fields() -> None:
    study = make.study()
    for number in range(profile_fields.MOST_FIELDS):
        field(study, f"k{number}")
    with pytest.raises(FieldError) as caught:
        profile_fields.add_usual(study)
    assert caught.value.why is NoField.TOO_MANY
    assert len(keys(study)) == profile_fields.MOST_FIELDS


def test_the_usual_fields_are_those_of_the_paper_and_protect_what_the_law_does() -> None:
    """Row 1: PJ Table 6 without Big Five. They join those that are there, once."""
    study = make.study()
    field(study, "religion", label="Ours?")
    assert profile_fields.add_usual(study) == len(USUAL) - 1
    assert profile_fields.add_usual(study) == 0
    assert keys(study)[0] == "religion"
    assert study.profile_fields.get(key="religion").label == "Ours?"
    assert [one.key for one in USUAL] == [
        "age", "gender", "born_in", "lives_in", "education", "employment", "occupation", "income",
        "marital_status", "ethnicity", "religion", "party", "ideology",
    ]  # fmt: skip
    protected = {one.key for one in USUAL if one.sensitive}
    assert protected == {"gender", "ethnicity", "religion", "party", "ideology"}
    for one in USUAL:
        assert one.sentence.count(PLACE) == 1
        assert len(set(one.choices)) == len(one.choices) != 1
        assert max(map(len, one.choices), default=0) <= LONGEST


def test_a_field_changes_until_somebody_answers() -> None:
    """Even "rather not say" is an answer: the person has read the question."""
    person = make.enrolled()
    one = field(person.study, "city")
    wanted = replace(CITY, key="town", choices=("Ulm", "Bonn"), sensitive=True)
    changed = profile_fields.change_field(one, wanted)
    changed.refresh_from_db()
    assert (changed.key, changed.choices, changed.sensitive) == ("town", ["Ulm", "Bonn"], True)
    assert changed.sentence == CITY.sentence
    telling(person, town=("", False))
    for forbidden in (
        lambda: profile_fields.change_field(one, CITY),
        lambda: profile_fields.delete_field(one),
    ):
        with pytest.raises(FieldError) as caught:
            forbidden()
        assert caught.value.why is NoField.ANSWERED
    assert keys(person.study) == ["town"]


def test_a_key_cannot_be_taken_over() -> None:
    study = make.study()
    one = field(study, "age")
    field(study, "city")
    with pytest.raises(FieldError) as caught:
        profile_fields.change_field(one, CITY)
    assert caught.value.why is NoField.KEY_TAKEN
    profile_fields.delete_field(one)
    assert keys(study) == ["city"]


def test_a_closed_field_is_shown_to_nobody_until_it_is_open_again() -> None:
    person = make.enrolled()
    telling(person, city=("Ulm", True))
    one = field(person.study, "city")
    whose = (person.study_id, {person.participant_id})
    profile_fields.close_field(one)
    assert shared_sentences(*whose) == {}
    profile_fields.open_field(one)
    assert shared_sentences(*whose) == {person.participant_id: [("city", "About city: Ulm.")]}


def test_fields_change_places() -> None:
    """The ends stay; fields that came at one place are put in order first."""
    study = make.study()
    a, b, c = (field(study, key, position=0) for key in "abc")
    profile_fields.move_field(a, Step.UP)
    assert keys(study) == ["a", "b", "c"]
    profile_fields.move_field(a, Step.DOWN)
    assert keys(study) == ["b", "a", "c"]
    profile_fields.move_field(c, Step.DOWN)
    profile_fields.move_field(c, Step.UP)
    profile_fields.move_field(c, Step.UP)
    assert keys(study) == ["c", "b", "a"]
    profile_fields.move_field(b, Step.UP)
    assert keys(study) == ["b", "c", "a"]


def test_how_many_say_and_share() -> None:
    study = make.study()
    people = [make.enrolled(study=study) for _ in range(3)]
    for person, said in zip(people, (("Ulm", True), ("Bonn", False), ("", False)), strict=True):
        telling(person, city=said)
    (one,) = profile_fields.fields_of(study)
    counts = (one.rows, one.said, one.shares)  # type: ignore[attr-defined]
    assert counts == (3, 2, 1)
