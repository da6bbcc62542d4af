"""Runs of judges in templates."""

from django import template

from personalization.llm.pricing import said
from personalization.views import endpoint_wording, run_wording

register = template.Library()

register.filter("error_name", run_wording.error_name)
register.filter("error_mend", endpoint_wording.mend)
register.filter("unread_text", run_wording.unread)
register.filter("duration", run_wording.duration)


@register.filter
def money(micros: int | None, currency: str = "") -> str:
    """Return an amount with its currency."""
    return "" if micros is None else said(micros, currency)
