"""`manage.py demo`: two studies at first, nothing more at the second time."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from annotation import models as m
from personalization.demo import try_it
from personalization.models import Verdict
from tests.factories import study as a_study

pytestmark = pytest.mark.django_db

TABLES = (m.Study, m.Item, m.Judgment, m.Slot, m.Invite, m.Rater, m.Participant, Verdict)


def run_demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def test_a_second_run_changes_nothing() -> None:
    said = run_demo()
    assert "Added the study demo" in said
    assert re.search(r"^Take part: http://localhost:\d+/join/\S+$", said, re.MULTILINE)
    before = [table.objects.count() for table in TABLES]
    assert run_demo("--seed", "8") == "The study demo is already there; nothing was changed.\n"
    assert [table.objects.count() for table in TABLES] == before


def test_a_real_study_of_the_same_name_is_left_alone() -> None:
    a_study(name="demo")
    with pytest.raises(CommandError, match="not synthetic"):
        run_demo()
    assert not m.Item.objects.exists()


def test_a_study_that_is_called_try_it_is_left_alone() -> None:
    mine = a_study(name=try_it.NAME)
    m.Study.objects.create(name="demo", synthetic=True)
    assert "join" not in run_demo()
    assert not mine.items.exists()
    assert not mine.invites.exists()


def test_a_name_that_no_study_can_have_is_refused() -> None:
    with pytest.raises(CommandError, match="--name My Demo"):
        run_demo("--name", "My Demo")
