"""`manage.py release`: free what a person holds who dropped out."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from annotation import models as m
from tests import factories as make
from tests import laid
from tests.labelling import fill, labeller

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> m.Enrollment:
    owner = make.enrolled()
    laid.review(owner)
    return labeller(owner)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("release", *arguments, stdout=out)
    return out.getvalue()


def test_it_frees_and_says_how_many(person: m.Enrollment) -> None:
    """A second time there is nothing left to free, and no fault."""
    slot = fill(person, send=False)
    name = str(person.participant)
    asked = (name, "--study", person.study.name)
    assert run(*asked) == f"1 place is free again. {name} may come back and go on.\n"
    slot.refresh_from_db()
    assert slot.rater is None
    assert run(*asked).startswith("0 places are free again.")


@pytest.mark.parametrize("which", ["study", "person", "elsewhere"])
def test_nobody_of_that_name(person: m.Enrollment, which: str) -> None:
    """A wrong study frees nothing, also where the person is known in another one."""
    slot = fill(person, send=False)
    name, study = str(person.participant), person.study.name
    if which == "person":
        name = "p-nobody"
    else:
        study = "nowhere" if which == "study" else make.study().name
    with pytest.raises(CommandError, match=f"The study {study} has nobody called {name}"):
        run(name, "--study", study)
    slot.refresh_from_db()
    assert slot.rater is not None
