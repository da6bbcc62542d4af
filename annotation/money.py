"""Pay: kept in the smallest unit of its currency, written and read as people write it."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.translation import get_language, to_locale

from annotation.effort import ahead
from annotation.models import Enrollment
from annotation.models.consent import Way
from annotation.models.person import Ending, Part
from annotation.models.study import PayRule

# What the whole way is paid for, in its order: these parts come first of all.
OWN_PARTS = (Part.CHAT, Part.REVIEW, Part.RELEVANCE, Part.COMPARISON)


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
    return None if enrollment.finished_at is None else enrollment.earned_minor


def earned_at_end(enrollment: Enrollment, by: Ending) -> int | None:
    """Return what a person earns whose part ends now in this way, in minor units; None = unpaid.

    Whoever did everything gets the pay. Whoever stops gets the fixed amount for stopping; where the
    study pays by share, as much of the pay as was done, and at least that amount. Whoever ran out
    of work gets the better of the two under either rule, because it is nobody's own fault.

    A coin that is not whole is dropped. Nobody gets more than the pay.
    """
    study = enrollment.study
    if study.pay_minor is None:
        return None
    if by is Ending.DONE or enrollment.part == Part.DONE:
        return study.pay_minor
    fixed = min(study.pay_partial_minor or 0, study.pay_minor)
    if by is Ending.STOPPED and study.pay_rule == PayRule.FIXED:
        return fixed
    done, asked = work_done(enrollment)
    return max(fixed, study.pay_minor * done // asked)


def work_done(enrollment: Enrollment) -> tuple[int, int]:
    """Return how much of the work a person has done, and how much there is, in one unit.

    For those who label alone these are sheets of others, all that were sent. On the whole way they
    are the usual seconds of the parts: a part counts once it is finished, and the rest not.
    """
    study = enrollment.study
    if enrollment.way == Way.LABELS:
        asked = max(study.sheets_each, 1)
        return min(enrollment.others_sent, asked), asked
    here = list(Part).index(Part(enrollment.part))
    seconds = [ahead(study, part)[1] for part in OWN_PARTS]
    return sum(seconds[:here]), sum(seconds)
