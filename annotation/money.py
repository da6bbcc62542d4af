"""Pay: kept in the smallest unit of its currency, written and read as people write it."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.translation import get_language, to_locale

from annotation.models import Enrollment
from annotation.models.person import Part


def is_currency(code: str) -> bool:
    """Return whether `code` is a currency's three letters."""
    return code in list_currencies()


def to_amount(minor: int, currency: str) -> Decimal:
    """Return minor units as an amount.

    >>> to_amount(1250, "EUR"), to_amount(1250, "JPY")
    (Decimal('12.50'), Decimal('1250'))
    """
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units; ValueError where the currency has no coin so small.

    >>> to_minor(Decimal("12.5"), "EUR")
    1250
    """
    minor = amount.scaleb(get_currency_precision(currency))
    if minor != minor.to_integral_value():
        raise ValueError(amount)
    return int(minor)


def written(minor: int | None, currency: str) -> str:
    """Return pay as people of the current language write it; empty where there is none."""
    if minor is None or not currency:
        return ""
    locale = to_locale(get_language() or "en")
    return format_currency(to_amount(minor, currency), currency, locale=locale)


def earned(enrollment: Enrollment) -> int | None:
    """Return what a person has earned in minor units; None while the person is at it, or unpaid."""
    study = enrollment.study
    if enrollment.finished_at is None:
        return None
    return study.pay_minor if enrollment.part == Part.DONE else study.pay_partial_minor
