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


def test_whoever_only_looks_has_not_started() -> None:
    """A researcher's preview is no person."""
    study = make.study()
    busy.consent(study)
    one = busy.person(study, Standing.DONE)
    m.Enrollment.objects.filter(pk=one.pk).update(preview=True)
    assert (line_of(study).started, line_of(study).done) == (0, 0)


def test_sheets_that_nobody_may_open_do_not_count() -> None:
    study = make.study()
    busy.consent(study)
    sheets = [busy.sheet(busy.person(study, Standing.DONE)) for _ in range(2)]
    m.Sheet.objects.filter(pk=sheets[0].pk).update(hidden_at=busy.moment(0))
    line = line_of(study)
    assert (line.places, line.submitted) == (3, 1)


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
    """By whatever happened last: people who come and go, answers, or judges."""
    quiet, people, judged, labelled = (make.study() for _ in range(4))
    m.Study.objects.update(created_at=busy.moment(-9))
    for days in (-8, -3, -7):
        item, rater = make.item(question=make.question(study=labelled)), make.person_rater()
        about = {"item": item, "question_id": item.question_id, "rater": rater}
        m.Judgment.objects.create(**about, role="third_party", value=1, at=busy.moment(days))
    busy.consent(people)
    one = busy.person(people, Standing.CHATTING)
    m.Enrollment.objects.filter(pk=one.pk).update(consented_at=busy.moment(-5))
    JudgeRun.objects.create(study=judged, rater=make.judge(), source="computed")
    assert [line.study for line in overview()] == [judged, labelled, people, quiet]
