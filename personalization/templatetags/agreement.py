"""Numbers of the agreement report in templates."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from annotation.models import Question
from personalization.agreement.report import Record
from personalization.views import wording

register = template.Library()

register.filter("panel_name", wording.panel)
register.filter("statistic_name", wording.statistic)
register.filter("statistic_definition", wording.definition)
register.filter("reason_text", wording.reason)
register.filter("missing_text", wording.missing)
register.filter("level_name", wording.level)
register.filter("trouble_text", wording.trouble)


@register.filter
def lead(value: float | None) -> str:
    """Return a number to three decimals: what the eye needs."""
    return "" if value is None else f"{value:.6f}"[:-3]


@register.filter
def rest(value: float | None) -> str:
    """Return the three decimals after the lead, shown faintly: what a check needs."""
    return "" if value is None else f"{value:.6f}"[-3:]


@register.filter
def short(value: float | None) -> str:
    """Return the end of an interval."""
    return "" if value is None else f"{value:.3f}"


@register.filter
def percent(share: float | None) -> str:
    """Return a share of 1 in per cent, one decimal."""
    return "" if share is None else f"{100 * share:.1f} %"


@register.simple_tag
def votes_url(question: Question, record: Record, name: str = "votes") -> str:
    """Return the page (or, with name `votes_csv`, the file) of the votes behind a number."""
    path = reverse(name, args=[question.study.name, question.pk])
    asked = {"panel": record.panel, "against": record.against or "", "statistic": record.statistic}
    return f"{path}?{urlencode(asked)}"


@register.filter
def at(labels: dict[int, str], code: int) -> str:
    """Return the label of an option code."""
    return labels.get(code, "")
