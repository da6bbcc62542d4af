"""`manage.py invite_link`: the address by which people come into a study."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from annotation import models as m
from annotation.invitation import invite_url
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> m.Study:
    return make.consent_text().study


def link(study: m.Study, *arguments: str) -> str:
    out = StringIO()
    call_command("invite_link", "--study", study.name, *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_a_link_that_works(study: m.Study) -> None:
    invite = make.invite(study=study)
    printed = link(study, "--site", "https://concord.example.org/")
    assert printed == f"https://concord.example.org{invite_url(invite)}\n"
    assert Client().get(invite_url(invite)).status_code == 200


def test_the_way_is_asked_for(study: m.Study) -> None:
    make.invite(study=study)
    labels = make.invite(study=study, way="labels")
    assert link(study, "--way", "labels").endswith(f"{invite_url(labels)}\n")


def test_what_lets_nobody_in_is_passed_over(study: m.Study) -> None:
    """The newest invite is closed, so the link of the older one is printed; then there is none."""
    older = make.invite(study=study)
    newer = make.invite(study=study)
    m.Invite.objects.filter(pk=newer.pk).update(closed_at=timezone.now())
    assert link(study).endswith(f"{invite_url(older)}\n")
    m.Invite.objects.update(closed_at=timezone.now())
    with pytest.raises(CommandError, match="no open invitation"):
        link(study)


def test_a_study_that_is_not_there(study: m.Study) -> None:
    with pytest.raises(CommandError, match="The study nowhere has no open invitation"):
        call_command("invite_link", "--study", "nowhere")
