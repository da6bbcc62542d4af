"""Budgets: purses at the price of the day, what is reserved, and sums that somebody sets."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models.functions import Now

from annotation.models import Rater
from personalization.judge.budgets import BudgetError, purse_of, refresh, reserved, set_budget
from personalization.models import Endpoint, JudgeRun, ModelCall, Verdict
from personalization.runs.money import GUESS
from tests import factories as make

pytestmark = pytest.mark.django_db
BODY = {"messages": [{"role": "user", "content": "a" * 276}]}  # 100 tokens by the rule


@pytest.fixture
def at(db: None) -> Endpoint:
    return make.endpoint(url="http://127.0.0.1:9/v1", model="small")


def a_run(at: Endpoint | None, **sampling: object) -> JudgeRun:
    rater = Rater.objects.create(
        kind="judge",
        name=make.new("judge"),
        fingerprint=make.new("f"),
        configuration={"model": "small", "sampling": sampling},
    )
    source = "called" if at is not None else "computed"
    return JudgeRun.objects.create(study=make.study(), rater=rater, source=source, endpoint=at)


def verdict(run: JudgeRun, micros: int | None = None, **columns: object) -> Verdict:
    item = make.item(question=make.question(study=run.study))
    return Verdict.objects.create(
        run=run, item=item, question=item.question, rater=run.rater, side="none",
        reserved_micros=micros, **columns,
    )  # fmt: skip


def answered(run: JudgeRun, read: int | None, written: int | None) -> None:
    one = verdict(run)
    call = ModelCall.objects.create(
        step="verdict", work_id=one.pk, endpoint="e", model="small", request=BODY, request_hash="",
        answer={}, prompt_tokens=read, completion_tokens=written,
    )  # fmt: skip
    Verdict.objects.filter(pk=one.pk).update(call=call, value=1, settled_at=Now())


def test_a_purse_has_the_price_of_the_day(at: Endpoint) -> None:
    """And the run the currency of the first price that is known in its time."""
    run = a_run(at)
    assert (purse_of(run).rate, run.currency) == (None, "")
    make.price(at=at, currency="EUR")
    make.price(
        at=at, currency="EUR", since=datetime.now(UTC).date() + timedelta(days=1), input_micros=1
    )
    rate = purse_of(run).rate
    assert rate is not None
    assert (rate.input_micros, rate.currency) == (10_000_000, "EUR")
    assert JudgeRun.objects.get().currency == run.currency == "EUR"


def test_a_run_that_asks_nobody_has_no_price() -> None:
    """A baseline costs nothing that we could know."""
    assert purse_of(a_run(None)).rate is None


def test_a_new_purse_knows_what_the_run_has_learned(at: Endpoint) -> None:
    """Another worker, or the next job of this one, does not begin from nothing."""
    make.price(at=at)
    run = a_run(at, max_tokens=50)
    assert purse_of(run).each == GUESS
    answered(run, 120, 30)
    answered(run, None, None)
    assert purse_of(run).each == 120 * 10 + 50 * 100


def test_a_purse_hears_of_a_new_price(at: Endpoint) -> None:
    """A worker goes on for days; what it knew of calls at the old price is no guide any more."""
    run = a_run(at)
    make.price(at=at)
    purse = purse_of(run)
    purse.dearest = 77
    refresh(purse, run)
    assert purse.each == 77
    make.price(at=at, since=date(2026, 1, 2), input_micros=5)
    refresh(purse, run)
    assert purse.rate is not None
    assert (purse.rate.input_micros, purse.each) == (5, GUESS)


def test_reserved_is_what_is_under_way(at: Endpoint) -> None:
    """Not what is settled, free, or held by a worker that died."""
    run = a_run(at)
    soon, past = Now() + timedelta(seconds=60), Now() - timedelta(seconds=1)
    verdict(run, 5, lease_until=soon, due_at=soon)
    verdict(run, 7, lease_until=soon, due_at=soon)
    verdict(run, None, lease_until=soon, due_at=soon)
    verdict(run, 100, lease_until=past, due_at=past)
    verdict(run, 1000, lease_until=soon, due_at=soon, settled_at=Now(), value=1)
    verdict(a_run(at), 10_000, lease_until=soon, due_at=soon)
    assert reserved(run.pk) == 12


def test_a_budget_needs_a_price(at: Endpoint) -> None:
    """Without one it could not be kept; taking it away is always possible."""
    run = a_run(at)
    with pytest.raises(BudgetError, match="No price of this model is known"):
        set_budget(run, 5_000_000)
    assert JudgeRun.objects.get().budget_micros is None
    make.price(at=at)
    set_budget(run, 5_000_000)
    assert JudgeRun.objects.get().budget_micros == run.budget_micros == 5_000_000
    set_budget(run, None)
    assert JudgeRun.objects.get().budget_micros is None


def test_a_budget_is_not_below_nothing(at: Endpoint) -> None:
    """Zero is a budget: it stops the run."""
    make.price(at=at)
    run = a_run(at)
    with pytest.raises(BudgetError):
        set_budget(run, -1)
    set_budget(run, 0)
    assert JudgeRun.objects.get().budget_micros == 0
