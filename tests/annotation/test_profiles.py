"""What people say of themselves: kept as they said it, read by others only where they share it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation import models as m
from annotation.leaving import withdraw
from annotation.profiles import (
    ProfileError,
    is_due,
    keep,
    pass_by,
    share_nothing,
    shared_by_owner,
    shared_sentences,
    told,
)
from tests import factories as make
from tests import laid
from tests.telling import field, telling

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> m.Enrollment:
    return make.enrolled()


def read(*people: m.Enrollment) -> list[list[tuple[str, str]]]:
    """Return what others read of each of these people, by key."""
    found = shared_sentences(people[0].study_id, {one.participant_id for one in people})
    assert found.keys() <= {one.participant_id for one in people}
    return [found.get(one.participant_id, []) for one in people]


def test_nothing_is_shared_that_is_not_ticked(person: m.Enrollment) -> None:
    """Row 1: not what is merely said, nor a tick beside nothing; in the order of the fields."""
    for key in ("city", "age", "faith", "work"):
        field(person.study, key)
    said = {
        "age": (" 45\n to 54 ", True),
        "faith": ("secret", False),
        "city": ("Ulm", True),
        "work": ("  ", True),
    }
    assert keep(person, said).profile_at is not None
    assert told(person) == {
        "age": ("45 to 54", True),
        "faith": ("secret", False),
        "city": ("Ulm", True),
        "work": ("", False),
    }
    assert read(person) == [[("city", "About city: Ulm."), ("age", "About age: 45 to 54.")]]


def test_it_can_change_and_what_is_not_named_stays(person: m.Enrollment) -> None:
    telling(person, city=("Ulm", True), age=("45", True))
    keep(person, {"city": ("Bonn", False)})
    assert told(person) == {"city": ("Bonn", False), "age": ("45", True)}
    first = m.Enrollment.objects.get().profile_at
    keep(person, {"city": ("Bonn", True)})
    assert m.Enrollment.objects.get().profile_at == first
    assert share_nothing(person) == 2
    assert read(person) == [[]]
    assert told(person) == {"city": ("Bonn", False), "age": ("45", False)}


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("size", "tall", "does not ask"),
        ("age", "17", "none of those on offer"),
        ("city", "x" * 201, "longer than 200"),
        ("city", "a\0b", "no text has"),
        ("shut", "x", "does not ask"),
    ],
)
def test_what_cannot_be_kept_leaves_all_as_it_was(
    person: m.Enrollment, key: str, value: str, why: str
) -> None:
    telling(person, city=("Ulm", True))
    field(person.study, "age", choices=["18", "19"])
    field(person.study, "shut", closed_at=timezone.now())
    with pytest.raises(ProfileError, match=why) as caught:
        keep(person, {"city": ("Bonn", True), key: (value, True)})
    assert caught.value.key == key
    assert told(person) == {"city": ("Ulm", True)}
    assert m.Enrollment.objects.get().profile_at is None


def test_a_value_is_put_into_the_sentence_as_it_is(person: m.Enrollment) -> None:
    """A person's words are no pattern: braces and fields in them stay."""
    telling(person, city=("{value} {0} {value.__class__} %s", True))
    assert read(person) == [[("city", "About city: {value} {0} {value.__class__} %s.")]]


def test_who_has_left_is_read_by_nobody(person: m.Enrollment) -> None:
    """Row 1: withdrawn, declined, never agreed, previewing; or the field is closed."""
    others = [make.enrolled(study=person.study) for _ in range(4)]
    for one in (person, *others):
        telling(one, city=("Ulm", True), age=("45", True))
    now = timezone.now()
    gone: list[dict[str, object]] = [
        {"withdrawn_at": now},
        {"scopes": [], "consent_version": None, "consented_at": None, "declined_at": now},
        {"scopes": [], "consent_version": None, "consented_at": None},
        {"preview": True},
    ]
    for one, columns in zip(others, gone, strict=True):
        m.Enrollment.objects.filter(pk=one.pk).update(**columns)
    field(person.study, "age")
    m.ProfileField.objects.filter(key="age").update(closed_at=now)
    assert read(person, *others) == [[("city", "About city: Ulm.")], [], [], [], []]


