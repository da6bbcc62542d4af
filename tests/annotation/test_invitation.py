"""Invites: who may come in, what is kept of those who answer, and the last place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from annotation.consent import TextChangedError, UseRefusedError, renew
from annotation.invitation import (
    NotOpenError,
    Why,
    accept,
    decline,
    invite_token,
    invite_url,
    open_invite,
)
from annotation.models import Enrollment, Invite, Participant
from annotation.models.person import new_pseudonym
from tests import factories as make

ALL = ("use", "release", "show", "provider")
pytestmark = pytest.mark.django_db


def invited(*, way: str = "whole", provider: str = "", **fields: object) -> Invite:
    study = make.study()
    make.consent_text(study=study, provider=provider)
    invite = make.invite(study=study, way=way)
    for name, value in fields.items():
        setattr(invite, name, value)
    invite.save()
    return invite


def test_a_link_leads_to_its_invite() -> None:
    invite = invited()
    assert open_invite(invite_token(invite)) == invite
    assert invite_url(invite) == f"/join/{invite_token(invite)}/"
    assert str(invite.pk) != invite_token(invite)


@pytest.mark.parametrize("token", ["", "1", "1.x", "x.y", "é", "9" * 5000])
def test_a_forged_link_is_unknown(token: str) -> None:
    with pytest.raises(NotOpenError) as refused:
        open_invite(token)
    assert refused.value.why == Why.UNKNOWN


def test_a_link_to_a_deleted_invite_is_unknown() -> None:
    invite = invited()
    token = invite_token(invite)
    invite.delete()
    with pytest.raises(NotOpenError, match="unknown"):
        open_invite(token)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"closed_at": timezone.now()}, Why.CLOSED),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, Why.EXPIRED),
        ({"most": 2, "used": 2}, Why.FULL),
    ],
)
def test_a_link_that_is_over_says_why(fields: dict[str, Any], why: Why) -> None:
    """Also to those who read the page while it was still open."""
    invite = invited(**fields)
    with pytest.raises(NotOpenError) as refused:
        open_invite(invite_token(invite))
    assert refused.value.why == why
    with pytest.raises(NotOpenError) as refused:
        accept(invite, ALL, 1, person=new_pseudonym())
    assert refused.value.why == why
    assert not Participant.objects.exists()


def test_a_closed_study_takes_nobody() -> None:
    invite = invited()
    invite.study.closed_at = timezone.now()
    invite.study.save()
    with pytest.raises(NotOpenError, match="study_closed"):
        open_invite(invite_token(invite))


def test_a_study_without_a_text_has_not_begun() -> None:
    """Row 22: nobody can take part without a text to agree to."""
    with pytest.raises(NotOpenError, match="unready"):
        open_invite(invite_token(make.invite()))


def test_consent_is_kept_with_version_scopes_and_time() -> None:
    """Row 22."""
    invite = invited(provider="Example Inc.")
    person = accept(invite, ["provider", "use", "nonsense"], 1, person=new_pseudonym())
    person.refresh_from_db()
    assert (person.consent_version, person.scopes) == (1, ["use", "provider"])
    assert person.consented_at is not None
    assert (person.way, person.part, person.invite) == ("whole", "chat", invite)
    invite.refresh_from_db()
    assert invite.used == 1


def test_where_nobody_outside_gets_texts_nobody_is_asked() -> None:
    assert accept(invited(), ["use"], 1, person=new_pseudonym()).scopes == ["use", "provider"]


def test_without_the_provider_one_labels_for_others() -> None:
    """Such a person has no chat, and nothing to send."""
    person = accept(invited(provider="Example Inc."), ["use"], 1, person=new_pseudonym())
    assert (person.way, person.part, person.scopes) == ("labels", "others", ["use"])


def test_who_only_labels_is_not_asked_about_texts() -> None:
    person = accept(invited(way="labels"), ALL, 1, person=new_pseudonym())
    assert (person.way, person.part, person.scopes) == ("labels", "others", ["use", "release"])


def test_without_use_nobody_is_taken_in() -> None:
    with pytest.raises(UseRefusedError):
        accept(invited(), ["release"], 1, person=new_pseudonym())
    assert not Participant.objects.exists()


@pytest.mark.parametrize("version", [0, 2])
def test_an_answer_to_another_version_is_not_taken(version: int) -> None:
    with pytest.raises(TextChangedError):
        accept(invited(), ALL, version, person=new_pseudonym())
    assert not Enrollment.objects.exists()


def test_the_same_page_twice_is_one_person() -> None:
    """A second press takes no second place; the later choices hold."""
    invite, name = invited(most=1), new_pseudonym()
    first = accept(invite, ["use"], 1, person=name)
    second = accept(invite, ["use", "release"], 1, person=name)
    assert first.pk == second.pk
    assert second.scopes == ["use", "release", "provider"]
    assert Invite.objects.get().used == 1


def test_saying_no_keeps_no_more_than_that() -> None:
    invite, name = invited(), new_pseudonym()
    for _press in range(2):
        person = decline(invite, person=name)
    assert person.declined_at is not None
    assert (person.scopes, person.consented_at) == ([], None)
    assert Enrollment.objects.count() == 1
    assert Invite.objects.get().used == 0


def test_a_no_may_become_a_yes_and_a_yes_stays() -> None:
    invite, name = invited(), new_pseudonym()
    decline(invite, person=name)
    person = accept(invite, ALL, 1, person=name)
    assert (person.declined_at, Invite.objects.get().used) == (None, 1)
    assert decline(invite, person=name).consented_at is not None


def test_somebody_who_takes_part_elsewhere_stays_the_same_person() -> None:
    known = make.enrolled().participant
    person = accept(invited(), ALL, 1, person=known)
    assert person.participant == known
    assert Participant.objects.count() == 1


def test_a_newer_text_is_agreed_to_without_losing_anything() -> None:
    """Re-consent keeps the part where the person is."""
    person = make.enrolled(part="review")
    make.consent_text(study=person.study, version=2)
    with pytest.raises(TextChangedError):
        renew(person, ["use"], 1)
    make.sheet(study=person.study, owner=make.person_rater(of=person.participant), stage="review")
    Enrollment.objects.filter(pk=person.pk).update(waiting_since=timezone.now())
    renewed = renew(person, ["use"], 2)
    assert (renewed.consent_version, renewed.scopes) == (2, ["use", "provider"])
    assert (renewed.way, renewed.part) == ("whole", "review")
    assert renewed.waiting_since is not None


def test_taking_the_provider_back_ends_the_chat_but_nothing_else() -> None:
    person = make.enrolled(part="review")
    make.consent_text(study=person.study, version=2, provider="Example Inc.")
    renewed = renew(person, ["use", "show"], 2)
    assert (renewed.way, renewed.part) == ("labels", "others")
    assert renewed.waiting_since is None


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_taken_once() -> None:
    """Four people at the same moment, one place."""
    invite = invited(most=1)

    def press(name: str) -> bool:
        try:
            accept(invite, ALL, 1, person=name)
        except NotOpenError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        came_in = list(pool.map(press, [new_pseudonym() for _person in range(4)]))
    assert sorted(came_in) == [False, False, False, True]
    assert Participant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_person() -> None:
    invite, name = invited(), new_pseudonym()

    def press(_press: int) -> int:
        try:
            return accept(invite, ALL, 1, person=name).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(4)))) == 1
    assert Invite.objects.get().used == 1
