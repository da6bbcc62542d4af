"""Numbers of the agreement report in templates."""

from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from annotation.models import Question
from personalization.agreement.report import Record
from personalization.views import variants, wording

register = template.Library()

NOTHING = format_html('<span class="missing" aria-hidden="true">{}</span>', "–")

register.filter("panel_name", wording.panel)
register.filter("statistic_short", wording.short)
register.filter("statistic_definition", wording.definition)
register.filter("reason_text", wording.reason)
register.filter("missing_text", wording.missing)
register.filter("level_name", wording.level)
register.filter("trouble_text", wording.trouble)


@register.filter
def statistic_name(name: str) -> str:
    """Return the name of a statistic with its variant; names of strangers stand apart."""
    variant = variant_label(name)
    if not variant:
        return wording.short(name)
    both = _("%(statistic)s, %(variant)s") % {"statistic": "{0}", "variant": "{1}"}
    return format_html(both, wording.short(name), variant)


@register.filter
def variant_label(name: str) -> str:
    """Return what the variant of a statistic says, "" where there is none."""
    base, variant = variants.split(name)
    return variants.label_html(base, variant) if variant else ""


@register.filter
def from_top(place: float) -> float:
    """Return a place counted from below as one counted from above, both in per cent."""
    return 100 - place


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


@register.simple_tag(takes_context=True)
def number(context: Context, question: Question, record: Record | None) -> str:
    """Return one number: value, interval, and the way to its votes; or why there is none.

    A page holds a thousand of them, and a template for each takes ten times as long.
    """
    if record is None:
        return NOTHING
    if record.value is None:
        return format_html('<span class="missing">{}</span>', wording.reason(record.reason))
    shown = format_html(
        '<a class="number" href="{}"><b>{}</b><span class="number-rest">{}</span></a>',
        votes_url(context, question, record),
        lead(record.value),
        rest(record.value),
    )
    if record.low is None:
        return shown
    ends = short(record.low), short(record.high)
    return format_html('{} <span class="interval">[{}, {}]</span>', shown, *ends)


@register.simple_tag(takes_context=True)
def votes_url(context: Context, question: Question, record: Record, name: str = "votes") -> str:
    """Return the page (or, with name `votes_csv`, the file) of the votes behind a number.

    It keeps the filters of the page.
    """
    path = _path(name, question.study.name, question.pk, get_script_prefix())
    asked = {"panel": record.panel, "against": record.against or "", "statistic": record.statistic}
    filters = context.get("filters")
    return f"{path}?{urlencode(asked)}{filters.query.replace('?', '&') if filters else ''}"


@lru_cache(maxsize=64)
def _path(name: str, study: str, question: int, prefix: str) -> str:
    """Return a page of a question; where the site lies (`prefix`) is part of the answer."""
    return reverse(name, args=[study, question])


@register.filter
def at(labels: dict[int, str], code: int) -> str:
    """Return the label of an option code."""
    return labels.get(code, "")
