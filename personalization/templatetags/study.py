"""Words of studies in templates."""

from django import template
from django.utils.translation import gettext_lazy

from annotation.apart import apart
from annotation.models.sheet import Stage

register = template.Library()
register.filter("apart", apart)

STAGES = {
    Stage.REVIEW.value: gettext_lazy("Review of attributes"),
    Stage.RELEVANCE.value: gettext_lazy("Relevance"),
    Stage.COMPARISON.value: gettext_lazy("Comparison"),
}


@register.filter
def stage_name(stage: str) -> str:
    """Return what a stage is called; stages of imported sheets keep their own names."""
    return str(STAGES.get(stage, stage))