def test_another_study_is_another_profile(person: m.Enrollment) -> None:
    """What somebody shares in one study is not read in another."""
    telling(person, city=("Ulm", True))
    text = make.consent_text()
    elsewhere = m.Enrollment.objects.create(
        participant=person.participant,
        study=text.study,
        consent_version=text.version,
        consented_at=timezone.now(),
    )
    assert read(elsewhere) == [[]]
    withdraw(elsewhere)
    assert told(person) == {"city": ("Ulm", True)}


def test_withdrawal_deletes_what_was_said(person: m.Enrollment) -> None:
    """Also what was not shared, and what stands in closed fields; other people's stays."""
    other = make.enrolled(study=person.study)
    for one in (person, other):
        telling(one, city=("Ulm", True), faith=("secret", False))
    m.ProfileField.objects.filter(key="faith").update(closed_at=timezone.now())
    withdraw(person)
    left = set(m.ProfileAnswer.objects.values_list("participant", flat=True))
    assert left == {other.participant_id}
    assert m.ProfileAnswer.objects.count() == 2
    with pytest.raises(ProfileError):
        keep(person, {"city": ("Ulm", True)})


def test_the_owner_of_a_sheet(person: m.Enrollment) -> None:
    """As strangers read it; a sheet of nobody tells nothing, and costs no query."""
    telling(person, city=("Ulm", True), faith=("secret", False))
    sheet = laid.review(person)
    assert [one.said() for one in shared_by_owner(sheet)] == ["About city: Ulm."]
    nobodys = make.sheet(study=person.study)
    with CaptureQueriesContext(connection) as queries:
        assert shared_by_owner(nobodys) == []
    assert len(queries) == 0


def test_many_people_cost_one_query(person: m.Enrollment) -> None:
    people = [make.enrolled(study=person.study) for _ in range(5)]
    for one in people:
        telling(one, city=("Ulm", True))
    with CaptureQueriesContext(connection) as queries:
        found = read(person, *people)
    assert len(queries) == 1
    assert found == [[], *[[("city", "About city: Ulm.")]] * 5]


@pytest.mark.parametrize(
    ("columns", "due"),
    [
        ({}, True),
        ({"profile_at": timezone.now()}, False),
        ({"part": "review"}, False),
        ({"part": "others", "way": "labels"}, False),
        ({"preview": True}, False),
    ],
)
def test_who_comes_to_the_profile(
    person: m.Enrollment, columns: dict[str, object], due: bool
) -> None:
    """Once, before the chat, and only those whose own texts are judged."""
    assert not is_due(person)  # nothing is asked yet
    field(person.study, "city")
    for name, value in columns.items():
        setattr(person, name, value)
    assert is_due(person) is due
    m.ProfileField.objects.update(closed_at=timezone.now())
    assert not is_due(person)


def test_passing_by(person: m.Enrollment) -> None:
    """Whoever says nothing is not asked again, and no answer is made up."""
    field(person.study, "city")
    assert not is_due(pass_by(person))
    assert told(person) == {}


def test_answers_end_with_the_study(person: m.Enrollment) -> None:
    """Until the person is done and the study is closed; sharing can be taken back even then."""
    telling(person, city=("Ulm", True))
    m.Study.objects.update(closed_at=timezone.now())
    keep(person, {"city": ("Bonn", True)})
    m.Enrollment.objects.update(finished_at=timezone.now())
    with pytest.raises(ProfileError):
        keep(person, {"city": ("Ulm", True)})
    assert read(person) == [[("city", "About city: Bonn.")]]
    assert share_nothing(person) == 1
    assert read(person) == [[]]
