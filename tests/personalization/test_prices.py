"""Prices: the newest that holds, none of which is ever changed, and none that was used deleted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from annotation.models import Rater
from personalization.models import Endpoint, JudgeRun, Ledger, Price
from personalization.prices import NewPrice, PriceError, add, delete, in_use, price_on, rate_on
from tests import factories as make

pytestmark = pytest.mark.django_db
JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def at(db: None) -> Endpoint:
    return make.endpoint(url="http://127.0.0.1:9/v1")


def price(since: date = JAN, **changes: Any) -> NewPrice:  # noqa: ANN401 - other fields
    said = {"input": Decimal("0.15"), "output": Decimal("0.60"), "currency": "USD"}
    return NewPrice(**{"model": "small", "since": since, "source": "a list", **said, **changes})


def added(at: Endpoint, since: date, created: date | None = None, **changes: Any) -> Price:  # noqa: ANN401
    made, _new = add(at, price(since, **changes))
    if created is not None:
        Price.objects.filter(pk=made.pk).update(created_at=noon(created))
        made.refresh_from_db()
    return made


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def called(at: Endpoint, when: datetime, model: str = "small", outcome: str = "answered") -> None:
    rater = Rater.objects.create(
        kind="judge",
        name=make.new("judge"),
        fingerprint=make.new("f"),
        configuration={"model": model},
    )
    run = JudgeRun.objects.create(study=make.study(), rater=rater, source="called", endpoint=at)
    Ledger.objects.create(run=run, minute=when, outcome=outcome, calls=1)


def refusal(at: Endpoint, new: NewPrice) -> dict[str, str]:
    with pytest.raises(PriceError) as caught:
        add(at, new)
    return caught.value.faults


def test_the_newest_price_that_holds(at: Endpoint) -> None:
    """From its day on, until the next one; of this model at this endpoint alone."""
    first, second = added(at, JAN), added(at, MAR, input=Decimal(2))
    assert price_on(at, "small", JAN - timedelta(days=1)) is None
    assert [price_on(at, "small", day) for day in (JAN, FEB, MAR)] == [first, first, second]
    assert price_on(at, "Small", MAR) is None
    assert price_on(make.endpoint(url="http://127.0.0.1:9/v1"), "small", MAR) is None
    rate = rate_on(at, "small")
    assert rate is not None
    assert (rate.input_micros, rate.output_micros, rate.currency) == (2_000_000, 600_000, "USD")


def test_no_price_is_known(at: Endpoint) -> None:
    """Null, not nothing to pay; a price that begins tomorrow is none yet."""
    added(at, datetime.now(UTC).date() + timedelta(days=1))
    assert rate_on(at, "small") is None


def test_the_same_price_twice_is_one_row(at: Endpoint) -> None:
    """Another one for the same day is refused: no row is changed."""
    assert add(at, price())[1]
    assert not add(at, price(input=Decimal("0.1500")))[1]
    assert list(refusal(at, price(input=Decimal("0.16")))) == ["since"]
    assert [one.input_micros for one in Price.objects.all()] == [150_000]


def test_a_model_has_one_currency(at: Endpoint) -> None:
    """What a run spends is one number; another model may be paid in another currency."""
    add(at, price())
    assert list(refusal(at, price(MAR, currency="EUR"))) == ["currency"]
    assert add(at, price(MAR, currency="EUR", model="large"))[1]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("input", Decimal(-1)),
        ("input", Decimal("NaN")),
        ("output", Decimal(1_000_001)),
        ("output", Decimal("0.0000001")),
        ("currency", "usd"),
        ("currency", "DOLLARS"),
        ("model", " "),
        ("source", ""),
        ("source", "x" * 501),
        ("source", "a\0b"),
    ],
)
def test_what_is_no_price(at: Endpoint, field: str, said: Any) -> None:  # noqa: ANN401
    """It is refused at its field, and nothing is kept."""
    faults = refusal(at, price(**{field: said}))
    assert list(faults) == [field]
    assert faults[field]
    assert not Price.objects.exists()


def test_a_price_that_nobody_used_may_go(at: Endpoint) -> None:
    """It was a slip; twice is no error."""
    slip = added(at, JAN)
    assert (delete(slip), delete(slip)) == (True, True)
    assert not Price.objects.exists()


def test_a_price_that_was_used_stays(at: Endpoint) -> None:
    """Whatever came of the call."""
    paid = added(at, JAN, created=JAN)
    called(at, noon(FEB), outcome="timeout")
    assert in_use([paid])
    assert not delete(paid)
    assert Price.objects.exists()


@pytest.mark.parametrize(
    ("model", "when", "outcome"),
    [
        ("large", noon(FEB), "answered"),  # another model
        ("small", noon(JAN) - timedelta(hours=1), "answered"),  # before anybody knew of the price
        ("small", noon(MAR) + timedelta(hours=1), "answered"),  # the next one held
        ("small", noon(FEB), "reused"),  # nothing was asked
        ("small", noon(FEB), "read_value"),  # no call
    ],
)
def test_a_call_that_it_did_not_pay(at: Endpoint, model: str, when: datetime, outcome: str) -> None:
    """Then it is not in use."""
    first = added(at, JAN, created=JAN)
    added(at, MAR, created=MAR)
    called(at, when, model, outcome)
    assert not in_use([first])


def test_a_later_price_counts_from_when_it_was_known(at: Endpoint) -> None:
    """One that was entered in March, for February on, has not paid what was called in between."""
    first, second = added(at, JAN, created=JAN), added(at, FEB, created=MAR)
    called(at, noon(FEB) + timedelta(days=5))
    assert in_use([first, second]) == {first.pk}
