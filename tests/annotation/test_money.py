"""Pay in the smallest unit of its currency."""

from decimal import Decimal

import pytest
from django.utils import translation

from annotation import money
from annotation.models import Enrollment, Study
from annotation.models.person import Part
from tests.busy import moment


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12.50", "EUR", 1250), ("1250", "JPY", 1250), ("1.234", "KWD", 1234), ("0", "USD", 0)],
)
def test_there_and_back(amount: str, currency: str, minor: int) -> None:
    assert money.to_minor(Decimal(amount), currency) == minor
    assert money.to_amount(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("0.005", "EUR"), ("0.5", "JPY")])
def test_no_coin_is_so_small(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=amount):
        money.to_minor(Decimal(amount), currency)


@pytest.mark.parametrize(("code", "known"), [("EUR", True), ("XXQ", False), ("eur", False)])
def test_currencies(code: str, known: bool) -> None:
    assert money.is_currency(code) is known


def test_it_is_written_as_people_write_it() -> None:
    """In their language; nothing where nothing is paid."""
    assert money.written(1250, "EUR") == "€12.50"
    with translation.override("zh-hans"):
        assert money.written(1250, "JPY") == "JP¥1,250"
    assert money.written(None, "EUR") == money.written(1250, "") == ""


@pytest.mark.parametrize(
    ("part", "finished", "earned"),
    [(Part.DONE, True, 900), (Part.REVIEW, True, 300), (Part.REVIEW, False, None)],
)
def test_what_somebody_has_earned(part: Part, finished: bool, earned: int | None) -> None:
    """The whole pay at the end, a part of it for whoever stops early."""
    study = Study(pay_minor=900, pay_partial_minor=300, pay_currency="EUR")
    end = moment(0) if finished else None
    assert money.earned(Enrollment(study=study, part=part, finished_at=end)) == earned
