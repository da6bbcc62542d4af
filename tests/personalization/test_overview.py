"""All studies at a glance."""

import pytest

from annotation import models as m
from annotation.progress import Standing
from personalization.agreement.report.cache import fresh
from personalization.models import JudgeRun
from personalization.overview import Line, overview
from tests import busy
from tests import factories as make
from tests.personalization.views.labelled import labelled

pytestmark = pytest.mark.django_db


def line_of(study: m.Study) -> Line:
    (found,) = (one for one in overview() if one.study == study)
    return found


def test_a_new_study_has_nothing_yet() -> None:
    study = make.study()
    study.refresh_from_db()
    line = line_of(study)
    assert (line.started, line.done, line.places, line.submitted) == (0, 0, 0, 0)
    assert line.alpha is None
    assert line.last == study.created_at


def test_people_and_places() -> None:
    """Who read the text only, or declined, has not started; who stopped is not done."""
    study = make.study()
    busy.consent(study)
    for standing in Standing:
        one = busy.person(study, standing)
        if standing in (Standing.DONE, Standing.STOPPED):
            busy.sheet(one)
    line = line_of(study)
    assert (line.started, line.done) == (len(Standing) - 2, 1)
    assert (line.places, line.submitted) == (6, 2)


def test_the_headline_is_the_alpha_of_strangers() -> None:
    """Of the first question that has one, as last computed."""
    data = labelled()
    assert line_of(data.study).alpha is None
    report, _computed_at = fresh(data.question)
    (alpha,) = (
        one.value
        for one in report.records
        if (one.panel, one.against, one.statistic) == ("third_party", None, "krippendorff_alpha")
    )
    line = line_of(data.study)
    assert line.question == "better"
    assert line.alpha == pytest.approx(alpha)


def test_the_liveliest_comes_first() -> None:
    """By whatever happened last: people, sheets, or judges."""
    quiet, people, judged = make.study(), make.study(), make.study()
    m.Study.objects.update(created_at=busy.moment(-9))
    busy.consent(people)
    one = busy.person(people, Standing.CHATTING)
    m.Enrollment.objects.filter(pk=one.pk).update(consented_at=busy.moment(-5))
    JudgeRun.objects.create(study=judged, rater=make.judge(), source="computed")
    assert [line.study for line in overview()] == [judged, people, quiet]
