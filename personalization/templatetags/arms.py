"""Numbers of the arms report in templates."""

from django import template

from personalization.views import arms_wording

register = template.Library()

register.filter("arm_name", arms_wording.arm)
register.filter("arm_panel", arms_wording.panel)
register.filter("arm_number", arms_wording.short)
register.filter("arm_definition", arms_wording.definition)
register.filter("arm_reason", arms_wording.reason)
register.filter("arm_count", arms_wording.count)
