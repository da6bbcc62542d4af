"""`manage.py check_counters`: whether the numbers kept all along are right, and mending them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from annotation import models as m
from annotation.counters import check
from annotation.progress import Standing
from tests import busy
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> m.Study:
    """A study with a sheet whose owner has answered, and that one stranger has."""
    study = make.study(name="pilot")
    busy.consent(study)
    busy.sheet(busy.person(study, Standing.DONE))
    return study


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("check_counters", *arguments, stdout=out)
    return out.getvalue()


def spoil() -> None:
    m.Tally.objects.filter(lane__role="third_party").update(leased=F("leased") + 2)
    m.Enrollment.objects.update(others_sent=4)


def test_all_is_right(study: m.Study) -> None:
    assert said() == said("--study", "pilot") == "All numbers are right.\n"


def test_a_line_for_each_wrong_number(study: m.Study) -> None:
    """The exit status is 1, and nothing is changed."""
    spoil()
    lane = m.Lane.objects.get(role="third_party", returned=False)
    person = m.Enrollment.objects.get().participant
    out = StringIO()
    with pytest.raises(CommandError, match="2 wrong; --mend") as caught:
        call_command("check_counters", stdout=out)
    assert caught.value.returncode == 1
    assert out.getvalue().splitlines() == [
        f"pilot: review third_party label, lane {lane.pk}: leased kept 3, counted 1",
        f"pilot: {person}: others_sent kept 4, counted 0",
    ]
    assert len(check()) == 2


def test_mending(study: m.Study) -> None:
    """What was wrong is said, and right from then on; it tells beforehand that labelling waits."""
    spoil()
    first, *lines, last = said("--mend").splitlines()
    assert first == "Whoever labels waits while numbers are mended."
    assert len(lines) == 2
    assert last == "2 mended."
    assert said("--mend").endswith("All numbers are right.\n")


def test_another_study_is_left_alone(study: m.Study) -> None:
    spoil()
    make.study(name="other")
    assert said("--study", "other", "--mend").endswith("All numbers are right.\n")
    assert len(check()) == 2


def test_a_study_that_is_not_there(study: m.Study) -> None:
    with pytest.raises(CommandError, match="There is no study nowhere"):
        said("--study", "nowhere")
