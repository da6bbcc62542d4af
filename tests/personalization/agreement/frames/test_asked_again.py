"""Owners against themselves, from the pages of the notebook to the numbers of the report."""

import pytest

from annotation import models as m
from annotation.answers import Answers
from annotation.assignment import claim_own, submit
from personalization.agreement import frames, report
from tests import factories as make
from tests import laid

pytestmark = pytest.mark.django_db


def test_an_owner_against_self() -> None:
    """Section 5: five of twelve items are answered otherwise on the later occasion: 7/12."""
    study = make.study()
    m.Plan.objects.create(study=study, stage="relevance", owner_repeats=100)
    items = []
    for _ in range(3):
        person = make.enrolled(study=study, part="relevance")
        sheet = laid.relevance(person, *[f"The user has {n} boats." for n in range(4)])
        items += list(sheet.items.order_by("pk").values_list("pk", flat=True))
        m.Enrollment.objects.filter(pk=person.pk).update(part="comparison")
        first = claim_own(person)
        assert first is not None
        submit(person, first.pk, _answers(sheet, items, otherwise=0))
        again = claim_own(person)
        assert again is not None
        assert (again.sheet, again.purpose) == (sheet, "repeat")
        submit(person, again.pk, _answers(sheet, items, otherwise=5))
    question = m.Question.objects.get(study=study, kind="relevance")
    panel = frames.load(question).panels["first_person"]
    assert panel.repeats is not None
    assert len(panel.item) == 12  # a repeat is no second vote
    assert (panel.repeats.first != panel.repeats.again).sum() == 5
    found = {
        (one.panel, one.statistic): one
        for one in report.of_question(question).records
        if one.statistic.startswith("self_")
    }
    agreement = found["first_person", "self_agreement"]
    assert agreement.value == pytest.approx(7 / 12)
    assert (agreement.n_items, agreement.n_raters) == (12, 3)
    assert ("first_person", "self_kappa") in found


def _answers(sheet: m.Sheet, items: list[int], *, otherwise: int) -> Answers:
    """Answer yes to each second item of all, and the contrary to the first so many."""
    return Answers(
        {
            pk: at % 2 if at >= otherwise else 1 - at % 2
            for at, pk in enumerate(items)
            if pk in set(sheet.items.values_list("pk", flat=True))
        }
    )
