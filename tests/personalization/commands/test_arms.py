"""manage.py arms: the arms report as JSON or as lines, and help where a name is wrong."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from personalization.comparison.report import of_study
from tests import factories as make
from tests.personalization.comparison.planted import Planted, planted, with_attributes

pytestmark = pytest.mark.django_db


@pytest.fixture
def data() -> Planted:
    return with_attributes(planted())


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("arms", *arguments, stdout=out)
    return out.getvalue()


def test_json_is_the_report(data: Planted) -> None:
    """The same as what the page computes, arms with their counts included."""
    name = data.study.name
    assert json.loads(printed("--study", name, "--json")) == of_study(data.study).as_dict()


def test_lines_name_numbers_intervals_and_reasons(data: Planted) -> None:
    """One line each; two arms set against each other add their differences."""
    lines = printed("--study", data.study.name, "--versus", "ours", "theirs").splitlines()
    (accepted,) = (
        one for one in lines if " ours " in one and "first_person " in one and " accepted " in one
    )
    assert "0.6250 [" in accepted
    assert accepted.endswith("n=48 owner bootstrap, B=1000")
    (gap,) = (one for one in lines if "first_person ~ theirs" in one and "problematic@diff" in one)
    assert "-0.2917 [" in gap
    assert any("no_overlap" in one for one in lines)


def test_a_wrong_name_says_which_there_are(data: Planted) -> None:
    """Of studies and of arms; two arms of one kind, and not the same one twice."""
    with pytest.raises(CommandError, match=f"Studies here: {data.study.name}"):
        printed("--study", "no-such-study")
    make.arm(study=data.study, name="plain", step="generation")
    for two in (("ours", "nobody"), ("ours", "ours"), ("ours", "plain")):
        with pytest.raises(CommandError, match="profiles: ours, theirs; responses: plain"):
            printed("--study", data.study.name, "--versus", *two)
