"""Reports are kept until their data change, and reloading never moves a number."""

import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.models import Judgment, Question
from personalization.agreement import report
from personalization.agreement.frames import loading
from personalization.agreement.report import cache
from personalization.agreement.report.records import Collection
from personalization.models import AgreementReport
from tests import factories
from tests.personalization.report.studies import asked, every, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(db: None) -> Question:
    human = rows(24, ann=every(2), bob=every(3), cat=every(4))
    return asked(human, rows(24, gpt=every(2)))


def test_a_kept_report_is_not_computed_again(
    question: Question,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While the stamp stays, a page costs two look-ups: the report and the stamp."""
    first, computed_at = cache.fresh(question)
    monkeypatch.delattr(cache, "of_question")
    with django_assert_num_queries(2):
        assert cache.fresh(question) == (first, computed_at)


def test_what_is_kept_is_what_was_computed(question: Question) -> None:
    """Through the database and back, a report is the same."""
    cache.fresh(question)
    assert cache.fresh(question)[0] == report.of_question(question)


def test_a_new_label_computes_again(question: Question) -> None:
    """One more answer moves the stamp, and the next page shows it."""
    before, computed_at = cache.fresh(question)
    factories.judgment(item=question.items.order_by("pk")[0], value=0)
    after, computed_again = cache.fresh(question)
    assert after.stamp != before.stamp
    assert computed_again > computed_at
    assert _ratings(after) == _ratings(before) + 1
    assert AgreementReport.objects.count() == 1


def _ratings(one: report.Report) -> int:
    return next(each.n_ratings for each in one.records if each.statistic == "raw_agreement")


def test_a_withdrawn_label_computes_again(question: Question) -> None:
    """Superseding moves the stamp as well."""
    before = loading.stamp(question)
    judgment = Judgment.objects.order_by("pk")[0]
    Judgment.objects.filter(pk=judgment.pk).update(superseded_at=judgment.at)
    assert loading.stamp(question) != before


def test_another_formula_computes_again(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report of an older kernel is not shown."""
    cache.fresh(question)
    monkeypatch.setattr(cache, "KERNEL", cache.KERNEL + 1)
    cache.fresh(question)
    assert AgreementReport.objects.get().kernel == cache.KERNEL


def test_a_label_that_comes_while_reading_is_not_missed(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stamp of a report is that from before its data: what came later moves it."""
    read = loading._answers

    def late(*given: object) -> object:
        labels = read(*given)  # type: ignore[arg-type]
        factories.judgment(item=question.items.order_by("pk")[0], value=0)
        return labels

    monkeypatch.setattr(loading, "_answers", late)
    kept, _at = cache.fresh(question)
    monkeypatch.undo()
    assert kept.stamp != loading.stamp(question)


def test_reloading_moves_no_interval(question: Question) -> None:
    """Draws are seeded from the data's stamp: the same data give the same ends."""
    assert report.of_question(question) == report.of_question(question)


def test_new_data_are_drawn_anew() -> None:
    """The stamp is in the seed: after a change the draws are others, the same for everybody."""
    seeds = [Collection(name, stamp, []).seed_of("third_party") for name, stamp in (
        ("fits", "1"), ("fits", "2"), ("stars", "1"),
    )]  # fmt: skip
    assert len(set(seeds)) == 3


def test_every_question_of_a_study(question: Question) -> None:
    """A study's report is the reports of its questions, in order."""
    asked(rows(2, ann=every(2)), study=question.study, key="another")
    found = report.of_study(question.study)
    assert [one.n_items for one in found] == [24, 2]
