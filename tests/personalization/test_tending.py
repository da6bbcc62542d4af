"""Once a minute the batch worker frees what is overdue, and opens what was to open and did not."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from annotation import lanes, plans
from annotation import models as m
from annotation.sheets import lay_comparison, lay_relevance
from tests import factories as make
from tests import laid
from tests.personalization.views.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


def tend() -> None:
    app.configure_task("tend_places", queue="batch").defer(timestamp=0)
    work()
    jobs = ProcrastinateJob.objects.filter(task_name="tend_places")
    assert {job.status for job in jobs} == {"succeeded"}


def test_overdue_places_are_freed() -> None:
    """All of them, also where one statement does not free as many; and nobody's who has time left."""
    sheet, rater, many = make.sheet(), make.person_rater(), lanes.OVERDUE + 1
    ago, soon = timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(hours=1)
    busy = make.slot(rater=make.person_rater())
    sheets = [m.Sheet(study=sheet.study, stage="cards") for _ in range(many)]
    m.Slot.objects.bulk_create(
        [
            m.Slot(sheet=one, role="third_party", ordinal=0, rater=rater, leased_at=ago, leased_until=ago)
            for one in m.Sheet.objects.bulk_create(sheets)
        ]
    )  # fmt: skip
    m.Slot.objects.filter(pk=busy.pk).update(leased_until=soon)
    tend()
    assert m.Slot.objects.filter(rater=None).count() == many
    assert m.Lapse.objects.filter(why="expired", rater=rater).count() == many
    busy.refresh_from_db()
    assert busy.rater is not None


def test_missed_comparisons_are_opened() -> None:
    """The plan no longer asks strangers what matters: the comparison need not wait any more."""
    owner = make.enrolled()
    query = make.query(study=owner.study)
    attributes = laid.attributes_of(owner)
    pairs = [make.relevance_pair(attribute=one, query=query) for one in attributes]
    lay_relevance(owner, pairs)
    pair = make.response_pair(query=query, of=owner.participant)
    sheet = lay_comparison(owner, pair, attributes)
    tend()
    assert not sheet.slots.filter(role="third_party").exists()
    plans.change(owner.study, "relevance", strangers=0)
    tend()
    assert sheet.slots.filter(role="third_party").count() == 3
