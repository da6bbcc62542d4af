"""Prices as dated data: what a model costs at an endpoint from a day on, and who says so.

A newer row replaces an older one from its day on; no row is ever changed, so that what a call has
cost can always be explained. A row that no call has used was perhaps a slip, and may go.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.models import User
from personalization.judge.ledger import ANSWERED, ERRORS
from personalization.llm.pricing import MILLION, Rate, cost, most
from personalization.models import Endpoint, Price

__all__ = ["cost", "most", "price_on", "rate_on"]

CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
DEAREST = Decimal(1_000_000)  # for a million tokens; more is a slip
LONGEST_MODEL, LONGEST_SOURCE = 200, 500
# A worker knows of a new price after so long.
HEARD = timedelta(minutes=2)
IN_USE = """
SELECT p.id FROM personalization_price p WHERE p.id = ANY (%s) AND EXISTS (
    SELECT FROM personalization_ledger l
    JOIN personalization_judgerun r ON r.id = l.run_id
    JOIN annotation_rater j ON j.id = r.rater_id
    WHERE r.endpoint_id = p.endpoint_id AND j.configuration ->> 'model' = p.model
        AND l.outcome = ANY (%s)
        AND l.minute >= date_trunc('minute',
            greatest(p.since::timestamp AT TIME ZONE 'UTC', p.created_at))
        AND l.minute <= coalesce((
            SELECT min(greatest(q.since::timestamp AT TIME ZONE 'UTC', q.created_at)) + %s
            FROM personalization_price q
            WHERE q.endpoint_id = p.endpoint_id AND q.model = p.model AND q.since > p.since
        ), 'infinity'))
"""


class PriceError(ValueError):
    """A price that cannot be added: what is wrong, for people, by the field that it is about."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price as somebody says it: in a currency, for a million tokens."""

    model: str
    since: date
    input: Decimal
    output: Decimal
    currency: str
    source: str

    def micros(self) -> tuple[int, int]:
        """Return both numbers as whole millionths."""
        return int(self.input * MILLION), int(self.output * MILLION)

    def faults(self) -> dict[str, str]:
        """Return what is wrong with it, by field; nothing where all is well."""
        found = {
            name: _fault(amount)
            for name, amount in (("input", self.input), ("output", self.output))
        }
        if not _is_text(self.model, LONGEST_MODEL):
            found["model"] = _("Name the model as the endpoint calls it.")
        if not CURRENCY.fullmatch(self.currency):
            found["currency"] = _("Write a currency as three capital letters, such as USD.")
        if not _is_text(self.source, LONGEST_SOURCE):
            found["source"] = _("Say where the price was read, in at most 500 characters.")
        return {name: text for name, text in found.items() if text}


def price_on(endpoint: Endpoint, model: str, day: date | None = None) -> Price | None:
    """Return the price of a model on a day (today): the newest that holds by then; None = unknown.

    Days begin at midnight UTC.
    """
    day = day or timezone.now().date()
    known = Price.objects.filter(endpoint=endpoint, model=model, since__lte=day)
    return known.order_by("-since").first()


def rate_on(endpoint: Endpoint, model: str, day: date | None = None) -> Rate | None:
    """Return the numbers of this price alone."""
    price = price_on(endpoint, model, day)
    if price is None:
        return None
    return Rate(price.input_micros, price.output_micros, price.currency)


def add(endpoint: Endpoint, new: NewPrice, by: User | None = None) -> tuple[Price, bool]:
    """Return the price's row, and whether it is new: the same price twice is one row.

    PriceError where something is wrong, where the day has another price already, or where the model
    has prices in another currency: one run's spending is one number.
    """
    if faults := new.faults():
        raise PriceError(faults)
    reading, writing = new.micros()
    said: dict[str, Any] = {
        "input_micros": reading, "output_micros": writing, "currency": new.currency,
    }  # fmt: skip
    known = Price.objects.filter(endpoint=endpoint, model=new.model)
    if (other := known.exclude(currency=new.currency).first()) is not None:
        raise PriceError({"currency": _("This model has prices in %s already.") % other.currency})
    try:
        with transaction.atomic():
            made = Price.objects.create(
                endpoint=endpoint,
                model=new.model,
                since=new.since,
                source=new.source,
                by=by,
                **said,
            )
    except IntegrityError:
        there = known.get(since=new.since)
        if {name: getattr(there, name) for name in said} == said:
            return there, False
        raise PriceError({"since": _taken()}) from None
    return made, True


def in_use(prices: Iterable[Price]) -> set[int]:
    """Return which of these rows calls have been paid by, by their ids; in doubt they were.

    A row holds from its day on, or from when it was entered if that was later, until the next one
    holds in the same way.
    """
    asked: list[Any] = [[one.pk for one in prices], [ANSWERED, *ERRORS], HEARD]
    with connection.cursor() as cursor:
        cursor.execute(IN_USE, asked)
        return {pk for (pk,) in cursor.fetchall()}


@transaction.atomic
def delete(price: Price) -> bool:
    """Delete a row that no call has used; return whether it is gone."""
    locked = Price.objects.select_for_update().filter(pk=price.pk).first()
    if locked is None:
        return True
    if in_use([locked]):
        return False
    locked.delete()
    return True


def _fault(amount: Decimal) -> str:
    if not amount.is_finite() or not 0 <= amount <= DEAREST:
        return _("Write an amount from 0 to 1,000,000.")
    return "" if amount * MILLION == int(amount * MILLION) else _("Write at most six decimals.")


def _is_text(text: str, longest: int) -> bool:
    """Return whether a text says something that the database can keep."""
    return bool(text.strip()) and len(text) <= longest and "\0" not in text


def _taken() -> str:
    return _("This model has another price from this day on. None is changed: name a later day.")
