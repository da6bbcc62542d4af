"""The page of people who wait for the machine."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotation.enrollment import prepared
from annotation.models import Enrollment
from personalization.endpoints import stand_in
from personalization.models import ArmRun, Extraction, Generation, Merging, Pairing
from personalization.waits import usual_wait
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def person() -> Enrollment:
    return waiting("review")


def waiting(part: str) -> Enrollment:
    person = make.enrolled(part=part)
    Enrollment.objects.filter(pk=person.pk).update(waiting_since=timezone.now())
    person.refresh_from_db()
    return person


def path(person: Enrollment) -> str:
    return f"/part/{person.study.name}/wait/"


def read_before(person: Enrollment, *seconds: int) -> None:
    """Let extractions of other people have taken so long."""
    now = timezone.now()
    for took in seconds:
        one = Extraction.objects.create(
            conversation=make.conversation(study=person.study), arm=make.arm()
        )
        Extraction.objects.filter(pk=one.pk).update(
            created_at=now - timedelta(seconds=took), settled_at=now, found=1
        )


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("review", "reads your conversation"),
        ("relevance", "looks for new requests"),
        ("comparison", "writes answers"),
    ],
)
def test_it_says_what_is_done_and_that_it_may_be_closed(part: str, words: str) -> None:
    person = waiting(part)
    page = visiting(person).get(path(person)).content.decode()
    assert words in page
    assert "about a minute" in page
    assert "You can also close it" in page
    assert "Look again" in page


def test_the_time_is_that_of_the_people_before(person: Enrollment) -> None:
    browser = visiting(person)
    read_before(person, 130, 300)
    assert usual_wait(person) is None
    read_before(person, 10)
    assert usual_wait(person) == 130
    assert b"about 2 minutes" in browser.get(path(person)).content
    read_before(person, 10, 10, 10)
    assert b"less than a minute" in browser.get(path(person)).content


def test_who_waits_for_the_review_waits_for_the_merging_too(person: Enrollment) -> None:
    """And not for what runs do, however long that took."""
    read_before(person, 10, 10, 10)
    for one in list(Extraction.objects.select_related("conversation")):
        about = Enrollment.objects.create(
            study=person.study, participant=one.conversation.participant
        )
        merging = Merging.objects.create(arm=one.arm, enrollment=about, up_to=one)
        after = one.settled_at + timedelta(seconds=200) if one.settled_at else None
        Merging.objects.filter(pk=merging.pk).update(settled_at=after)
    assert usual_wait(person) == 210
    run = ArmRun.objects.create(
        study=person.study, arm=make.arm(study=person.study), endpoint=stand_in()
    )
    Extraction.objects.update(run=run)
    assert usual_wait(person) is None


def test_each_part_has_times_of_its_own() -> None:
    person = waiting("comparison")
    for _person in range(3):
        other = make.enrolled(study=person.study)
        for query in (make.query(study=person.study), make.query(study=person.study)):
            one = Generation.objects.create(
                enrollment=other, query=query, condition="none", arm=make.arm(step="generation")
            )
            Generation.objects.filter(pk=one.pk).update(
                settled_at=timezone.now() + timedelta(seconds=100),
                response=make.response(query=query),
            )
        Pairing.objects.create(enrollment=other)
    assert usual_wait(person) in (100, 101)
    Enrollment.objects.filter(pk=person.pk).update(part="relevance")
    person.refresh_from_db()
    assert usual_wait(person) is None


def test_it_asks_again_and_changes_only_what_is_new(person: Enrollment) -> None:
    """Polled by htmx: nothing is swapped while nothing has changed."""
    browser = visiting(person)
    page = browser.get(path(person)).content.decode()
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every 3s"', page)
    assert found is not None
    assert browser.get(found[1], headers=HTMX).status_code == 204
    laid.review(make.enrolled(study=person.study))
    page = browser.get(found[1], headers=HTMX).content.decode()
    assert "<html" not in page
    assert f'action="/part/{person.study.name}/others/"' in page


def test_it_goes_on_by_itself(person: Enrollment) -> None:
    browser = visiting(person)
    laid.review(person)
    prepared(person.pk)
    assert browser.get(path(person), headers=HTMX)["HX-Redirect"] == f"/part/{person.study.name}/"
    assert browser.get(path(person))["Location"] == f"/part/{person.study.name}/"


def test_after_long_it_says_so(person: Enrollment) -> None:
    Enrollment.objects.update(waiting_since=timezone.now() - timedelta(minutes=6))
    assert b"longer than usual" in visiting(person).get(path(person)).content


def test_a_stranger_is_refused(client: Client, person: Enrollment) -> None:
    assert client.get(path(person)).status_code == 403
    assert visiting(make.enrolled()).get(path(person)).status_code == 403


def test_wrong_method(person: Enrollment) -> None:
    assert visiting(person).post(path(person)).status_code == 405
