"""Prices as a file, so that laboratories can share what they have looked up."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from personalization.llm.pricing import MILLION
from personalization.models import Endpoint, Price
from personalization.prices import NewPrice, PriceError, add

HEAD = "# What models cost: amounts are for a million tokens. See docs/judges.md.\n"
FIELDS = ("endpoint", "model", "since", "input", "output", "currency", "source")


class PriceFileError(ValueError):
    """A file of which nothing was taken; `faults` says what is wrong with which price."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def written(prices: Iterable[Price]) -> str:
    """Return prices as TOML."""
    return HEAD + "".join(f"\n[[price]]\n{_entry(one)}" for one in prices)


@transaction.atomic
def taken(text: str, endpoint: Endpoint | None = None) -> tuple[int, int]:
    """Add the prices of a file, all or none; return how many are new, and how many were there.

    `endpoint` is for those that name none, or that another laboratory calls by another name.
    """
    faults: list[str] = []
    new = there = 0
    for number, row in enumerate(_rows(text), 1):
        try:
            _price, is_new = add(*_read(row, endpoint))
        except PriceError as error:
            faults += [f"price {number}, {field}: {said}" for field, said in error.faults.items()]
        else:
            new, there = new + is_new, there + (not is_new)
    if faults:
        raise PriceFileError(faults)
    return new, there


def _rows(text: str) -> list[Any]:
    try:
        read = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PriceFileError([_("This is no TOML: %s") % error]) from None
    rows = read.get("price")
    if not isinstance(rows, list) or not rows or set(read) != {"price"}:
        raise PriceFileError([_("The file holds no prices: each begins with a line [[price]].")])
    return rows


def _read(row: object, endpoint: Endpoint | None) -> tuple[Endpoint, NewPrice]:
    if not isinstance(row, Mapping):
        raise PriceError({"price": _("Write it as a table.")})
    faults = {name: _("There is no such field.") for name in row if name not in FIELDS}
    at = endpoint or Endpoint.objects.filter(name=str(row.get("endpoint", ""))).first()
    if at is None:
        faults["endpoint"] = _("There is no endpoint of this name here.")
    since = row.get("since")
    if not isinstance(since, date) or isinstance(since, datetime):
        faults["since"] = _("Write a day as 2026-01-31, without quotation marks.")
    amounts = {name: row.get(name) for name in ("input", "output")}
    faults |= {
        name: _("Write a number.")
        for name, said in amounts.items()
        if not isinstance(said, Decimal | int) or isinstance(said, bool)
    }
    texts = {name: row.get(name, "") for name in ("model", "currency", "source")}
    faults |= {
        name: _("Write a text.") for name, said in texts.items() if not isinstance(said, str)
    }
    if faults or at is None or not isinstance(since, date):
        raise PriceError(faults)
    reading, writing = (Decimal(str(amounts[name])) for name in ("input", "output"))
    return at, NewPrice(since=since, input=reading, output=writing, **texts)


def _entry(one: Price) -> str:
    fields = {
        "endpoint": _quoted(one.endpoint.name),
        "model": _quoted(one.model),
        "since": one.since.isoformat(),
        "input": _amount(one.input_micros),
        "output": _amount(one.output_micros),
        "currency": _quoted(one.currency),
        "source": _quoted(one.source),
    }
    return "".join(f"{name} = {said}\n" for name, said in fields.items())


def _amount(micros: int) -> str:
    return f"{(Decimal(micros) / MILLION).normalize():f}"


def _quoted(text: str) -> str:
    """Return a string of TOML: JSON writes them the same way, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
