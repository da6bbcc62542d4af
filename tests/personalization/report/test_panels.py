"""What pattern counts say of a panel is what the report says of it."""

import pytest

from personalization.agreement import report
from personalization.agreement.frames import Selection
from personalization.agreement.report.panels import of_panels
from tests import factories as make
from tests.personalization.agreement.frames.labelled import mixed
from tests.personalization.report.studies import asked, every, rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "selection", [Selection(), Selection(overlap=2), Selection(role="third_party")], ids=str
)
def test_the_numbers_are_the_report_s(selection: Selection) -> None:
    """To the last digit of each interval: the same counts, the same draws."""
    question = mixed(4, items=40).question
    found = of_panels(question, selection)
    assert {one.panel for one in found} == set(selection.roles)
    assert set(found) <= set(report.of_question(question, selection).records)
    assert any(one.low is not None for one in found)


def test_a_scale_is_read_by_its_scores() -> None:
    """Ordinal questions have their weighted coefficients here as well."""
    question = asked(
        rows(20, ann=every(2, "3", "1"), bob=every(3, "2", "1")),
        level="ordinal",
        options=["1", "2", "3"],
    )
    found = of_panels(question)
    assert "gwet_ac2_quadratic" in {one.statistic for one in found}
    assert set(found) <= set(report.of_question(question).records)


def test_nobody_has_answered() -> None:
    """A question without answers has no panels."""
    assert of_panels(make.question()) == []
