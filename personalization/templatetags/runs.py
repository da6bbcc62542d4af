"""Runs of judges in templates."""

from django import template
from django.utils import formats

from personalization.llm.pricing import said
from personalization.views import run_wording

register = template.Library()

register.filter("error_name", run_wording.error_name)
register.filter("error_mend", run_wording.error_mend)
register.filter("unread_text", run_wording.unread)
register.filter("duration", run_wording.duration)


@register.filter
def money(micros: float | None, currency: str = "") -> str:
    """Return an amount with its currency, to the cent; a smaller one to its first two digits."""
    if micros is None:
        return ""
    whole = round(micros)
    step = 10 ** max(min(len(str(abs(whole))) - 2, 4), 0)
    return said(-(-whole // step) * step, currency)


@register.filter
def exactly(micros: int | None, currency: str = "") -> str:
    """Return an amount with its currency, with all its digits."""
    return "" if micros is None else said(micros, currency)


@register.filter
def about(number: float) -> str:
    """Return a number to its first two digits: for what is estimated."""
    whole = round(number)
    step = 10 ** max(len(str(abs(whole))) - 2, 0)
    return formats.number_format(round(whole / step) * step, force_grouping=True)
