"""Agreement of a part of the answers, by the filters that the command and the page take as well."""

import pytest

from annotation import models as m
from personalization.agreement import frames
from personalization.agreement.frames.selection import FILTERS
from personalization.api.agreement import AgreementParameters
from tests import factories as make
from tests.personalization.api.conftest import Program
from tests.personalization.api.test_access import problem
from tests.personalization.views.labelled import Labelled, labelled


@pytest.fixture
def data(db: None) -> Labelled:
    return labelled()


def path(data: Labelled) -> str:
    return f"studies/{data.study.name}/agreement/"


def test_a_part_is_the_part_s_own_report(program: Program, data: Labelled) -> None:
    """The numbers, and the filters that they rest on, in the answer."""
    whole = program.read(path(data), question="better")
    part = program.read(path(data), question="better", role="third_party", overlap="1")
    assert whole["selection"] == {}
    assert part["selection"] == {"overlap": "1", "role": "third_party"}
    assert {"first_person"} <= {one["panel"] for one in whole["records"]}
    panels = {one[side] for one in part["records"] for side in ("panel", "against")}
    assert "first_person" not in panels
    assert "third_party" in panels
    assert program.read(path(data), question="better") == whole


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("overlap", "none", "This must be a whole number."),
        ("overlap", "0", "Ensure this value is greater than or equal to 1."),
        ("since", "2026-13-01", "Datetime has wrong format. Use one of these formats instead:"),
        ("role", "machine", '"machine" is not a valid choice.'),
        ("arm", "condition:some", "This value does not match the required pattern."),
        ("color", "red", "There is no such parameter here. There are: question, role,"),
    ],
)
def test_a_bad_filter_is_refused_by_its_name(
    program: Program, data: Labelled, name: str, value: str, says: str
) -> None:
    """As any other parameter: 400, which one, and what would be right."""
    answer = program.get(path(data), question="better", **{name: value})
    fault = problem(answer, 400, "invalid")["fields"][0]
    assert fault["field"] == name
    assert fault["message"].startswith(says)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"arm": "author:zoe'; --"}, 'There is no author "zoe\'; --" here. There are: none.'),
        ({"category": "pets"}, "There is no category 'pets' here. There are: none."),
        (
            {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
            "This is not after since, so nothing lies between.",
        ),
    ],
)
def test_what_nothing_here_is_called(
    program: Program, data: Labelled, asked: dict[str, str], says: str
) -> None:
    """404, as for a question that is not there: an empty report would look like a finding."""
    answer = program.get(path(data), question="better", **asked)
    fault = problem(answer, 404, "not_found")["fields"][0]
    assert fault["field"] == next(reversed(asked))
    assert fault["message"].startswith(says)


def test_filters_are_those_of_the_allow_list(program: Program) -> None:
    """All but named raters: programs know people by other names than the study does."""
    assert {*AgreementParameters().fields} == {"question", *FILTERS} - {"rater", "without_rater"}


def test_whom_a_property_is_shared_with(program: Program, data: Labelled) -> None:
    """What people said of themselves chooses answers, and is told to nobody."""
    study = data.study
    owner = m.Sheet.objects.filter(study=study, owner__isnull=False)[0].owner
    assert owner
    stranger = m.Judgment.objects.filter(
        role="third_party", item__sheet__owner=owner, rater__kind="person"
    )[0].rater
    for rater, band in ((owner, "18-29"), (stranger, "18-29")):
        assert rater.participant
        m.Demographic.objects.create(
            study=study, participant=rater.participant, key="age_band", value=band
        )
    other = make.person_rater()
    assert other.participant
    m.Demographic.objects.create(
        study=study, participant=other.participant, key="age_band", value="70-79"
    )
    response = program.get(path(data), question="better", demographic="age_band")
    assert response.status_code == 200
    assert b"18-29" not in response.content
    question = study.questions.get(key="better")
    frame = frames.load(question, frames.Selection(demographic="age_band"))
    assert frame.panels["third_party"].rater_ids.tolist() == [stranger.pk]
