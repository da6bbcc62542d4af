"""A run keeps its budget: reserved before each call, booked after it, paused when it is spent."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from personalization.models import ArmLedger, ArmRun, Extraction, ModelCall
from personalization.pipeline.books import Books, NoRoomError
from personalization.pipeline.kinds import kinds_of
from personalization.pipeline.planning import plan
from personalization.pipeline.runs import set_limits, start
from personalization.runs.budgets import BudgetError
from personalization.work import claim
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.pipeline.carried import SAID, arm, go, is_counted, place, to_the_end

pytestmark = pytest.mark.django_db(transaction=True)
PLENTY = 10**9


def priced(server: LLMServer, conversations: int = 4, budget: int | None = None) -> ArmRun:
    """Start a run at an endpoint whose price is known, one call at a time."""
    at = place(server, concurrency=1)
    make.price(at=at, model="fake-small")
    return start(arm(at, conversations), budget_micros=budget)


def cost(run: ArmRun) -> int:
    """Return what the saved calls of a run have cost together."""
    rows = Extraction.objects.filter(run=run).values("pk")
    calls = ModelCall.objects.filter(step="extraction", work_id__in=rows)
    return calls.aggregate(sum=Sum("cost_micros"))["sum"] or 0


def test_spent_is_what_calls_cost(llm_server: LLMServer) -> None:
    """By the endpoint's own count of tokens; ledger, run and calls say the same, nothing is reserved."""
    llm_server.say(None, SAID)
    llm_server.misbehave("error_500", times=1)
    one = to_the_end(priced(llm_server, budget=PLENTY))
    assert one.finished_at is not None
    call = ModelCall.objects.filter(answer__isnull=False).first()
    assert call is not None
    assert call.cost_micros == 10 * (call.prompt_tokens or 0) + 100 * (call.completion_tokens or 0)
    assert one.spent_micros == cost(one) > 0
    ledger = ArmLedger.objects.filter(run=one).aggregate(sum=Sum("micros"))["sum"]
    assert ledger == one.spent_micros
    assert not Extraction.objects.filter(reserved_micros__isnull=False).exists()
    assert ModelCall.objects.get(error__isnull=False).cost_micros == 0
    assert one.currency == "USD" or one.currency == one.endpoint.prices.get().currency


def test_a_budget_that_is_spent_pauses_the_run(llm_server: LLMServer) -> None:
    """It says how much is spent; with more it goes on by itself, and never spends beyond it."""
    llm_server.say(None, SAID)
    first = to_the_end(priced(llm_server, 2))
    each = first.spent_micros // 2
    most = 60_000 + 1000 * each  # the longest answer that may come is reserved
    one = go(priced(llm_server, 6, budget=each * 2))
    assert one.trouble.startswith("budget")
    assert (one.paused_at is not None, one.settled < 6) == (True, True)
    assert one.spent_micros <= each * 2
    assert not Extraction.objects.filter(lease_until__isnull=False).exists()
    assert set_limits(one, most * 6, None)
    one.refresh_from_db()
    assert one.paused_at is None
    assert to_the_end(one).finished_at is not None
    assert is_counted(one)


def test_a_call_is_reserved_before_it_is_made(llm_server: LLMServer) -> None:
    """What it may cost counts as spent, and a second one for which there is no room is not begun."""
    one = priced(llm_server, 2)
    assert plan(one) == 2
    (step, *_others) = kinds_of(one)
    first, second = claim(step.of_run(one), 2)
    books = Books(one, one.endpoint)
    request = step.request(first)
    assert request is not None
    begun = books.begin(step, first, request)
    one.refresh_from_db()
    assert one.spent_micros == begun.reserved == Extraction.objects.get(pk=first.pk).reserved_micros
    ArmRun.objects.filter(pk=one.pk).update(budget_micros=one.spent_micros + 1)
    with pytest.raises(NoRoomError):
        books.begin(step, second, request)
    assert not ModelCall.objects.filter(work_id=second.pk).exists()
    assert books.trouble() is None  # the first one may still leave something
    books.lost(begun)
    one.refresh_from_db()
    assert one.spent_micros == begun.reserved
    lost = ArmLedger.objects.get(run=one)
    assert (lost.outcome, lost.calls, lost.micros) == ("lost", 1, begun.reserved)
    assert (books.trouble() or "").startswith("budget")


def test_a_budget_needs_a_price(llm_server: LLMServer) -> None:
    whole = arm(place(llm_server), 1)
    with pytest.raises(BudgetError):
        start(whole, budget_micros=5)
    with pytest.raises(BudgetError):
        set_limits(start(whole), 5, None)


def test_a_run_ends_at_its_deadline(llm_server: LLMServer) -> None:
    """Nothing is asked after it; a later one lets the run go on."""
    llm_server.say(None, SAID)
    one = priced(llm_server)
    assert set_limits(one, None, timezone.now() - timedelta(seconds=1))
    assert go(one).trouble.startswith("deadline")
    assert llm_server.count() == 0
    assert set_limits(one, None, timezone.now() + timedelta(hours=1))
    assert go(one).finished_at is not None
