"""Browsers of people who take part."""

from django.test import Client

from annotation.models import Enrollment, Participant
from annotation.visits import SESSION_KEY


def visiting(who: Enrollment | Participant, *, careful: bool = False) -> Client:
    """Return a browser that is a participant already; a careful one checks the CSRF token."""
    person = who.participant if isinstance(who, Enrollment) else who
    client = Client(enforce_csrf_checks=careful)
    session = client.session
    session[SESSION_KEY] = person.pk
    session.save()
    return client
